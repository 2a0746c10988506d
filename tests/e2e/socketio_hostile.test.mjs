// Socket.IO clients that mean harm: too much of everything, and what is somebody else's. After each test the server
// still serves somebody who was there before it.
import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {after, afterEach, before, test} from 'node:test';
import {Conformance} from './support/conformance.mjs';
import {Frames, Polling, ask} from './support/engineio.mjs';
import {hole, join, joined, opened, stillServes} from './support/socketio_raw.mjs';

let server, at, bystander, asked = 0;
before(async () => {
  server = await Conformance.start();
  at = `${server.url}/socket.io/`;
  bystander = await joined(server);
});
after(() => server.stop());
afterEach(async () => {
  bystander.send(`42${++asked}["message-with-ack","undisturbed"]`);
  assert.equal(await bystander.next(), `43${asked}["undisturbed"]`);
});

test('thousands of namespaces are each refused and none is kept', async () => {
  const frames = await joined(server);
  const count = 5000;
  for (let i = 0; i < count; ++i) frames.send(`40/n${i},{"token":"x"}`);
  for (let i = 0; i < count; ++i) assert.equal(await frames.next(), `44/n${i},{"message":"Invalid namespace"}`);
  await stillServes(frames);
  frames.close();
});
test('joining and leaving thousands of times leaves nothing behind', async () => {
  const frames = await opened(server);
  for (let i = 0; i < 2000; ++i) {
    await join(frames, '40/custom,');
    frames.send('41/custom,');
  }
  await join(frames);
  await stillServes(frames);
  frames.close();
});
test('attachments that never come hurt nobody but their sender', async () => {
  const waiting = await Promise.all(Array.from({length: 100}, () => joined(server)));
  for (const frames of waiting) {
    frames.send(`4510-["message",${Array.from({length: 10}, (_, i) => hole(i)).join()}]`);
    frames.send(randomBytes(50_000));
  }
  await stillServes(bystander);
  for (const frames of waiting) frames.close();
});
test('attachments larger together than a payload may be end the session', async () => {
  const frames = await joined(server);
  frames.send(`453-["message",${hole(0)},${hole(1)},${hole(2)}]`);
  for (let i = 0; i < 3; ++i) frames.send(randomBytes(500_000));
  await frames.end();
});
test('one attachment named in thousands of places does not multiply', async () => {
  const frames = await joined(server);
  frames.send(`451-["message",${Array(20_000).fill(hole(0)).join()}]`);
  frames.send(randomBytes(100_000));
  await frames.end();
});
test('a message beyond the agreed size closes with 1009', async () => {
  const frames = await joined(server);
  frames.send(`42["message","${'x'.repeat(1_000_000)}"]`);
  assert.equal(await frames.end(), 1009);
});
test('an attachment beyond the agreed size closes with 1009', async () => {
  const frames = await joined(server);
  frames.send(`451-["message",${hole(0)}]`);
  frames.send(Buffer.alloc(1_000_001));
  assert.equal(await frames.end(), 1009);
});
const notUtf8 = Buffer.concat([Buffer.from('42["message","'), Buffer.from([0xc3, 0x28]), Buffer.from('"]')]);
test('text that is not UTF-8 closes with 1007 and never comes back', async () => {
  const frames = await joined(server);
  frames.socket.send(notUtf8, {binary: false});
  assert.equal(await frames.end(), 1007);
});
test('text that is not UTF-8 never comes back over polling', async () => {
  const polling = await Polling.open(at);
  await polling.post('40');
  await polling.packets();
  await polling.post(notUtf8);
  assert.deepEqual(await polling.packets(), ['1']);
});
test('a session id that is wrong, or a namespace\'s own, opens nothing', async () => {
  const frames = await opened(server);
  const {sid} = await join(frames);
  for (const wrong of [sid, 'A'.repeat(20), '../../etc/passwd', "' OR 1=1 --"]) {
    const url = `${at}?EIO=4&transport=polling&sid=${encodeURIComponent(wrong)}`;
    for (const options of [{}, {method: 'POST', body: '42["message"]'}])
      assert.equal(JSON.parse((await ask(url, options)).text).code, 1);
    const refusal = await Frames.open(at, `&sid=${encodeURIComponent(wrong)}`).catch(error => error);
    assert.equal(refusal.status, 400);
  }
  frames.close();
});
test('a stranger who guesses nothing right leaves a polling session alone', async () => {
  const polling = await Polling.open(at);
  await polling.post('40');
  await polling.packets();
  const last = polling.sid.at(-1);
  for (const digit of 'AQgw012_-') {
    if (digit === last) continue;
    const close = `${at}?EIO=4&transport=polling&sid=${polling.sid.slice(0, -1)}${digit}`;
    assert.equal((await ask(close, {method: 'POST', body: '1'})).status, 400);
  }
  await polling.post('42["message","mine"]');
  assert.deepEqual(await polling.packets(), ['42["message-back","mine"]']);
});
test('names that JavaScript and C++ find special are only names', async () => {
  const frames = await joined(server);
  for (const name of ['__proto__', 'constructor', 'toString', '', '\u0000', '../..', 'a'.repeat(100_000)])
    frames.send(`42${JSON.stringify([name, {['__proto__']: 1}])}`);
  frames.send('42["message",{"__proto__":{"admin":true},"constructor":1}]');
  assert.equal(await frames.next(), '42["message-back",{"__proto__":{"admin":true},"constructor":1}]');
  frames.close();
});
test('clients that come and go by the hundred, in the middle of everything, disturb nobody', async () => {
  for (let round = 0; round < 5; ++round) {
    await Promise.all(Array.from({length: 40}, async (_, i) => {
      const frames = await Frames.open(at);
      frames.send('40');
      frames.send(i % 2 ? `452-["message",${hole(0)},${hole(1)}]` : '42["message","x"]');
      if (i % 3) frames.close();
      else frames.socket.close();
      await frames.end();
    }));
  }
});
