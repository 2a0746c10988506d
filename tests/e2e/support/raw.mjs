// A TCP connection without any library's manners: for bytes that no published client would send.
import {randomBytes} from 'node:crypto';
import net from 'node:net';
import {within} from './server.mjs';

export class Raw {
  static async connect(server) {
    const raw = new Raw();
    raw.received = Buffer.alloc(0);
    raw.socket = net.connect(server.port, '127.0.0.1');
    raw.socket.on('data', data => raw.received = Buffer.concat([raw.received, data]));
    raw.socket.on('error', () => {}); // A reset is one way to refuse us.
    raw.ended = new Promise(resolve => raw.socket.on('close', resolve));
    await new Promise(resolve => raw.socket.on('connect', resolve));
    return raw;
  }

  /// Connects and becomes a WebSocket by hand; what came after the handshake's answer is in `received`.
  static async upgrade(server, query = 'aliases=none') {
    const raw = await Raw.connect(server);
    raw.write(`GET /ws?${query} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nUpgrade: websocket\r\n` +
              `Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: parley.v1\r\n` +
              `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`);
    const head = await raw.until(text => text.includes('\r\n\r\n'), 'the handshake is answered');
    if (!head.startsWith('HTTP/1.1 101')) throw new Error(head);
    raw.received = raw.received.subarray(raw.received.indexOf('\r\n\r\n') + 4);
    return raw;
  }

  write(bytes) { this.socket.write(bytes); }
  get text() { return this.received.toString('latin1'); }

  async until(holds, what) {
    const poll = async () => {
      while (!holds(this.text)) {
        if (this.socket.destroyed) throw new Error(`closed before ${what}; got ${JSON.stringify(this.text)}`);
        await new Promise(resolve => setTimeout(resolve, 5));
      }
      return this.text;
    };
    return within(20, what, poll());
  }
  closed(what) { return within(40, what, this.ended); }

  /// The close code of the last close frame the server sent; undefined when it sent none.
  get closeCode() {
    for (let at = 0; at + 2 <= this.received.length;) {
      const opcode = this.received[at] & 0x0f;
      let size = this.received[at + 1] & 0x7f, head = 2;
      if (size === 126) { size = this.received.readUInt16BE(at + 2); head = 4; }
      else if (size === 127) { size = Number(this.received.readBigUInt64BE(at + 2)); head = 10; }
      if (opcode === 8 && size >= 2) return this.received.readUInt16BE(at + head);
      at += head + size;
    }
    return undefined;
  }
}

/// One frame as RFC 6455 section 5.2 has it.
export function frame(opcode, payload, {masked = true, fin = true} = {}) {
  const data = Buffer.from(payload);
  const head = [(fin ? 0x80 : 0) | opcode];
  const bit = masked ? 0x80 : 0;
  if (data.length < 126) head.push(bit | data.length);
  else if (data.length < 65536) head.push(bit | 126, data.length >> 8, data.length & 255);
  else head.push(bit | 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map(shift => (data.length >> shift) & 255));
  if (!masked) return Buffer.concat([Buffer.from(head), data]);
  const mask = randomBytes(4);
  return Buffer.concat([Buffer.from(head), mask, data.map((byte, i) => byte ^ mask[i % 4])]);
}
