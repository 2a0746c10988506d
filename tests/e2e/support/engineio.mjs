// Engine.IO clients without manners: they send what a test says and nothing by themselves, not even pongs.
import http from 'node:http';
import {WebSocket} from 'ws';
import {within} from './server.mjs';

/// One request on a connection of its own; resolves with status, headers and text, also when the answer comes before
/// the body is sent.
export function ask(url, {method = 'GET', body, headers = {}, signal, sent = () => {}} = {}) {
  return within(40, `${method} ${url} is answered`, new Promise((resolve, reject) => {
    const asked = http.request(url, {method, headers, signal, agent: false}, answer => {
      let text = '';
      answer.setEncoding('utf8').on('data', data => text += data);
      answer.on('end', () => resolve({status: answer.statusCode, headers: answer.headers, text}));
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body, sent);
  }));
}

export class Polling {
  /// `at`: a server's address with the path.
  static async open(at, {query = '', headers = {}} = {}) {
    const answer = await ask(`${at}?EIO=4&transport=polling${query}`, {headers});
    if (answer.status !== 200 || answer.text[0] !== '0') throw new Error(`${answer.status} ${answer.text}`);
    const polling = new Polling();
    polling.handshake = JSON.parse(answer.text.slice(1));
    polling.sid = polling.handshake.sid;
    polling.at = at;
    polling.url = `${at}?EIO=4&transport=polling&sid=${polling.sid}`;
    return polling;
  }

  get(options = {}) { return ask(this.url, options); }
  post(body, headers = {'content-type': 'text/plain;charset=UTF-8'}) {
    return ask(this.url, {method: 'POST', body, headers});
  }
  /// The packets that one poll brings.
  async packets() {
    const answer = await this.get();
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    return answer.text.split('\x1e');
  }
  /// A GET that the server holds: resolves once it is with the server, with the answer that is still to come.
  async hold(options = {}) {
    let answer;
    await new Promise((sent, failed) => (answer = this.get({...options, sent})).catch(failed));
    await ask(`${this.at}?EIO=4&transport=none`); // answered by a loop that has seen the GET before
    return {answer};
  }
  probe() { return Frames.open(this.at, `&sid=${this.sid}`); }
}

/// A WebSocket, and what came on it.
export class Frames {
  /// Resolves once it is open.
  static async open(at, query = '', options = {}) {
    const frames = new Frames();
    frames.arrived = [];
    frames.wake = () => {};
    const url = `${at.replace('http', 'ws')}?EIO=4&transport=websocket${query}`;
    const socket = frames.socket = new WebSocket(url, options);
    socket.on('message', (data, binary) => {
      frames.arrived.push(binary ? data : data.toString());
      frames.wake();
    });
    frames.closed = new Promise(resolve => socket.on('close', (code, reason) => {
      frames.isClosed = true;
      resolve({code, reason: reason.toString()});
      frames.wake();
    }));
    frames.handshake = new Promise(resolve => socket.on('upgrade', answer => resolve(answer.headers)));
    const opened = new Promise((resolve, reject) => {
      socket.on('open', resolve);
      socket.on('unexpected-response', (_, answer) => {
        let text = '';
        answer.on('data', data => text += data);
        answer.on('end', () => reject(Object.assign(new Error(`refused with ${answer.statusCode}`),
                                                    {status: answer.statusCode, headers: answer.headers, text})));
      });
      socket.on('error', reject);
    });
    await within(20, 'the WebSocket opens', opened);
    return frames;
  }

  /// The next frame: a string, or a Buffer for a binary one.
  async next(what = 'a frame comes') {
    const one = async () => {
      while (this.arrived.length === 0) {
        if (this.isClosed) throw new Error(`closed before ${what}`);
        await new Promise(resolve => this.wake = resolve);
      }
      return this.arrived.shift();
    };
    return within(20, what, one());
  }
  send(data) { this.socket.send(data); }
  /// Close code, once it is closed.
  async end(what = 'the WebSocket is closed') { return (await within(20, what, this.closed)).code; }
  close() { this.socket.terminate(); }
}
