// One person over the published `socket.io-client`, unmodified. Keeps everything it was told, in order, and holds it
// against schema/asyncapi: the events are those of the native protocol.
import {within} from './server.mjs';
import {checkAnswer, checkPush, checkRefusal} from './shapes.mjs';
import {Client, Refused} from './client.mjs';

/// What was told is asked for as of a native client; how it is asked and told is the library's.
export class SocketIoClient extends Client {
  /// `io` is the client library's; further options are the library's own.
  static connect(io, server, options = {}) {
    const client = new SocketIoClient();
    client.pushes = []; // {event, data, offset}
    client.taken = new Set();
    client.waiting = [];
    client.recoveries = []; // whether each connection was a recovery, in order
    client.socket = io(server.url, {forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 200, ...options});
    client.socket.on('connect', () => client.recoveries.push(client.socket.recovered));
    client.socket.onAny((event, data, offset) => client.take(event, data, offset));
    return client;
  }

  /// Resolves once connected; rejects with the server's CONNECT_ERROR.
  ready() {
    if (this.socket.connected) return this;
    return within(20, 'the client is connected', new Promise((resolve, reject) => {
      this.socket.once('connect', () => resolve(this)).once('connect_error', reject);
    }));
  }

  take(event, data, offset) {
    try {
      if (event !== 'offset') checkPush(event, data);
    } catch (wrong) { // whoever waits is told
      this.failure = wrong;
      for (const {reject} of this.waiting) reject(wrong);
      return this.socket.disconnect();
    }
    this.pushes.push({event, data, offset});
    this.waiting = this.waiting.filter(waiter => !waiter.check());
  }

  /// Sends an event; resolves with its answer, or rejects with Refused.
  async ask(event, ...args) {
    const answer = await within(20, `${event} is answered`,
                                new Promise(resolve => this.socket.emit(event, ...args, resolve)));
    if (answer.error) {
      checkRefusal(event, {...answer.error, ...(answer.retryAfter ? {retryAfter: answer.retryAfter} : {})});
      throw new Refused(answer);
    }
    checkAnswer(event, answer);
    return answer;
  }
  tell(event, ...args) { this.socket.emit(event, ...args); }

  /// The transport breaks under the client, without a word to the server.
  drop() {
    const {transport} = this.socket.io.engine;
    transport.ws ? transport.ws.terminate() : transport.onClose();
  }
  close() { this.socket.disconnect(); }
}
