// The published socket.io-client, unmodified, newest and oldest of its major version, on the real server: the same rooms,
// answers and errors as over the native protocol, and connections that break, polls that fail to come, and servers that
// are killed, with nothing missed and nothing twice.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {io as newest} from 'socket.io-client';
import {io as oldest} from 'socket.io-client-oldest';
import {Client, Refused} from './support/client.mjs';
import {Server, eventually} from './support/server.mjs';
import {SocketIoClient} from './support/socketio_client.mjs';

let server;
const clients = [];
const connect = async (options = {}, io = newest) => {
  const client = SocketIoClient.connect(io, server, options);
  clients.push(client);
  return client.ready();
};
const refusedWith = code => error => error instanceof Refused && error.code === code;
const account = async name => {
  const {status, json, text} = await server.post('/api/auth/register',
                                                 {email: `${name}@example.org`, password: `${name} likes it long`, name});
  assert.equal(status, 201, text);
  return json;
};
/// The texts of a room's messages as a client heard them, each once under its first name.
const texts = client => client.all('message-received').map(message => message.text);
const numbered = (count, of = 'm') => Array.from({length: count}, (_, i) => `${of}${i}`);

before(async () => server = await Server.start());
after(() => {
  for (const client of clients) client.close();
  return server.stop();
});

for (const [name, io] of [['newest', newest], ['oldest', oldest]])
  for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']])
    test(`the ${name} client chats over ${transports.join(', then ')}`, async () => {
      const room = `${name}-${transports.join('-')}`;
      const ann = await connect({transports}, io), ben = await connect({transports}, io);
      const joined = await ann.join(room, {name: 'Ann'});
      assert.deepEqual([joined.roomId, joined.participantCount, joined.sessionId], [room, 1, ann.socket.id]);
      await ben.join(room, {name: 'Ben'});
      const shown = await ann.next('user-joined', push => push.name === 'Ben');
      assert.equal(shown.socketId, ben.socket.id);
      const sent = await ann.say(room, 'Hello', {id: 'first'});
      assert.equal((await ann.say(room, 'Hello', {id: 'first'})).seq, sent.seq);
      for (const client of [ann, ben]) {
        const heard = await client.next('message-received');
        assert.deepEqual([heard.text, heard.sender, heard.senderSocketId, heard.seq], ['Hello', 'Ann', ann.socket.id, sent.seq]);
        assert.equal((await client.next('receive-message')).seq, sent.seq);
      }
      ben.tell('typing', {roomId: room, isTyping: true});
      assert.equal((await ann.next('typing')).socketId, ben.socket.id);
      ben.tell('offer', {to: ann.socket.id, roomId: room, offer: {type: 'offer', sdp: 'v=0'}});
      const offer = await ann.next('offer-received');
      assert.deepEqual([offer.from, offer.sdp], [ben.socket.id, {type: 'offer', sdp: 'v=0'}]);
      await ben.ask('leave-room', {roomId: room});
      assert.equal((await ann.next('user-left')).reason, 'left');
      ann.close();
      ben.close();
    });

test('native and Socket.IO clients meet in one room', async () => {
  const native = await Client.connect(server), ben = await connect();
  await native.join('mixed', {name: 'Ann'});
  await ben.join('mixed', {name: 'Ben'});
  await native.say('mixed', 'over the one');
  await ben.say('mixed', 'over the other');
  for (const client of [native, ben]) {
    assert.equal((await client.next('message-received')).text, 'over the one');
    assert.equal((await client.next('message-received')).text, 'over the other');
  }
  await native.close();
  ben.close();
});

test('who one is comes by auth, query, header or cookie, and a bad token is a connect_error with a code', async () => {
  const {token, id} = await account('ada');
  for (const options of [{auth: {token}}, {query: {token}}, {extraHeaders: {authorization: `Bearer ${token}`}},
                         {extraHeaders: {cookie: `token=${token}`}}]) {
    const client = await connect(options);
    assert.equal((await client.next('connected')).userId, id);
    client.close();
  }
  const guest = await connect();
  assert.equal((await guest.next('connected')).guest, true);
  guest.close();
  await assert.rejects(connect({auth: {token: 'forged'}}), error => error.data.code === 'unauthenticated');
});

test('errors are the acknowledgement, or an exception where none was asked for', async () => {
  const ann = await connect();
  await assert.rejects(ann.ask('send-message', {roomId: 'nowhere', text: 'x'}), refusedWith('room_not_found'));
  await assert.rejects(ann.ask('no-such-event'), refusedWith('unknown_event'));
  ann.tell('no-such-event');
  assert.equal((await ann.next('exception')).code, 'unknown_event');
  ann.close();
});

test('a bare id and positional arguments are understood as over the native protocol', async () => {
  const ann = await connect();
  assert.equal((await ann.ask('join-room', 'Positional')).roomId, 'positional');
  assert.ok((await ann.ask('send-message', 'positional', 'in order')).seq > 0);
  ann.close();
});

test('who loses its transport comes back by itself, and is told what it missed, once', async () => {
  const ann = await connect({transports: ['websocket']}), ben = await connect();
  await ann.join('drops', {name: 'Ann'});
  await ben.join('drops', {name: 'Ben'});
  const id = ann.socket.id;
  for (const text of numbered(5)) await ben.say('drops', text);
  await eventually('all were heard', () => texts(ann).length === 5);
  ann.socket.io.reconnection(false); // not before the next five are said
  ann.drop();
  for (const text of numbered(5, 'n')) await ben.say('drops', text);
  ann.socket.io.reconnection(true);
  ann.socket.connect();
  await ann.ready();
  await eventually('all were heard', () => texts(ann).length >= 10);
  await ben.say('drops', 'last');
  await eventually('the last was heard', () => texts(ann).at(-1) === 'last');
  assert.deepEqual(texts(ann), [...numbered(5), ...numbered(5, 'n'), 'last']);
  assert.deepEqual(ann.recoveries, [false, true]);
  assert.equal(ann.socket.id, id);
  assert.equal(ben.all('user-left').length, 0);
  ann.close();
  ben.close();
});

test('a killed server loses nobody: in several places at once, nothing is missed and nothing comes twice', async () => {
  const [cleo, dan] = [await account('cleo'), await account('dan')];
  const ann = await connect({auth: {token: cleo.token}}), ben = await connect({auth: {token: dan.token}});
  for (const room of ['one', 'two']) {
    await ann.join(room);
    await ben.join(room);
  }
  let said = 0;
  const sayAll = async () => {
    for (let i = 0; i < 3; ++i) {
      await ben.say('one', `${said++}`);
      await ben.say('two', `${said++}`);
      await ben.ask('message', {receiverId: cleo.id, content: `${said++}`});
    }
  };
  const heard = () => [...texts(ann), ...ann.all('message').map(message => message.content)].map(Number)
    .sort((a, b) => a - b);
  await sayAll();
  await eventually('all were heard', () => heard().length === said);
  const {port} = server;
  await server.kill9();
  await server.launch({port});
  await Promise.all([ann.ready(), ben.ready()]);
  await sayAll();
  await eventually('all were heard', () => heard().length >= said);
  assert.deepEqual(heard(), Array.from({length: said}, (_, i) => i));
  assert.deepEqual(ann.recoveries, [false, true]);
  ann.close();
  ben.close();
});

test('who polls and is silent for a while gets everything when it comes, though far more waits than is kept for it', async () => {
  const ann = await connect({transports: ['polling']}), ben = await connect();
  await ann.join('flood', {name: 'Ann'});
  await ben.join('flood', {name: 'Ben'});
  const engine = ann.socket.io.engine, poll = engine.transport._poll ?? engine.transport.poll;
  const held = [];
  engine.transport[engine.transport._poll ? '_poll' : 'poll'] = () => held.push(true); // it stops asking
  const text = 'x'.repeat(8000), count = 350; // 2.8 MB of text, three times in each frame
  for (let i = 0; i < count; ++i) await ben.say('flood', `${i} ${text}`);
  await eventually('the client has stopped', () => held.length > 0);
  engine.transport[engine.transport._poll ? '_poll' : 'poll'] = poll;
  poll.call(engine.transport);
  await eventually('all were heard', () => texts(ann).length >= count, 60);
  assert.deepEqual(texts(ann).map(each => Number(each.split(' ')[0])), Array.from({length: count}, (_, i) => i));
  ann.close();
  ben.close();
});

test('who is signed out is disconnected by the server, and does not come back by itself', async () => {
  const {token} = await account('fay');
  const client = await connect({auth: {token}});
  const gone = new Promise(resolve => client.socket.once('disconnect', resolve));
  assert.equal((await server.post('/api/auth/logout', {}, {token})).status, 200);
  assert.equal(await gone, 'io server disconnect');
  client.socket.connect();
  await assert.rejects(client.ready(), error => error.data.code === 'unauthenticated');
});

test('who disconnects has left at once; whose connection is lost, after its grace', async () => {
  const ann = await connect({transports: ['websocket']}), ben = await connect();
  for (const client of [ann, ben]) await client.join('goodbyes');
  ben.close();
  assert.equal((await ann.next('user-left')).reason, 'left');
  ann.close();
});

test('messages beyond a bound are refused, and nobody else suffers', async () => {
  const ann = await connect({transports: ['websocket']}), ben = await connect();
  await ben.join('unharmed');
  const gone = new Promise(resolve => ann.socket.once('disconnect', resolve));
  ann.socket.io.reconnection(false);
  ann.tell('send-message', {text: 'x'.repeat(1_200_000)});
  assert.ok(['transport close', 'transport error'].includes(await gone));
  assert.ok((await ben.say('unharmed', 'still here')).seq > 0);
  ben.close();
});
