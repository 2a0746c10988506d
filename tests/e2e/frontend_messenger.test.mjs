// What the front end of MamunCrafts/video-chat-app sends and reads: REST of its own origin with a cookie, Socket.IO under
// a path of its own, calls by PeerJS under the user's id. Its profile is known by the path, and is asked for by name as
// well. What the browser does with the picture is in peer_call.test.mjs.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {io} from 'socket.io-client';
import WebSocket from 'ws';
import {FrontEnd, read} from './support/front_end.mjs';
import {Server, eventually, within} from './support/server.mjs';

let server, ada, bob;
const open = [];

/// A browser of its own: the cookie is kept, and goes along to its origin.
class Browser {
  async ask(method, path, body) {
    const answer = await fetch(server.url + path, {
      method,
      headers: {...this.#headers, ...(body ? {'content-type': 'application/json'} : {})},
      body: body && JSON.stringify(body),
    });
    const [set] = answer.headers.getSetCookie().filter(each => each.startsWith('token='));
    if (set) this.cookie = set.split(';')[0];
    if (this.socket) this.socket.socket.io.opts.extraHeaders = this.#headers; // of its next connections
    return {ok: answer.ok, status: answer.status, ...await answer.json()};
  }
  get #headers() { return {origin: server.url, ...(this.cookie ? {cookie: this.cookie} : {})}; }

  /// Every page of it has a socket, that of signing in as well.
  async connect() {
    this.socket = new FrontEnd(io, server.url, {
      path: '/api/socket/io', addTrailingSlash: false, extraHeaders: this.#headers,
    });
    open.push(this.socket);
    await this.socket.ready();
    return this;
  }
  /// Its page of chats, loaded anew: who I am and who else there is.
  async enter() {
    this.socket?.close();
    await this.connect();
    [{user: this.user}, {users: this.users}] = [await this.ask('GET', '/api/auth/me'), await this.ask('GET', '/api/users')];
    if (!this.user) return this; // it goes to the page where one signs in
    this.socket.emit('setup', this.user.id);
    // What one asks of one's inbox is answered after it has joined: from here on nothing is missed.
    await within(20, 'the inbox is joined', new Promise(done => this.socket.emit('presence', {status: 'online'}, done)));
    return this;
  }
  roomWith(other) { return [this.user.id, other.user.id].sort().join('-'); }
  select(other) { this.socket.emit('join-room', this.roomWith(other), this.user.id); }
  write(other, content) {
    const message = {senderId: this.user.id, receiverId: other.user.id, content, timestamp: Date.now(), roomId: this.roomWith(other)};
    this.socket.emit('send-message', message);
  }
  /// What its page shows of what arrives.
  heardFrom(other) {
    return this.socket.all('receive-message')
      .filter(each => each.senderId === other.user.id && each.receiverId === this.user.id).map(each => each.content);
  }
  history(other) { return this.ask('GET', `/api/messages?otherUserId=${other.user.id}`); }

  /// `new Peer(user.id)`, as peerjs does it.
  async peer({id = this.user.id, token = Math.random().toString(36).slice(2), cookie = this.cookie} = {}) {
    const query = new URLSearchParams({key: 'peerjs', id, token, version: '1.5.5'});
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/peerjs?${query}`,
                                 {headers: {origin: server.url, ...(cookie ? {cookie} : {})}});
    const peer = {id, token, socket, told: [], closed: new Promise(resolve => socket.on('close', resolve))};
    socket.on('message', data => peer.told.push(JSON.parse(data))).on('error', () => {});
    peer.next = type => eventually(`${type} is told to ${id}`, () => {
      const at = peer.told.findIndex(each => each.type === type);
      return at >= 0 && peer.told.splice(at, 1)[0];
    });
    peer.send = message => socket.send(JSON.stringify(message));
    open.push({close: () => socket.terminate()});
    await within(20, 'the peer is let in', new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject)));
    return peer;
  }
}
const signUp = async (name, browser = new Browser()) => {
  const email = `${name.toLowerCase()}@example.org`, password = `${name} likes it long`;
  const {status, user} = await browser.ask('POST', '/api/auth/signup', {email, password, name});
  assert.equal(status, 200);
  assert.ok(browser.cookie);
  assert.equal(user.name, name);
  return Object.assign(browser, {email, password});
};

before(async () => server = await Server.start({flags: ['--profiles-rules', '/api=messenger']}));
after(() => {
  for (const each of open) each.close();
  return server.stop();
});

test('people sign up and in with a cookie, and see who is there', async () => {
  const stranger = await new Browser().enter();
  assert.ok(!stranger.user && !stranger.users);
  [ada, bob] = [await signUp('Ada'), await signUp('Bob')];
  const again = await ada.ask('POST', '/api/auth/signup', {email: ada.email, password: 'something else', name: 'Ada'});
  assert.deepEqual([again.ok, typeof again.error], [false, 'string']);
  const wrong = await new Browser().ask('POST', '/api/auth/signin', {email: ada.email, password: 'a wrong one'});
  assert.deepEqual([wrong.ok, typeof wrong.error], [false, 'string']);
  const signedIn = await ada.ask('POST', '/api/auth/signin', {email: ada.email, password: ada.password});
  assert.equal(signedIn.ok, true);
  for (const each of [ada, bob]) await each.enter();
  assert.deepEqual(read(ada.user, 'email', 'name'), {email: ada.email, name: 'Ada'});
  const {users} = await eventually('both are listed', async () => {
    const list = await ada.ask('GET', '/api/users');
    return list.users.length >= 2 && list;
  });
  assert.deepEqual(users.filter(each => each.id !== ada.user.id).map(each => [each.id, each.name]), [[bob.user.id, 'Bob']]);
  const {user} = await bob.ask('PUT', '/api/auth/profile', {name: 'Robert'});
  assert.deepEqual([user.id, user.name], [bob.user.id, 'Robert']);
});

test('a message is shown once to whom it is for, on each device, and comes back to its writer, who ignores it', async () => {
  const laptop = await Object.assign(new Browser(), {cookie: bob.cookie}).enter();
  ada.select(bob);
  bob.select(ada);
  const from = Date.now();
  ada.write(bob, 'Hello Bob');
  for (const {socket} of [bob, laptop, ada]) {
    const heard = await socket.next('receive-message');
    assert.deepEqual(read(heard, 'senderId', 'receiverId', 'content'),
                     {senderId: ada.user.id, receiverId: bob.user.id, content: 'Hello Bob'});
    const shown = new Date(heard.timestamp).getTime(); // as its page reads it
    assert.ok(shown >= from - 1000 && shown <= Date.now() + 1000, String(heard.timestamp));
  }
  bob.write(ada, 'Hello Ada');
  await ada.socket.next('receive-message', message => message.content === 'Hello Ada');
  const {messages} = await eventually('both are kept', async () => {
    const kept = await ada.history(bob);
    return kept.messages.length === 2 && kept;
  });
  assert.deepEqual(messages.map(each => [each.senderId, each.receiverId, each.content]),
                   [[ada.user.id, bob.user.id, 'Hello Bob'], [bob.user.id, ada.user.id, 'Hello Ada']]);
  for (const each of messages) assert.ok(new Date(each.timestamp).getTime() >= from - 1000);
  assert.deepEqual((await bob.history(ada)).messages, messages);
  for (const each of [ada, bob, laptop]) assert.deepEqual(each.socket.beyond(['receive-message']), []);
  laptop.socket.close();
});

test('nobody writes under another name, nor reads what is between others', async () => {
  const mallory = await (await signUp('Mallory')).enter();
  mallory.socket.emit('send-message', {senderId: ada.user.id, receiverId: bob.user.id, content: 'Ada says', timestamp: 1});
  const heard = await bob.socket.next('receive-message', message => message.content === 'Ada says');
  assert.equal(heard.senderId, mallory.user.id);
  assert.deepEqual((await mallory.history(ada)).messages, []);
  mallory.socket.close();
});

test('a socket that was opened before signing in is a guest until it connects again', async () => {
  const eve = await signUp('Eve', await new Browser().connect());
  ({user: eve.user} = await eve.ask('GET', '/api/auth/me'));
  eve.socket.emit('setup', eve.user.id);
  eve.write(ada, 'not signed in');
  assert.equal((await eve.socket.next('exception')).code, 'unauthenticated');
  await eve.socket.drop();
  eve.write(ada, 'signed in');
  const heard = await ada.socket.next('receive-message', message => message.senderId === eve.user.id);
  assert.equal(heard.content, 'signed in');
  eve.socket.close();
});

test('who loses the connection comes back by itself, and what was written meanwhile arrives, once', async () => {
  await eventually('it has upgraded', () => bob.socket.socket.io.engine.transport.name === 'websocket');
  const already = bob.heardFrom(ada).length;
  ada.write(bob, 'before');
  await eventually('it is heard', () => bob.heardFrom(ada).length > already);
  const back = bob.socket.drop();
  ada.write(bob, 'meanwhile');
  await back;
  ada.write(bob, 'after');
  await eventually('all is heard', () => bob.heardFrom(ada).length >= already + 3);
  assert.deepEqual(bob.heardFrom(ada).slice(already), ['before', 'meanwhile', 'after']);
  assert.deepEqual(bob.socket.connects, [false, true]);
});

test('calls go from peer to peer under the ids of users, which nobody else is given', async () => {
  const adas = await ada.peer();
  let bobs = await bob.peer();
  for (const each of [adas, bobs]) await each.next('OPEN');
  const impostors = [await ada.peer({id: bob.user.id}), await bob.peer({cookie: ''})];
  for (const impostor of impostors) {
    await impostor.next('ID-TAKEN');
    await impostor.closed;
  }
  // Its page makes a new Peer whenever another conversation is opened.
  bobs.socket.close();
  bobs = await bob.peer();
  await bobs.next('OPEN');

  const connectionId = 'mc_1', metadata = {name: 'Ada', video: true};
  const browser = {connectionId, type: 'media', browser: 'chrome'};
  adas.send({type: 'OFFER', dst: bob.user.id,
             payload: {...browser, sdp: {type: 'offer', sdp: 'v=0'}, metadata}});
  const offer = await bobs.next('OFFER');
  assert.deepEqual([offer.src, offer.payload.metadata, offer.payload.connectionId], [ada.user.id, metadata, connectionId]);
  bobs.send({type: 'ANSWER', src: 'somebody else', dst: offer.src, payload: {...browser, sdp: {type: 'answer', sdp: 'v=0'}}});
  const answer = await adas.next('ANSWER');
  assert.deepEqual([answer.src, answer.payload.sdp.type], [bob.user.id, 'answer']);
  for (const [from, to] of [[adas, bobs], [bobs, adas]]) {
    from.send({type: 'HEARTBEAT'});
    from.send({type: 'CANDIDATE', dst: to.id, payload: {...browser, candidate: {candidate: 'candidate:1', sdpMid: '0'}}});
    assert.equal((await to.next('CANDIDATE')).payload.candidate.sdpMid, '0');
  }
  // A dropped transport: `reconnect()` comes with the id and token that it had.
  bobs.socket.terminate();
  await bobs.closed;
  const reconnected = await bob.peer({token: bobs.token});
  adas.send({type: 'CANDIDATE', dst: bob.user.id, payload: {...browser, candidate: {candidate: 'candidate:2'}}});
  assert.equal((await reconnected.next('CANDIDATE')).payload.candidate.candidate, 'candidate:2');
  for (const each of [adas, reconnected]) each.socket.close();
});

test('calls in the words that its server knew before', async () => {
  const sdp = type => ({type, sdp: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n'});
  ada.socket.emit('call-user', {userToCall: bob.user.id, signalData: sdp('offer'), from: ada.user.id, name: 'Ada'});
  const call = await bob.socket.next('call-user');
  assert.deepEqual(call, {signal: sdp('offer'), from: ada.user.id, name: 'Ada'});
  bob.socket.emit('answer-call', {to: call.from, signal: sdp('answer')});
  assert.deepEqual(await ada.socket.next('call-accepted'), sdp('answer'));
});

test('the profile may be asked for by its name', async t => {
  const plain = await Server.start();
  t.after(() => plain.stop());
  const answer = await fetch(`${plain.url}/api/auth/signup?profile=messenger`, {
    method: 'POST', headers: {'content-type': 'application/json'},
    body: JSON.stringify({email: 'eve@example.org', password: 'Eve likes it long', name: 'Eve'}),
  });
  assert.equal(answer.status, 200);
  const {user} = await answer.json();
  const cookie = answer.headers.getSetCookie()[0].split(';')[0];
  const socket = new FrontEnd(io, plain.url, {query: {profile: 'messenger'}, extraHeaders: {cookie}}); // the usual path
  await socket.ready();
  socket.emit('setup', user.id);
  socket.emit('send-message', {senderId: user.id, receiverId: user.id, content: 'to myself', timestamp: 1});
  socket.emit('send-message', {senderId: user.id, receiverId: 'nobody', content: 'to nobody', timestamp: 1});
  await socket.next('exception', refusal => refusal.code === 'user_not_found');
  socket.close();
});
