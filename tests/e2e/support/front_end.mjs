// Somebody at a front end that was written for another server: the published `socket.io-client`, unmodified, which keeps
// everything it was told under that front end's names. What its page reads of an event is what a test looks at.
import {within} from './server.mjs';

export class FrontEnd {
  /// `options` are the library's own, as the front end gives them; times in which to come back are shortened.
  constructor(io, url, options = {}) {
    this.told = []; // {event, args}, in order of arrival
    this.taken = new Set();
    this.waiting = [];
    this.connects = []; // of each connection, in order: whether it was a recovery
    this.socket = io(url, {forceNew: true, ...options, reconnectionDelay: 20, reconnectionDelayMax: 200});
    this.socket.on('connect', () => this.connects.push(this.socket.recovered));
    this.socket.onAny((event, ...args) => {
      this.told.push({event, args});
      this.waiting = this.waiting.filter(check => !check());
    });
  }

  get id() { return this.socket.id; }

  /// Resolves once connected; rejects with the server's CONNECT_ERROR.
  ready() {
    if (this.socket.connected) return this;
    return within(20, 'the front end is connected', new Promise((resolve, reject) => {
      this.socket.once('connect', () => resolve(this)).once('connect_error', reject);
    }));
  }

  emit(event, ...args) { this.socket.emit(event, ...args); }

  /// The next event of that name which was not asked for before (and of which `matches` holds): its first argument.
  next(event, matches = () => true) {
    return within(20, `${event} arrives`, new Promise(resolve => {
      const check = () => {
        const found = this.told.find(each => !this.taken.has(each) && each.event === event && matches(each.args[0]));
        if (!found) return false;
        this.taken.add(found);
        resolve(found.args[0]);
        return true;
      };
      if (!check()) this.waiting.push(check);
    }));
  }
  /// The first arguments of every event of that name so far.
  all(event) { return this.told.filter(each => each.event === event).map(each => each.args[0]); }
  /// The names it was told that are not among `listened`: what its page would not understand.
  beyond(listened) { return [...new Set(this.told.map(each => each.event))].filter(event => !listened.includes(event)); }

  /// The transport breaks under the client, without a word to the server; it comes back by itself.
  async drop() {
    const {transport} = this.socket.io.engine, back = new Promise(resolve => this.socket.once('connect', resolve));
    transport.ws ? transport.ws.terminate() : transport.onClose();
    await within(20, 'the front end is back', back);
  }
  close() { this.socket.disconnect(); }
}

/// The named members alone: what a page reads of a body.
export const read = (body, ...names) => Object.fromEntries(names.map(name => [name, body[name]]));
