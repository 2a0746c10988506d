// Where people speak: a room, a lounge, or a conversation of two. It keeps what was said by its place in the log
// (`seq`), so that whatever comes twice is there once and whatever comes late is where it belongs.
import {Typists} from './typing.js';

const kept_max = 2_000;

export class Place extends EventTarget {
  items = [];           // {seq, kind: 'message' | 'note', id?, text, sender, senderId, at}, in the order of seq
  pending = [];         // {id, text, at}: written, and not yet known to be durable
  members = new Map();  // by session
  knocks = new Map();   // who asks to be let in, by user
  isEntered = false;    // somebody wants to be in here
  isIn = false;         // and is: what is written can be sent
  isRead = false;       // and has what was said
  waiting = false;      // the host has not let us in yet
  ended = '';           // why nothing more comes
  breaks = [];          // {after, head}: the connection was lost after `after`; `head`: what was there when it came back
  unread = 0;
  draft = '';
  earlier = undefined;  // where the page before is; undefined: not asked, null: there is none
  typists = new Typists(() => this.changed());

  /// kind: room, lounge or person; id: as the server calls it, of a person the user's.
  constructor(kind, id, name) {
    super();
    this.kind = kind;
    this.id = id;
    this.name = name;
  }

  get key() { return `${this.kind}/${encodeURIComponent(this.id)}`; }
  get isFull() { return this.items.length >= kept_max; }
  get lastSeq() { return this.items.at(-1)?.seq ?? 0; }
  /// How the events of this place address it.
  get address() {
    return {room: {roomId: this.id}, lounge: {loungeId: this.id}, person: {receiverId: this.id}}[this.kind];
  }

  changed() { this.dispatchEvent(new Event('change')); }

  /// True when it was not there yet.
  take(item) {
    let at = this.items.length;
    while (at > 0 && this.items[at - 1].seq > item.seq) --at;
    if (at > 0 && this.items[at - 1].seq === item.seq) return false;
    this.items.splice(at, 0, item);
    if (item.id) this.pending = this.pending.filter(each => each.id !== item.id);
    if (this.items.length > kept_max) this.items.shift();
    this.typists.forget(item.socketId);
    this.changed();
    return true;
  }

  /// A message of a push or of a list.
  takeMessage(message) {
    return this.take({
      seq: message.seq, kind: 'message', id: message.id, text: message.deleted ? '' : message.text,
      deleted: message.deleted === true, sender: message.sender, senderId: message.senderId,
      socketId: message.senderSocketId, at: message.timestamp ?? message.createdAt,
    });
  }
  note(text, {seq, timestamp}) { return this.take({seq, kind: 'note', text, at: timestamp}); }

  /// A moderator or its author took it back: we forget it, too.
  takeBack(seq) {
    const said = this.items.find(each => each.seq === seq);
    if (said) Object.assign(said, {text: '', deleted: true});
    this.changed();
  }

  write(id, text) {
    this.pending.push({id, text, at: new Date().toISOString()});
    this.changed();
  }
  refuse(id, why) {
    const refused = this.pending.find(each => each.id === id);
    if (refused) refused.refused = why;
    this.changed();
  }
  drop(id) {
    this.pending = this.pending.filter(each => each.id !== id);
    this.changed();
  }

  present(list) {
    this.members = new Map(list.map(each => [each.socketId, each]));
    this.changed();
  }
  /// People, each once however many devices they are here with.
  get people() { return [...new Map([...this.members.values()].map(each => [each.userId, each])).values()]; }

  interrupt() {
    this.isIn = false;
    this.typists.clear();
    if (this.isRead && !this.broken) this.breaks.push({after: this.lastSeq, head: undefined});
    this.changed();
  }
  /// Nothing is missing up to here. What came by itself since a break may have a gap before it.
  get completeUpTo() {
    if (!this.isRead) return 0;
    return this.broken ? this.breaks.at(-1).after : this.lastSeq;
  }
  get broken() { return this.breaks.length > 0 && this.breaks.at(-1).head === undefined; }
  /// The connection is back: up to `head` is what we missed.
  mend(head) {
    if (this.broken) this.breaks.at(-1).head = Math.max(head, this.breaks.at(-1).after);
    this.changed();
  }
  /// How many messages a break cost, once they have arrived.
  missed({after, head = Infinity}) {
    return this.items.filter(each => each.kind === 'message' && each.seq > after && each.seq <= head).length;
  }

  end(why) {
    this.ended = why;
    this.isIn = false;
    this.waiting = false;
    this.members.clear();
    this.typists.clear();
    this.changed();
  }
}
