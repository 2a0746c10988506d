// What the front ends of telleriacarolina/The-Chatroom send and read: its web's wrapper of the socket and its forms, its
// phone's screens with the profile that schema/profiles/README.md makes for them, and the two vocabularies its servers
// also knew. The web's origin is another one than ours, by which its profile is known; the phone names its own.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {io} from 'socket.io-client';
import {FrontEnd, read} from './support/front_end.mjs';
import {Server, eventually} from './support/server.mjs';

const origin = 'https://lounges.example.org';
const guide = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../../schema/profiles/README.md');
const transports = ['websocket', 'polling'];
let server, folder, owner, loungeId;
const people = [];

/// The web's socket: made at once, connected by hand, tried five times.
async function web(options = {}) {
  const page = new FrontEnd(io, server.url, {
    transports, reconnection: true, reconnectionAttempts: 5, autoConnect: false, extraHeaders: {origin}, ...options,
  });
  people.push(page);
  page.counts = {};
  page.socket.on('user count', ({loungeId: id, count}) => page.counts[id] = count);
  page.socket.connect();
  page.emit('request counts'); // on connecting, as soon as it is
  await page.ready();
  return page;
}
const shows = (page, count) => eventually(`${count} are counted`, () => page.counts[loungeId] === count);

/// What the web's wrapper of fetch makes of an answer; a browser would give it none without the headers of CORS.
async function asked(target, body, headers = {}) {
  const answer = await fetch(server.url + target, {
    method: 'POST', headers: {origin, 'content-type': 'application/json', ...headers},
    body: body && JSON.stringify(body),
  });
  assert.equal(answer.headers.get('access-control-allow-origin'), origin);
  assert.equal(answer.headers.get('access-control-allow-credentials'), 'true');
  const data = await answer.json();
  const cookie = answer.headers.getSetCookie().map(each => each.split(';')[0]).join('; ');
  return answer.ok ? {data, cookie} : {error: data.error};
}

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'profiles-'));
  const [, text] = /```json\n([^`]*"profile": "lounges-phone"[^`]*)```/.exec(fs.readFileSync(guide, 'utf8'));
  fs.writeFileSync(path.join(folder, 'lounges-phone.json'), text);
  server = await Server.start({flags: ['--profiles-rules', `${origin}=lounges`, '--auth-cors-origins', origin,
                                       '--profiles-folder', folder]});
  owner = await server.signUp('Owner');
  const made = await server.post('/api/lounges', {name: 'Late', topic: 'all night'}, {token: owner.token});
  loungeId = made.json.id;
  await server.get('/api/lounges', {headers: {'parley-after': made.headers.get('parley-position')}});
});
after(async () => {
  for (const person of people) person.close();
  await server.stop();
  fs.rmSync(folder, {recursive: true});
});

test('the web signs in by its form, and is told as a text why not', async () => {
  const account = {email: 'ann-0123456789@example.org', password: 'Ann likes it long'}; // ten digits, as its form wants
  assert.ok((await asked('/api/auth/signup', {...account, firstName: 'Ann', lastName: 'Lee'})).data.ok);
  const {data, cookie} = await asked('/api/auth/signin',
                                     {phoneNumber: account.email, password: account.password, staySignedIn: true});
  assert.equal(data.user.name, 'Ann Lee');
  assert.match(cookie, /^token=/);
  const wrong = await asked('/api/auth/signin', {phoneNumber: account.email, password: 'wrong', staySignedIn: false});
  assert.equal(typeof wrong.error, 'string');
  const byPhone = await asked('/api/auth/signup', {phoneNumber: '+1 (555) 123-4567', firstName: 'Ben', birthYear: '1990'});
  assert.equal(typeof byPhone.error, 'string');
  assert.deepEqual(Object.keys((await asked('/api/auth/csrf')).data), ['csrfToken']);
  assert.equal(typeof (await asked('/api/auth/guest', {ageCategory: 'PLUS_18'})).data.guestId, 'string');

  const page = await web({extraHeaders: {origin, cookie}});
  const ben = await web();
  ben.emit('join lounge', {loungeId, username: 'Ben'});
  await shows(ben, 1);
  page.emit('join lounge', {loungeId, username: 'somebody else'});
  assert.deepEqual(read(await ben.next('user joined', ({username}) => username !== 'Ben'), 'username', 'loungeId'),
                   {username: 'Ann Lee', loungeId});
  for (const each of [page, ben]) each.close();
  await asked('/api/auth/logout', undefined, {cookie});
});

test('on the web, a lounge is joined, counted, typed and talked in, and left', async () => {
  const ann = await web(), ben = await web();
  ann.emit('join lounge', {loungeId, username: 'Ann'});
  await shows(ann, 1);
  ben.emit('join lounge', {loungeId, username: 'Ben'});
  await Promise.all([shows(ann, 2), shows(ben, 2)]);
  const joined = await ann.next('user joined', ({username}) => username === 'Ben');
  assert.deepEqual([typeof joined.userId, joined.loungeId], ['string', loungeId]);
  ben.emit('typing', {loungeId, isTyping: true});
  assert.deepEqual(read(await ann.next('typing'), 'userId', 'username', 'isTyping'),
                   {userId: joined.userId, username: 'Ben', isTyping: true});
  ben.emit('chat message', 'Anybody awake?');
  assert.deepEqual([await ann.next('chat message'), await ben.next('chat message')], ['Anybody awake?', 'Anybody awake?']);
  ben.emit('typing', {loungeId, isTyping: false});
  assert.equal((await ann.next('typing')).isTyping, false);
  ben.emit('leave lounge', {loungeId});
  assert.deepEqual(read(await ann.next('user left'), 'userId', 'username', 'loungeId'),
                   {userId: joined.userId, username: 'Ben', loungeId});
  await shows(ann, 1);
  ben.emit('chat message', 'Still heard?');
  await ben.next('error');
  assert.deepEqual(ann.all('chat message'), ['Anybody awake?']);
  for (const each of [ann, ben]) each.close();
});

for (const transport of transports)
  test(`on the web, who loses a ${transport} connection is still in the lounge, and reads each message once`, async () => {
    const ann = await web({transports: [transport]}), ben = await web();
    for (const [page, username] of [[ann, 'Ann'], [ben, 'Ben']]) {
      page.emit('join lounge', {loungeId, username});
      await eventually('it is counted', () => page.counts[loungeId] > 0);
    }
    await shows(ann, 2);
    ben.emit('chat message', 'before');
    await ann.next('chat message');
    const back = ann.drop();
    ben.emit('chat message', 'meanwhile');
    await back;
    ben.emit('chat message', 'after');
    await eventually('the last is read', () => ann.all('chat message').at(-1) === 'after');
    assert.deepEqual(ann.all('chat message'), ['before', 'meanwhile', 'after']);
    assert.deepEqual(ben.all('user left'), []);
    ann.emit('chat message', 'from who came back'); // to the lounge it is in; its page does not join again
    assert.equal(await ben.next('chat message', text => text.startsWith('from')), 'from who came back');
    for (const each of [ann, ben]) each.close();
    await eventually('both have left', async () =>
      (await server.get('/api/lounges')).json.find(each => each.id === loungeId).participantCount === 0);
  });

test('the phone lists lounges, enters as a guest or signed in, and reads messages as objects', async () => {
  const ask = async (method, target, body) => {
    const url = new URL(target, server.url);
    url.searchParams.set('profile', 'lounges-phone');
    const headers = {'content-type': 'application/json'};
    const answer = await fetch(url, {method, headers, body: body && JSON.stringify(body)});
    assert.ok(answer.ok, await answer.clone().text());
    return answer.json();
  };
  const {lounges} = await ask('GET', '/api/lounges?language=en');
  assert.deepEqual(lounges, [{id: loungeId, name: 'Late', description: 'all night', memberCount: 0, activeNow: 0}]);
  const {guestId} = await ask('POST', '/api/auth/guest', {ageCategory: 'PLUS_18'});
  assert.equal(typeof guestId, 'string');
  const {user} = await ask('POST', '/api/auth/signin', {phoneNumber: owner.email, password: owner.password});
  assert.deepEqual(user, {id: owner.user.id, phoneNumber: owner.email, accountType: 'registered'});

  const phone = async () => {
    const made = new FrontEnd(io, server.url, {query: {profile: 'lounges-phone'}});
    people.push(made);
    made.say = text => made.emit('chat message', {id: Date.now().toString(), userId: guestId, username: 'Ann', text,
                                                  timestamp: new Date()});
    await made.ready();
    made.emit('join-room', loungeId);
    return made;
  };
  const ann = await phone(), page = await web();
  page.emit('join lounge', {loungeId, username: 'Ben'});
  await shows(page, 2);
  const before = Date.now();
  ann.say('From the phone');
  const heard = await ann.next('chat message');
  assert.deepEqual([heard.text, typeof heard.id, typeof heard.userId, heard.username],
                   ['From the phone', 'string', 'string', 'Guest']);
  assert.ok(Math.abs(new Date(heard.timestamp) - before) < 60_000);
  assert.equal(await page.next('chat message'), 'From the phone');
  page.emit('chat message', 'From the web');
  assert.deepEqual(read(await ann.next('chat message'), 'text', 'username'), {text: 'From the web', username: 'Ben'});
  const back = ann.drop();
  page.emit('chat message', 'Meanwhile');
  await back;
  assert.equal((await ann.next('chat message')).text, 'Meanwhile');
  ann.emit('leave-room', loungeId);
  await shows(page, 1);
  for (const each of [ann, page]) each.close();
});

test('the API and the chat server are spoken to in their own words, by one lounge', async () => {
  const api = await web(), chat = await web();
  api.emit('join_room', {loungeId: 'en', languageRoomId: loungeId});
  await shows(api, 1);
  chat.emit('join-lounge', {loungeId, userId: 'whoever'});
  const users = await chat.next('user-list');
  assert.equal(users.length, 2);
  for (const user of users)
    assert.deepEqual([typeof user.id, typeof user.username, user.isOnline, Number.isNaN(Date.parse(user.lastSeenAt))],
                     ['string', 'string', true, false]);
  const {userId, timestamp} = await api.next('user_joined');
  assert.ok(users.some(({id}) => id === userId) && !Number.isNaN(Date.parse(timestamp)));
  api.emit('typing_start', {languageRoomId: loungeId});
  assert.equal((await chat.next('user-typing')).isTyping, true);
  api.emit('typing_stop', {languageRoomId: loungeId});
  assert.equal((await chat.next('user-typing')).isTyping, false);
  api.emit('chat_message', {loungeId: 'en', languageRoomId: loungeId, messageText: 'Of the API'});
  const message = await chat.next('message', ({content}) => content === 'Of the API');
  assert.deepEqual(read(message, 'loungeId', 'displayUsername', 'isDeleted'),
                   {loungeId, displayUsername: 'Guest', isDeleted: false});
  chat.emit('message', {loungeId, userId: 'whoever', content: 'Of the chat server', displayUsername: 'Whoever'});
  const heard = await api.next('chat_message', ({messageText}) => messageText === 'Of the chat server');
  assert.deepEqual([heard.languageRoomId, heard.messageType, heard.displayUsername, heard.user.id === heard.userId],
                   [loungeId, 'TEXT', 'Guest', true]);
  chat.emit('delete-message', {messageId: heard.id, loungeId});
  const deleted = await chat.next('message-deleted');
  assert.deepEqual([deleted.id, deleted.deletedById], [heard.id, heard.userId]);
  api.emit('leave_room', {languageRoomId: loungeId});
  assert.equal((await chat.next('user-left')).userId, message.userId);
  for (const each of [api, chat]) each.close();
});
