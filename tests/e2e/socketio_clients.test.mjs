// The published Socket.IO clients, the oldest and the newest of version 4, over each transport.
import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {after, before, test} from 'node:test';
import {io as newest} from 'socket.io-client';
import {io as oldest} from 'socket.io-client-oldest';
import {Conformance} from './support/conformance.mjs';
import {within} from './support/server.mjs';

let server;
before(async () => server = await Conformance.start());
after(() => server.stop());

for (const [which, io] of Object.entries({newest, oldest})) {
  for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
    const how = `the ${which} client over ${transports.join(' and ')}`;
    const connect = async (nsp = '/', options = {}) => {
      const soon = {reconnectionDelay: 50, reconnectionDelayMax: 100};
      const socket = io(`${server.url}${nsp}`, {transports, forceNew: true, ...soon, ...options});
      const auth = heard(socket, 'auth');
      await heard(socket, 'connect');
      return {socket, auth: (await auth)[0]};
    };

    test(`${how} joins, is told who it is, and leaves`, async () => {
      const {socket, auth} = await connect('/', {auth: {token: 'abc'}});
      assert.deepEqual(auth, {token: 'abc'});
      assert.ok(socket.id);
      assert.notEqual(socket.id, socket.io.engine.id);
      const gone = heard(socket, 'disconnect');
      socket.disconnect();
      assert.deepEqual((await gone)[0], 'io client disconnect');
    });
    test(`${how} gets its arguments back, text and bytes, in order`, async () => {
      const {socket} = await connect();
      const all = [[1, 'two', {three: [null, true]}], [], [Buffer.from([1, 2, 3])],
                   [{deep: [Buffer.from('x'), 'y']}, randomBytes(50_000)], ['\u00e4\u20ac\u{1f600}'.repeat(5000)]];
      const back = [];
      const done = new Promise(resolve => {
        socket.on('message-back', (...args) => back.push(args) === 2 * all.length && resolve());
      });
      for (const args of all) socket.emit('message', ...args);
      if (transports.length > 1 && socket.io.engine.transport.name === 'polling')
        await within(20, 'the upgrade', new Promise(resolve => socket.io.engine.once('upgrade', resolve)));
      for (const args of all) socket.emit('message', ...args);
      await within(20, 'all come back', done);
      assert.deepEqual(back, [...all, ...all]);
      assert.equal(socket.io.engine.transport.name, transports.at(-1));
      socket.disconnect();
    });
    test(`${how} has its events acknowledged, with bytes too`, async () => {
      const {socket} = await connect();
      const emit = (...args) => within(20, 'the ack', new Promise(resolve => {
        socket.emit('message-with-ack', ...args, (...got) => resolve(got));
      }));
      assert.deepEqual(await emit(1, {two: 3}), [1, {two: 3}]);
      assert.deepEqual(await emit(), []);
      assert.deepEqual(await emit(Buffer.from([1, 2, 3]), 'x'), [Buffer.from([1, 2, 3]), 'x']);
      const many = await Promise.all(Array.from({length: 200}, (_, i) => emit(i)));
      assert.deepEqual(many, Array.from({length: 200}, (_, i) => [i]));
      socket.disconnect();
    });
    test(`${how} uses several namespaces over one transport`, async () => {
      const {socket} = await connect('/', {auth: {a: 1}});
      const custom = socket.io.socket('/custom', {auth: {b: 2}});
      const auth = heard(custom, 'auth');
      await auth;
      assert.notEqual(custom.id, socket.id);
      custom.emit('message', 'here');
      assert.deepEqual(await heard(custom, 'message-back'), ['here']);
      const refused = socket.io.socket('/random', {});
      const refusal = heard(refused, 'connect_error');
      assert.equal((await refusal)[0].message, 'Invalid namespace');
      refused.disconnect();
      socket.disconnect();
      custom.emit('message', 'still here');
      assert.deepEqual(await heard(custom, 'message-back'), ['still here']);
      custom.disconnect();
    });
    test(`${how} asks for a namespace with a query of its own`, async () => {
      const {socket} = await connect('/custom?room=1', {query: {x: 'y'}});
      assert.equal(socket.nsp, '/custom');
      socket.disconnect();
    });
    test(`${how} comes back by itself after its transport is lost`, async () => {
      const {socket} = await connect();
      const before = socket.id;
      const lost = heard(socket, 'disconnect'), again = heard(socket, 'connect');
      socket.io.engine.close();
      await lost;
      await again;
      assert.notEqual(socket.id, before);
      socket.emit('message', 'again');
      assert.deepEqual(await heard(socket, 'message-back'), ['again']);
      socket.disconnect();
    });
    test(`${how} may leave and join again`, async () => {
      const {socket} = await connect();
      socket.disconnect();
      const again = heard(socket, 'connect');
      socket.connect();
      await again;
      socket.disconnect();
    });
  }
}
test('the newest client that repeats what is not acknowledged has each acknowledged in its turn', async () => {
  const socket = newest(server.url, {forceNew: true, retries: 3, ackTimeout: 5000});
  for (let i = 0; i < 10; ++i)
    assert.equal(await within(20, 'the ack', socket.emitWithAck('message-with-ack', i)), i);
  socket.disconnect();
});

function heard(socket, event) {
  const once = new Promise(resolve => socket.once(event, (...args) => resolve(args)));
  return within(20, `the client hears ${event}`, once);
}
