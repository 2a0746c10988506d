// What the front end of Krishna1199000/launchdock-meet sends and reads: accounts over its own origin, a dashboard that
// joins a meeting before the page of the meeting listens, calls from each to each, chat, reactions, raised hands, and a
// waiting room. A proxy on its own origin stands before it, which names the profile in a header; guests do in the query.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {io} from 'socket.io-client';
import {FrontEnd, read} from './support/front_end.mjs';
import {Server, eventually} from './support/server.mjs';

const listened = [
  'user:already:in:room', 'user:joined', 'user:left', 'incomming:call', 'call:accepted', 'ice:candidate', 'audio:status',
  'video:status', 'user:kicked', 'room:join:waiting', 'room:join:accepted', 'room:join', 'room:join:denied',
  'room:join:request', 'chat:message', 'reaction:emoji', 'hand:raise',
];
const profile = {'parley-profile': 'meetings'};
let server;
const people = [];

async function post(path, body, headers = {}) {
  const answer = await fetch(server.url + path, {
    method: 'POST', headers: {'content-type': 'application/json', ...profile, ...headers}, body: JSON.stringify(body),
  });
  return {ok: answer.ok, headers: answer.headers, data: await answer.json()};
}

/// The page of a meeting: it calls whom it is told of and is in no call with, and answers who calls it.
class Page {
  constructor(person, room) {
    Object.assign(this, {person, room, remote: new Map(), calls: new Map(), candidates: [], shown: true});
    const {socket} = person;
    const met = ({id, name}) => {
      if (id === socket.id) return;
      this.remote.set(id, name);
      if (this.calls.has(id)) return;
      this.calls.set(id, 'calling');
      socket.emit('user:call', {to: id, offer: {type: 'offer', sdp: `from ${socket.id}`}});
      this.trickle(id);
    };
    socket.on('user:already:in:room', met).on('user:joined', met);
    socket.on('incomming:call', ({from, offer}) => {
      if (this.calls.has(from)) return;
      this.shown &&= this.remote.size > 0; // else the picture comes before its place is on the page
      assert.deepEqual(offer, {type: 'offer', sdp: `from ${from}`});
      this.calls.set(from, 'connected');
      socket.emit('call:accepted', {to: from, ans: {type: 'answer', sdp: `from ${socket.id}`}});
      this.trickle(from);
    });
    socket.on('call:accepted', ({from, ans}) => {
      assert.deepEqual(ans, {type: 'answer', sdp: `from ${from}`});
      if (this.calls.get(from) === 'calling') this.calls.set(from, 'connected');
    });
    socket.on('ice:candidate', ({from, candidate}) => this.calls.has(from) && this.candidates.push({from, candidate}));
    socket.on('user:left', ({id}) => {
      this.remote.delete(id);
      this.calls.delete(id);
    });
    person.join(room, person.user.name);
  }

  trickle(to) {
    const candidate = {candidate: 'candidate:1 1 UDP 1 127.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0,
                       usernameFragment: 'abcd'};
    this.person.emit('ice:candidate', {to, candidate});
  }
  /// In a call with these people, seen, with candidates from each, and with nobody else.
  talksWith(...others) {
    const ids = others.map(other => other.id).sort();
    return eventually('everybody is in a call with everybody', () =>
      JSON.stringify([...this.calls].filter(([, state]) => state === 'connected').map(([id]) => id).sort()) ===
        JSON.stringify(ids) && this.calls.size === ids.length && this.remote.size === ids.length && this.shown &&
      ids.every(id => this.candidates.some(({from}) => from === id)));
  }
  say(text) { this.person.emit('chat:message', {room: this.room, name: this.person.user.name, text}); }
  /// To each of the others once, as the buttons of the page do.
  tellEach(event, said) { for (const to of this.remote.keys()) this.person.emit(event, {to, ...said}); }
}

/// Somebody whose browser keeps `user`, and whose socket connects when any page is opened.
async function connect(user, options) {
  const person = new FrontEnd(io, server.url, options);
  people.push(person);
  person.user = user;
  person.join = (room, name) => person.emit('room:join', {email: user.email, room, userId: user.id, name});
  return person.ready();
}
async function signUp(name) {
  const email = `${name.toLowerCase()}-${Math.random().toString(36).slice(2)}@example.org`;
  const {ok, headers, data} = await post('/api/auth/signup', {name, email, password: `${name} likes it long`});
  assert.ok(ok, JSON.stringify(data));
  assert.deepEqual(read(data.user, 'name', 'email'), {name, email});
  const cookie = headers.getSetCookie().map(each => each.split(';')[0]).join('; ');
  const person = await connect(data.user, {extraHeaders: {...profile, cookie, origin: server.url}});
  return Object.assign(person, {token: data.token, cookie});
}
/// By a button of the dashboard, or (`byLink`) by a link to the meeting.
async function enter(person, room, {byLink = false} = {}) {
  if (byLink) return new Page(person, room);
  const told = person.told.length;
  person.join(room); // it says no name there, and listens to nothing
  await person.socket.timeout(20_000).emitWithAck('screen:share:stop', {room}); // what came before it has been taken
  assert.deepEqual(person.told.slice(told), []); // nothing that its page would miss
  return new Page(person, room);
}
const roomNamed = () => Math.random().toString(36).slice(2) + Math.random().toString(36).slice(2);

before(async () => server = await Server.start());
after(() => {
  for (const person of people) person.close();
  return server.stop();
});

test('somebody signs up and in, and reads why not', async () => {
  const account = {email: 'ada@example.org', password: 'Ada likes it long'};
  const made = await post('/api/auth/signup', {name: 'Ada', ...account});
  assert.ok(made.ok);
  const entered = await post('/api/auth/signin', account);
  assert.ok(entered.ok);
  assert.equal(typeof entered.data.token, 'string');
  assert.deepEqual(read(entered.data.user, 'id', 'name', 'email'),
                   {id: made.data.user.id, name: 'Ada', email: account.email});
  for (const [path, body] of [['signup', {name: 'Ada', ...account}], ['signin', {...account, password: 'wrong'}]]) {
    const refused = await post(`/api/auth/${path}`, body);
    assert.equal(refused.ok, false);
    assert.ok(refused.data.message.length > 0);
  }
});

test('two meet by their dashboards: they are in one call, and the host is who came first', async () => {
  const ann = await signUp('Ann'), ben = await signUp('Ben'), room = roomNamed();
  const hers = await enter(ann, room);
  const joined = await ann.next('room:join');
  assert.deepEqual(read(joined, 'room', 'userId', 'isHost'), {room, userId: ann.user.id, isHost: true});
  const his = await enter(ben, room);
  await Promise.all([hers.talksWith(ben), his.talksWith(ann)]);
  assert.equal(hers.remote.get(ben.id), 'Ben');
  assert.equal((await ben.next('room:join')).isHost, false);

  const before = Date.now();
  hers.say('Good morning');
  for (const person of [ann, ben]) {
    const {createdAt, ...message} = await person.next('chat:message');
    assert.deepEqual(read(message, 'name', 'text'), {name: 'Ann', text: 'Good morning'});
    assert.ok(Math.abs(new Date(createdAt) - before) < 60_000);
  }
  ann.emit('reaction:emoji', {room, name: 'Ann', emoji: '🙂'});
  assert.deepEqual(read(await ben.next('reaction:emoji'), 'name', 'emoji'), {name: 'Ann', emoji: '🙂'});
  for (const isRaised of [true, false]) {
    ben.emit('hand:raise', {room, socketId: ben.id, isRaised, name: 'Ben'});
    assert.deepEqual(read(await ann.next('hand:raise'), 'socketId', 'isRaised', 'name'),
                     {socketId: ben.id, isRaised, name: 'Ben'});
  }
  his.tellEach('audio:status', {muted: true});
  assert.equal((await ann.next('audio:status')).muted, true);
  his.tellEach('video:status', {videoOff: true});
  assert.equal((await ann.next('video:status')).videoOff, true);
  for (const person of [ann, ben]) assert.deepEqual(person.beyond([...listened, 'offset']), []);
});

test('a third comes by a link and is called by both; who closes the page has left', async () => {
  const room = roomNamed();
  const [ann, ben, cleo] = [await signUp('Ann'), await signUp('Ben'), await signUp('Cleo')];
  const hers = await enter(ann, room);
  await ann.next('room:join');
  const his = await enter(ben, room);
  await hers.talksWith(ben);
  const third = await enter(cleo, room, {byLink: true});
  await Promise.all([hers.talksWith(ben, cleo), his.talksWith(ann, cleo), third.talksWith(ann, ben)]);
  assert.deepEqual([hers, his].map(page => page.remote.get(cleo.id)), ['Cleo', 'Cleo']);
  cleo.close();
  await Promise.all([hers.talksWith(ben), his.talksWith(ann)]);
  assert.deepEqual(ann.all('user:left').map(({id}) => typeof id), ['string']);
});

test('whose transport breaks is nobody who left: the call goes on, and each message is read once', async () => {
  const ann = await signUp('Ann'), ben = await signUp('Ben'), room = roomNamed();
  const hers = await enter(ann, room);
  await ann.next('room:join');
  const his = await enter(ben, room);
  await hers.talksWith(ben);
  const {id} = ben;
  hers.say('one');
  await ben.next('chat:message');
  const back = ben.drop();
  hers.say('two');
  await back;
  hers.say('three');
  await ben.next('chat:message', ({text}) => text === 'three');
  assert.deepEqual(ben.all('chat:message').map(({text}) => text), ['one', 'two', 'three']);
  assert.deepEqual([ben.id, ben.connects], [id, [false, true]]); // its page does not join again
  assert.deepEqual(ann.all('user:left'), []);
  await Promise.all([hers.talksWith(ben), his.talksWith(ann)]);
  his.say('four');
  await ann.next('chat:message', ({text}) => text === 'four');
});

test('who knocks waits until the host decides, also where the host comes later', async () => {
  const [ann, ben, cleo] = [await signUp('Ann'), await signUp('Ben'), await signUp('Cleo')];
  const {data: {roomId: room}} = await post('/api/meetings', {title: 'Closed', admission: 'ask'},
                                            {cookie: ann.cookie, origin: server.url});
  const his = await enter(ben, room);
  await ben.next('room:join:waiting');
  const hers = await enter(ann, room);
  const knock = await ann.next('room:join:request');
  assert.deepEqual(read(knock, 'socketId', 'userId', 'name'), {socketId: ben.id, userId: ben.user.id, name: 'Ben'});
  const decide = ({socketId, userId, name}, allow) =>
    ann.emit('room:join:decision', {room, requesterSocketId: socketId, userId, allow, name});
  assert.deepEqual([ben.all('room:join'), ben.all('user:already:in:room')], [[], []]);
  decide(knock, true);
  await ben.next('room:join:accepted');
  assert.equal((await ben.next('room:join')).isHost, false);
  await Promise.all([hers.talksWith(ben), his.talksWith(ann)]);

  await enter(cleo, room, {byLink: true});
  const another = await ann.next('room:join:request', ({socketId}) => socketId === cleo.id);
  assert.equal(another.name, 'Cleo');
  decide(another, false);
  assert.ok((await cleo.next('room:join:denied')).message.length > 0);
  assert.deepEqual(cleo.all('chat:message'), []);
  for (const person of [ann, ben, cleo]) assert.deepEqual(person.beyond([...listened, 'offset']), []);
});

test('whom the host removes reads so, and the others read that they left', async () => {
  const ann = await signUp('Ann'), ben = await signUp('Ben'), room = roomNamed();
  const hers = await enter(ann, room);
  await ann.next('room:join');
  await enter(ben, room);
  await hers.talksWith(ben);
  ann.emit('user:kick', {room, userId: ben.user.id, socketId: ben.id});
  await ben.next('user:kicked');
  assert.equal((await ann.next('user:left')).id, ben.id);
});

test('who comes from another origin is a guest, under the name its page gave', async () => {
  const room = roomNamed(), options = {query: {profile: 'meetings'}};
  const ann = await connect({id: 'x', name: 'Ann', email: 'ann@example.org'}, options);
  const ben = await connect({id: 'y', name: 'Ben', email: 'ben@example.org'}, options);
  const hers = await enter(ann, room, {byLink: true});
  await ann.next('room:join');
  const his = await enter(ben, room, {byLink: true});
  await Promise.all([hers.talksWith(ben), his.talksWith(ann)]);
  assert.equal(hers.remote.get(ben.id), 'Ben');
  his.say('Hello');
  assert.equal((await ann.next('chat:message')).name, 'Ben');
});
