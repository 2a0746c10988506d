// What the front end of MGanesh517/OneTimeChat sends and reads: rooms that their clients invent, anonymous messages, and
// a call between two who opened its page. It comes from an origin of its own, by which its profile is known.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {io} from 'socket.io-client';
import {FrontEnd, read} from './support/front_end.mjs';
import {Server, eventually} from './support/server.mjs';

const origin = 'https://once.example.org';
const listened = ['room-joined', 'user-joined', 'user-left', 'message-received', 'offer-received', 'answer-received',
                  'ice-candidate-received', 'error'];
let server;
const people = [];

/// Its page of a room: it joins at each connection, and counts who is there.
async function open(roomId, options = {}) {
  const page = new FrontEnd(io, server.url, {
    transports: ['websocket', 'polling'], timeout: 20000, extraHeaders: {origin}, ...options,
  });
  people.push(page);
  page.shown = undefined;
  page.socket.on('connect', () => page.emit('join-room', {roomId}));
  for (const event of ['room-joined', 'user-joined', 'user-left'])
    page.socket.on(event, ({participantCount}) => page.shown = participantCount);
  page.counts = count => eventually(`${count} are shown`, () => page.shown === count);
  page.say = (text, replyTo) => page.emit('send-message', {roomId, text, displayName: 'User123', replyTo});
  page.leave = () => {
    page.emit('leave-room', {roomId});
    page.close();
  };
  await page.ready();
  return page;
}
const texts = page => page.all('message-received').map(message => message.text);

before(async () => server = await Server.start({
  flags: ['--profiles-rules', `${origin}=one-time-chat`, '--auth-cors-origins', origin],
}));
after(() => {
  for (const page of people) page.close();
  return server.stop();
});

test('a room is there once somebody opens its page, and everybody is told how many are in it', async () => {
  const ann = await open('1B2C3D4E');
  assert.equal((await ann.next('room-joined')).participantCount, 1);
  const ben = await open('1b2c3d4e'); // a link that was typed
  await Promise.all([ann.counts(2), ben.counts(2)]);
  const cleo = await open('1B2C3D4E');
  await Promise.all([ann.counts(3), ben.counts(3), cleo.counts(3)]);
  cleo.leave();
  await Promise.all([ann.counts(2), ben.counts(2)]);
  ben.close(); // its tab
  await ann.counts(1);
  assert.deepEqual([...ann.beyond(listened), ...ben.beyond(listened), ...cleo.beyond(listened)], []);
  ann.leave();
});

test('everybody reads a message, its sender too, who knows it by its text', async () => {
  const ann = await open('PUBLIC'), ben = await open('PUBLIC');
  await Promise.all([ann.counts(2), ben.counts(2)]);
  const before = Date.now();
  ann.say('Hello there');
  const heard = [await ann.next('message-received'), await ben.next('message-received')];
  for (const message of heard) {
    assert.deepEqual(read(message, 'text', 'sender', 'displayName', 'replyTo'),
                     {text: 'Hello there', sender: 'anonymous', displayName: 'Guest', replyTo: undefined});
    assert.equal(typeof message.id, 'string');
    assert.ok(Math.abs(new Date(message.timestamp) - before) < 60_000);
  }
  assert.equal(heard[0].id, heard[1].id);
  // A reply names what it replies to by what its page shows of it, not by an id that we know.
  ben.say('Who is there?', {id: heard[1].id, text: 'Hello there', sender: 'other'});
  ann.say('Nobody', {id: '1767225600000', text: 'Hello there', sender: 'user'});
  assert.deepEqual(read((await ann.next('message-received', m => m.text === 'Who is there?')).replyTo, 'id', 'text'),
                   {id: heard[1].id, text: 'Hello there'});
  assert.deepEqual(read((await ben.next('message-received', m => m.text === 'Nobody')).replyTo, 'id', 'text'),
                   {id: '1767225600000', text: 'Hello there'});
  assert.deepEqual(ann.beyond(listened), []);
  ann.leave();
  ben.leave();
});

test('offer, answer and candidates reach the other one, and nobody hears of their own', async () => {
  const ann = await open('CALL'), ben = await open('CALL');
  await Promise.all([ann.counts(2), ben.counts(2)]);
  const offer = {type: 'offer', sdp: 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n'}, answer = {type: 'answer', sdp: 'v=0\r\n'};
  const candidate = {candidate: 'candidate:1 1 UDP 1 127.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0,
                     usernameFragment: 'abcd'};
  ann.emit('offer', {roomId: 'CALL', offer});
  ann.emit('ice-candidate', {roomId: 'CALL', candidate});
  assert.deepEqual((await ben.next('offer-received')).offer, offer);
  assert.deepEqual((await ben.next('ice-candidate-received')).candidate, candidate);
  ben.emit('answer', {roomId: 'CALL', answer});
  ben.emit('ice-candidate', {roomId: 'CALL', candidate});
  assert.deepEqual((await ann.next('answer-received')).answer, answer);
  assert.deepEqual((await ann.next('ice-candidate-received')).candidate, candidate);
  assert.deepEqual([ann.all('offer-received'), ben.all('answer-received')], [[], []]);
  ann.leave();
  ben.leave();
});

for (const transports of [['websocket', 'polling'], ['polling']])
  test(`who loses a ${transports[0]} comes back, joins again as its page does, and reads each message once`, async () => {
    const room = `DROPS${transports.length}`;
    const ann = await open(room, {transports}), ben = await open(room);
    await Promise.all([ann.counts(2), ben.counts(2)]);
    ben.say('before');
    await ann.next('message-received');
    const back = ann.drop();
    ben.say('meanwhile');
    await back;
    await eventually('it joined again', () => ann.all('room-joined').length === 2);
    ben.say('after');
    await ann.next('message-received', message => message.text === 'after');
    assert.deepEqual(texts(ann), ['before', 'meanwhile', 'after']);
    assert.deepEqual([ann.shown, ben.shown], [2, 2]);
    assert.deepEqual(ben.all('user-left'), []);
    assert.deepEqual(ann.beyond([...listened, 'offset']), []);
    ann.leave();
    ben.leave();
  });

test('what is refused is told as an error', async () => {
  const ann = await open('ERRORS');
  await ann.counts(1);
  ann.emit('send-message', {roomId: 'ELSEWHERE', text: 'Hello', displayName: 'User123'});
  const {message} = await ann.next('error');
  assert.ok(message.length > 0);
  ann.leave();
});

test('the routes of its server are there under their own shape', async () => {
  const asked = async (method, path, body) => {
    const answer = await fetch(server.url + path, {
      method, headers: {origin, 'content-type': 'application/json'}, body: body && JSON.stringify(body),
    });
    return {status: answer.status, ...await answer.json()};
  };
  const ann = await open('ROUTES');
  await ann.counts(1);
  const made = await asked('GET', '/api/rooms/ROUTES');
  assert.deepEqual([made.status, made.success, made.room.roomId, made.room.participantCount, made.room.isActive],
                   [200, true, 'ROUTES', 1, true]);
  const users = await asked('GET', '/api/rooms/ROUTES/users');
  assert.deepEqual([users.success, users.participantCount, users.participants], [true, 1, 1]);
  ann.leave();
});
