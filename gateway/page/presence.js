// Who is there: the people one has written with, and whom a search finds.
import {get} from './api.js';

const later = 5_000;
const words = {online: 'online', away: 'away', offline: 'offline'};

/// Dispatches `change`.
export class Presence extends EventTarget {
  #people = new Map(); // by user: {status, lastSeen}
  #asked = new Set();
  #places;
  #me;

  constructor(connection, places, me) {
    super();
    this.#places = places;
    this.#me = me;
    connection.on('presence', data => this.#know(data.userId, data));
    connection.addEventListener('greeting', () => this.read());
    places.addEventListener('change', () => {
      for (const {id} of places.list('person')) if (!this.#asked.has(id)) this.ask(id);
    });
    document.addEventListener('visibilitychange', () =>
      connection.tell('presence', {status: document.hidden ? 'away' : 'online'}));
  }

  statusOf(user) { return words[this.#people.get(user)?.status] ?? ''; }

  #know(user, {status, lastSeen}) {
    this.#people.set(user, {status, lastSeen});
    this.dispatchEvent(new Event('change'));
  }

  /// The conversations of this user, latest last, and how each other one is.
  async read() {
    const conversations = await get('/api/conversations').catch(() => null);
    if (!conversations) return setTimeout(() => this.read(), later); // the read models are away; a place works without
    for (const each of conversations.reverse()) {
      if (each.bookingId) continue; // a booking's chat is its own thing
      this.#know(each.userId, each.user);
      const place = this.#places.know('person', each.userId, each.name);
      place.readSeq = Math.max(place.readSeq ?? 0, each.readSeq);
      place.unread = each.unreadCount;
    }
    this.dispatchEvent(new Event('change'));
  }

  /// Of somebody whom one has not written with only their profile says how they are, when it is asked for.
  async ask(user) {
    this.#asked.add(user);
    const profile = await get(`/api/users/${encodeURIComponent(user)}`).catch(() => ({}));
    if (profile.status) this.#know(user, profile);
  }

  async search(text) {
    const found = await get(`/api/users?limit=8&search=${encodeURIComponent(text)}`);
    return found.filter(each => each.id !== this.#me.id);
  }
}
