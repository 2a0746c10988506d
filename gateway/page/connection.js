// The WebSocket, native framing `parley.v1` (schema/protocols.md): asks and their answers, pushes, and coming back to
// the same session after a loss.
//
// A browser shows no pings to a page, and a dead network is silent. So after a silence we ask for something small, and
// a connection that does not answer in time is given up, without waiting for its close.
import {Backoff} from './backoff.js';
import {Problem} from './api.js';

const quiet = 10_000;     // without a frame for so long, ask
const patience = 7_000;   // and without an answer for so long, come back
const openWait = 10_000;
const slowDown = 5_000;   // at least, when the server says that we are too fast

const givenUp = 4000;
const final = {4401: 'signed-out', 4409: 'elsewhere'};

/// The answer did not come before the connection was lost: whether it took effect is not known.
export class Dropped extends Error {
  constructor() { super('The connection was lost'); }
}

/// Dispatches `state` when `state` (connecting, connected, reconnecting, stopped) changes, and `greeting` with its data
/// in `detail`. Pushes go to whom `on` names.
export class Connection extends EventTarget {
  state = 'stopped';
  greeting = null;   // of the session; what it is resumed with
  #socket = null;
  #asks = new Map();
  #acks = 0;
  #handlers = new Map();
  #backoff = new Backoff();
  #timer = null;     // the one thing that is waited for: the next attempt, or the next frame

  constructor() {
    super();
    addEventListener('online', () => this.#hurry());
    addEventListener('offline', () => this.#probe());
    document.addEventListener('visibilitychange', () => document.hidden || this.#hurry());
    addEventListener('pagehide', () => this.#socket?.close(1000)); // gone at once, not after the grace period
    addEventListener('pageshow', shown => shown.persisted && location.reload());
  }

  start() { this.#open('connecting'); }

  /// Over, as asked: the session ends at once.
  stop(why = 'asked') {
    this.#letGo()?.close(1000);
    this.#become('stopped', why);
  }

  on(event, handler) { this.#handlers.set(event, [...this.#handlers.get(event) ?? [], handler]); }

  /// Resolves with the answer once it is durable; rejects with Problem, or with Dropped.
  ask(event, data = {}) {
    if (this.state !== 'connected') return Promise.reject(new Dropped());
    return new Promise((resolve, reject) => {
      this.#asks.set(++this.#acks, {resolve, reject});
      this.#socket.send(JSON.stringify({event, data, ack: this.#acks}));
    });
  }
  /// Where nothing depends on the answer.
  tell(event, data) {
    if (this.state === 'connected') this.ask(event, data).catch(() => {});
  }

  #become(state, why) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent('state', {detail: why}));
  }

  #wait(milliseconds, then) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, milliseconds);
  }

  #open(state) {
    this.#become(state);
    const query = new URLSearchParams({aliases: 'none'});
    if (this.greeting) {
      query.set('session', this.greeting.sessionId);
      query.set('resume', this.greeting.resume);
    }
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = this.#socket = new WebSocket(`${scheme}://${location.host}/ws?${query}`, 'parley.v1');
    socket.onmessage = ({data}) => this.#take(JSON.parse(data));
    socket.onclose = ({code}) => this.#lost(code);
    this.#wait(openWait, () => this.#lost());
  }

  #take(frame) {
    this.#wait(quiet, () => this.#probe());
    if ('ack' in frame) {
      const asked = this.#asks.get(frame.ack);
      this.#asks.delete(frame.ack);
      return frame.error ? asked?.reject(new Problem(frame.error)) : asked?.resolve(frame.data);
    }
    if (frame.event === 'connected') {
      this.greeting = frame.data;
      this.#backoff.reset();
      this.#become('connected');
      this.dispatchEvent(new CustomEvent('greeting', {detail: frame.data}));
    }
    for (const handler of this.#handlers.get(frame.event) ?? []) handler(frame.data);
  }

  /// Is anybody there? Saying again what one's status is changes nothing.
  #probe() {
    if (this.state !== 'connected') return;
    this.tell('presence', {status: document.hidden ? 'away' : 'online'});
    this.#wait(patience, () => this.#lost());
  }

  /// The network is back, or somebody looks: not the moment to wait.
  #hurry() {
    if (this.state === 'connected') this.#probe();
    else if (this.state === 'reconnecting' && !this.#socket) this.#wait(0, () => this.#open('reconnecting'));
  }

  #letGo() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    if (socket) socket.onmessage = socket.onclose = null;
    for (const {reject} of this.#asks.values()) reject(new Dropped());
    this.#asks.clear();
    return socket;
  }

  #lost(code) {
    this.#letGo()?.close(givenUp); // whenever that arrives, it must not read as leaving
    if (final[code]) return this.#become('stopped', final[code]);
    this.#become('reconnecting');
    const wait = Math.max(code === 4429 ? slowDown : 0, this.#backoff.next());
    this.#wait(wait, () => this.#open('reconnecting'));
  }
}
