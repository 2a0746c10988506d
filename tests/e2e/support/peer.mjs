// One PeerJS client, by hand: its WebSocket, and what it heard.
import assert from 'node:assert/strict';
import {WebSocket} from 'ws';
import {eventually, within} from './server.mjs';

let ids = 0, settlings = 0;
/// An id that nobody used before.
export const fresh = () => `peer-${++ids}`;

export class Peer {
  static server; ///< where they connect to: the test file's own, set before the first one
  /// Resolves once the WebSocket is open; nothing is said about what the server thinks of it.
  static async connect(query, {path = '/peerjs', headers = {}} = {}) {
    const peer = new Peer();
    peer.heard = [];
    peer.wake = () => {};
    const parameters = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined));
    const socket = peer.socket = new WebSocket(`${Peer.server.url.replace('http', 'ws')}${path}?${parameters}`, {headers});
    socket.on('message', data => {
      peer.heard.push(JSON.parse(data));
      peer.wake();
    });
    peer.closed = new Promise(resolve => socket.on('close', code => {
      peer.isClosed = true;
      resolve(code);
      peer.wake();
    }));
    await within(20, 'the WebSocket opens', new Promise((resolve, reject) => {
      socket.on('open', resolve);
      socket.on('error', reject);
    }));
    peer.id = query.id;
    return peer;
  }
  /// Resolves once the server said OPEN.
  static async open(id = fresh(), {token = `secret of ${id}`, ...options} = {}) {
    const peer = await Peer.connect({key: 'peerjs', id, token, version: '1.5.5'}, options);
    assert.deepEqual(await peer.next(), {type: 'OPEN'});
    return peer;
  }

  send(message) { this.socket.send(typeof message === 'string' ? message : JSON.stringify(message)); }
  async next(what = 'a message comes') {
    const one = async () => {
      while (this.heard.length === 0) {
        if (this.isClosed) throw new Error(`closed before ${what}`);
        await new Promise(resolve => this.wake = resolve);
      }
      return this.heard.shift();
    };
    return within(20, what, one());
  }
  end(what = 'the WebSocket is closed') { return within(20, what, this.closed); }
  async close() {
    this.socket.close();
    await this.end();
  }
  /// Everything sent before has been looked at: what a peer tells itself comes back behind it.
  async settled() {
    const payload = `settled ${++settlings}`;
    this.send({type: 'CANDIDATE', dst: this.id, payload});
    await eventually('the peer hears itself', () => this.heard.some(message => message.payload === payload));
    this.heard = this.heard.filter(message => message.payload !== payload);
  }
}
