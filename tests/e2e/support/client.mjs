// One person's WebSocket, over the published client `ws`. Keeps everything it was told, in order, and holds it against
// schema/asyncapi.
import WebSocket from 'ws';
import {within} from './server.mjs';
import {checkAnswer, checkPush, checkRefusal} from './shapes.mjs';

export class Refused extends Error {
  constructor(error) {
    super(`${error.code}: ${error.message}`);
    this.code = error.code;
    this.retryAfter = error.retryAfter;
  }
}

export class Client {
  /// Connects and waits for the greeting. `session` and `resume` are an earlier greeting's.
  static async connect(server, {token, session, resume, aliases = false, headers, localAddress} = {}) {
    const client = new Client();
    const query = new URLSearchParams();
    if (token) query.set('token', token);
    if (session) query.set('session', session);
    if (resume) query.set('resume', resume);
    if (!aliases) query.set('aliases', 'none');
    client.open(`ws://127.0.0.1:${server.port}/ws?${query}`, {headers, localAddress});
    client.greeting = await client.next('connected');
    return client;
  }

  open(url, options) {
    this.pushes = [];   // {event, data}, in order of arrival
    this.frames = [];   // every frame as text
    this.waiting = [];
    this.answers = new Map();
    this.acks = 0;
    this.taken = new Set(); // pushes that `next` gave out
    this.socket = new WebSocket(url, 'parley.v1', {...options, perMessageDeflate: false});
    this.socket.on('error', error => this.failure = error);
    this.closed = new Promise(resolve => this.socket.on('close', (code, reason) => {
      resolve({code, reason: reason.toString()});
      this.failure ??= new Error(`closed with ${code} ${reason}`);
      for (const {reject} of [...this.answers.values(), ...this.waiting]) reject(this.failure);
      this.answers.clear();
      this.waiting = [];
    }));
    this.socket.on('message', data => this.take(data.toString()));
  }

  take(text) {
    this.frames.push(text);
    const frame = JSON.parse(text);
    if ('ack' in frame) {
      const waiter = this.answers.get(frame.ack);
      this.answers.delete(frame.ack);
      if (!waiter) throw new Error(`an answer to nothing: ${text}`);
      try {
        if (frame.error) checkRefusal(waiter.event, frame.error);
        else checkAnswer(waiter.event, frame.data);
      } catch (wrong) {
        return waiter.reject(wrong);
      }
      if (frame.error) waiter.reject(new Refused(frame.error));
      else waiter.resolve(frame.data);
      return;
    }
    try {
      checkPush(frame.event, frame.data);
    } catch (wrong) { // whoever waits is told
      this.failure = wrong;
      return this.socket.terminate();
    }
    this.pushes.push(frame);
    this.waiting = this.waiting.filter(waiter => !waiter.check());
  }

  /// Sends an event; resolves with its answer, or rejects with Refused.
  ask(event, data) {
    const ack = ++this.acks;
    const answer = new Promise((resolve, reject) => this.answers.set(ack, {event, resolve, reject}));
    answer.catch(() => {});
    if (this.socket.readyState !== WebSocket.OPEN) this.answers.get(ack).reject(this.failure ?? new Error('not connected'));
    this.socket.send(JSON.stringify({event, data, ack}));
    return within(20, `${event} is answered`, answer);
  }
  tell(event, data) { this.socket.send(JSON.stringify({event, data})); }
  raw(text) { this.socket.send(text); }

  /// The next push of that name which was not asked for before (and of which `matches` holds).
  next(event, matches = () => true) {
    const found = new Promise((resolve, reject) => {
      const check = () => {
        const push = this.pushes.find(p => !this.taken.has(p) && p.event === event && matches(p.data));
        if (!push) return false;
        this.taken.add(push);
        resolve(push.data);
        return true;
      };
      if (!check()) this.waiting.push({check, reject});
    });
    return within(20, `${event} arrives`, found);
  }
  /// Every push so far of one of these names.
  all(...events) { return this.pushes.filter(push => events.includes(push.event)).map(push => push.data); }

  join(roomId, more = {}) { return this.ask('join-room', {roomId, ...more}); }
  say(roomId, text, more = {}) { return this.ask('send-message', {roomId, text, ...more}); }

  /// The connection breaks: no close frame, as when a phone loses its network.
  async drop() {
    this.socket.terminate();
    await this.closed;
  }
  async close(code = 1000) {
    this.socket.close(code);
    await this.closed;
  }
}
