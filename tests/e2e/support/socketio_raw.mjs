// Socket.IO by hand on parley-conformance: what a test says, frame by frame, and what must come back.
import assert from 'node:assert/strict';
import {Frames} from './engineio.mjs';

/// What stands in an event for its attachment `num`.
export const hole = num => `{"_placeholder":true,"num":${num}}`;

/// A WebSocket whose Engine.IO session is open, and no namespace joined.
export async function opened(server) {
  const frames = await Frames.open(`${server.url}/socket.io/`);
  assert.equal((await frames.next())[0], '0');
  return frames;
}

/// Sends a CONNECT; resolves with its reply's body and what came back as the client's `auth`.
export async function join(frames, connect = '40') {
  const nsp = /^40(\/[^,?{]*)?/.exec(connect)[1];
  const of = nsp ? `${nsp},` : '';
  frames.send(connect);
  const reply = await frames.next('the namespace is joined');
  assert.ok(reply.startsWith(`40${of}{`), reply);
  const auth = await frames.next();
  assert.ok(auth.startsWith(`42${of}["auth",`), auth);
  return {...JSON.parse(reply.slice(2 + of.length)), auth: JSON.parse(auth.slice(2 + of.length))[1]};
}
export async function joined(server) {
  const frames = await opened(server);
  await join(frames);
  return frames;
}
export async function stillServes(frames, nsp = '') {
  frames.send(`42${nsp}["message","still here"]`);
  assert.equal(await frames.next(), `42${nsp}["message-back","still here"]`);
}
