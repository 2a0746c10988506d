// All places one is in: how they are entered and left, what is told of them, and how they are whole again after a loss.
import {Problem, get, page, post, randomId} from './api.js';
import {Dropped} from './connection.js';
import {Place} from './place.js';

const pages_max = 40; // of 200: further back a gap stays until somebody asks for what was earlier

/// Refusals that end by themselves.
const passing = new Set(
  ['rate_limited', 'unavailable', 'read_model_behind', 'log_unavailable', 'version_conflict', 'internal']);

const because = {
  'closed-by-host': 'The host closed this room.', expired: 'This room’s time is over.',
  kicked: 'You were removed from here.', banned: 'You were banned from here.', denied: 'The host did not let you in.',
  room_closed: 'The host closed this room.', room_expired: 'This room’s time is over.',
  'room-closed': 'The host closed this room.', 'room-expired': 'This room’s time is over.',
};
const partings = {'connection-lost': 'lost the connection', kicked: 'was removed', banned: 'was banned'};

/// Dispatches `change` when the lists changed, `place` with a place (in `detail`) whose contents did, and `whole` with
/// one that has all that was said.
export class Places extends EventTarget {
  open = new Map();   // by key
  lounges = [];       // of the server
  #connection;
  #me;

  constructor(connection, me) {
    super();
    this.#connection = connection;
    this.#me = me;
    connection.addEventListener('state', () => {
      if (connection.state === 'reconnecting') for (const place of this.open.values()) place.interrupt();
    });
    connection.addEventListener('greeting', () => this.#comeBack());
    this.#listen();
  }

  list(kind) { return [...this.open.values()].filter(place => place.kind === kind); }
  #changed() { this.dispatchEvent(new Event('change')); }

  /// The place, on the list of those that are open.
  know(kind, id, name) {
    if (kind === 'room') id = id.trim().replace(/[A-Z]/g, letter => letter.toLowerCase()); // as the server compares
    const place = new Place(kind, id, name ?? (kind === 'lounge' && this.lounges.find(each => each.id === id)?.name));
    const known = this.open.get(place.key);
    if (known) return known;
    place.addEventListener('change', () => this.dispatchEvent(new CustomEvent('place', {detail: place})));
    this.open.set(place.key, place);
    if (!place.name) this.#nameOf(place);
    this.#changed();
    return place;
  }

  /// The same, and one is in it and sees what was said.
  enter(kind, id, name) {
    const place = this.know(kind, id, name);
    if (place.ended || !place.isEntered) {
      place.ended = '';
      place.isEntered = true;
      this.#join(place);
    }
    return place;
  }

  #nameOf(place) {
    place.name = place.id;
    if (place.kind !== 'person') return; // joining tells
    get(`/api/users/${encodeURIComponent(place.id)}`).then(({name}) => {
      place.name = name;
      place.changed();
      this.#changed();
    }, () => {});
  }

  async leave(place) {
    this.open.delete(place.key);
    this.#changed();
    if (place.kind !== 'person' && !place.ended) this.#connection.tell(`leave-${place.kind}`, place.address);
  }

  async listLounges() {
    this.lounges = await get('/api/lounges?limit=100');
    this.#changed();
  }
  async makeLounge(name) {
    const made = await post('/api/lounges', {name});
    await this.listLounges();
    return made.id;
  }

  // --- entering and coming back ---------------------------------------------------------------------------------------

  async #join(place) {
    if (this.#connection.state !== 'connected') return; // the greeting will
    const known = place.completeUpTo;
    try {
      if (place.kind !== 'person') {
        const after = place.isRead ? {after: known} : {};
        const joined = await this.#connection.ask(`join-${place.kind}`, {...place.address, ...after});
        if (joined.waiting) return this.#wait(place);
        this.#joined(place, joined);
      }
    } catch (error) {
      if (error instanceof Dropped) return; // and then it comes back
      if (!passing.has(error.code)) return place.end(because[error.code] ?? error.message);
      return setTimeout(() => this.#join(place), (error.retryAfter ?? 1) * 1000);
    }
    place.isIn = true;
    for (const each of place.pending) if (!each.refused) this.#send(place, each);
    this.#complete(place, known);
  }

  /// A room's join brings what was missed; of a lounge and a conversation the lists tell.
  async #complete(place, known) {
    try {
      if (place.kind !== 'room' || !place.isRead) await this.#read(place, known);
    } catch (error) {
      if (error instanceof Problem && !passing.has(error.code)) return place.end(error.message);
      if (place.isIn) setTimeout(() => this.#complete(place, known), (error.retryAfter ?? 2) * 1000);
      return;
    }
    place.isRead = true;
    place.mend(place.kind === 'person' ? place.lastSeq : place.head);
    this.dispatchEvent(new CustomEvent('whole', {detail: place}));
  }

  #wait(place) {
    place.waiting = true;
    place.mend(0);
    place.changed();
  }

  #joined(place, joined) {
    place.waiting = false;
    place.name = joined.title || joined.displayId || joined.name || place.name;
    place.isHost = joined.isHost === true;
    place.head = joined.seq;
    place.knocks = new Map((joined.knocks ?? []).map(each => [each.userId, each]));
    place.present(joined.users);
    this.#changed();
  }

  #pathOf(place) {
    const id = encodeURIComponent(place.id);
    return place.kind === 'person' ? `/api/messages?with=${id}` : `/api/${place.kind}s/${id}/messages?`;
  }

  /// Reads the newest messages, and on until what is known.
  async #read(place, known) {
    const limit = known ? 200 : 50;
    let path = `${this.#pathOf(place)}&order=desc&limit=${limit}`.replace('?&', '?');
    for (let pages = 0; path && pages < pages_max; ++pages) {
      const {items, next} = await page(path);
      for (const message of items) place.takeMessage(message);
      if (place.earlier === undefined) place.earlier = next ?? null;
      if (!known || items.length === 0 || items.at(-1).seq <= known) return;
      path = next;
    }
  }

  async readEarlier(place) {
    if (!place.earlier) return;
    const {items, next} = await page(place.earlier);
    for (const message of items) place.takeMessage(message);
    place.earlier = place.isFull ? null : next ?? null;
    place.changed();
  }

  async #comeBack() {
    // First of all ask for something that is answered after one's own inbox is followed: what comes then is told.
    await this.#connection.ask('presence', {status: document.hidden ? 'away' : 'online'}).catch(() => {});
    await Promise.all([...this.open.values()].filter(place => place.isEntered && !place.ended).map(place => this.#join(place)));
  }

  // --- writing --------------------------------------------------------------------------------------------------------

  /// It waits in the place until it is durable. Its id makes it one message, however often it is sent.
  write(place, text) {
    const id = randomId();
    place.write(id, text);
    if (place.isIn) this.#send(place, {id, text});
  }
  async #send(place, {id, text}) {
    try {
      const event = place.kind === 'room' ? 'send-message' : 'message';
      const sent = await this.#connection.ask(event, {...place.address, id, text});
      place.takeMessage({...sent, id, text, sender: this.#me.name, senderId: this.#me.id});
    } catch (error) {
      if (error instanceof Dropped) return; // sent again after coming back
      if (error.code === 'rate_limited' && error.retryAfter)
        return setTimeout(() => this.#send(place, {id, text}), error.retryAfter * 1000);
      place.refuse(id, error.message);
    }
  }

  read(place) {
    place.unread = 0;
    if (place.kind === 'person' && place.lastSeq > (place.readSeq ?? 0)) {
      place.readSeq = place.lastSeq;
      this.#connection.tell('read', {receiverId: place.id, seq: place.lastSeq});
    }
    this.#changed();
  }

  // --- what is told ---------------------------------------------------------------------------------------------------

  #of(data) {
    if (data.loungeId) return this.open.get(`lounge/${encodeURIComponent(data.loungeId)}`);
    return this.open.get(`room/${encodeURIComponent(data.roomId)}`);
  }

  #said(place, message) {
    if (place.takeMessage(message) && message.senderId !== this.#me.id) ++place.unread;
    this.#changed();
  }

  #direct(message) {
    const isMine = message.senderId === this.#me.id;
    const other = isMine ? message.receiverId : message.senderId;
    const place = this.know('person', other, isMine ? undefined : message.sender);
    this.open.delete(place.key); // the latest one last
    this.open.set(place.key, place);
    this.#said(place, message);
  }

  #listen() {
    const on = (event, handler) => this.#connection.on(event, handler);
    const inPlace = (event, handler) => on(event, data => {
      const place = this.#of(data);
      if (place) handler(place, data);
    });
    inPlace('message-received', (place, data) => this.#said(place, data));
    on('message', data => {
      if (!data.loungeId) return this.#direct(data);
      const place = this.#of(data);
      if (place) this.#said(place, data);
    });
    on('typing', data => {
      const place = data.conversationId ? this.open.get(`person/${encodeURIComponent(data.userId)}`) : this.#of(data);
      place?.typists.heard(data);
    });
    inPlace('user-joined', (place, data) => {
      place.members.set(data.socketId, data);
      place.knocks.delete(data.userId);
      if (data.socketId !== this.#connection.greeting.sessionId) place.note(`${data.name} came in`, data);
      place.changed();
    });
    inPlace('user-left', (place, data) => {
      place.members.delete(data.socketId);
      place.typists.forget(data.socketId);
      place.note(`${data.name} ${partings[data.reason] ?? 'left'}`, data);
      place.changed();
    });
    inPlace('message-deleted', (place, data) => place.takeBack(data.messageSeq));
    inPlace('moderation', (place, data) => {
      if (data.seq) place.note(`${data.action}${data.reason ? `: ${data.reason}` : ''}`, data);
    });
    inPlace('room-changed', (place, data) => {
      if (data.title) place.name = data.title;
      place.changed();
    });
    inPlace('lounge-changed', (place, data) => {
      place.name = data.name;
      place.changed();
      this.#changed();
    });
    inPlace('room-joined', (place, data) => {
      if (place.waiting) this.#join(place);
    });
    inPlace('knock', (place, data) => {
      place.knocks.set(data.userId, data);
      place.changed();
    });
    inPlace('knock-ended', (place, data) => {
      place.knocks.delete(data.userId);
      place.changed();
    });
    for (const event of ['kicked', 'denied', 'room-closed', 'room-expired'])
      inPlace(event, (place, data) => place.end(because[data.reason] ?? because[event]));
  }
}
