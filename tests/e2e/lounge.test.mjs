// A lounge, its moderation and its market, over REST and WebSocket: roles, mutes and bans in every open session, their
// ends, deleted messages, slow mode, reports, appeals; a sale among its members, from the offer to the books; and what
// the log says of it all. The details of the market are in market.test.mjs.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {after, before, test} from 'node:test';
import {Client} from './support/client.mjs';
import {Market} from './support/market.mjs';
import {Server, eventually} from './support/server.mjs';

let server, market, owner, mia, bob, eve, lounge, sale;
const join = (client, more = {}) => client.ask('join-lounge', {loungeId: lounge, ...more});
const say = (client, message, more = {}) => client.ask('message', {loungeId: lounge, message, ...more});
const refused = (promise, code) => assert.rejects(promise, error => {
  assert.equal(error.code, code, error.message);
  return true;
});
const moderate = (who, action, target, more = {}) =>
  server.post(`/api/lounges/${lounge}/moderation`, {action, targetId: target, reason: 'spam', ...more}, {token: who.token});
const connect = async person => {
  const client = await Client.connect(server, {token: person.token});
  await join(client);
  return client;
};

before(async () => {
  server = await Server.start();
  for (const name of ['Owner', 'Mia', 'Bob', 'Eve']) {
    const person = await server.signUp(name);
    if (name === 'Owner') owner = person;
    if (name === 'Mia') mia = person;
    if (name === 'Bob') bob = person;
    if (name === 'Eve') eve = person;
  }
  const made = await server.post('/api/lounges', {name: 'Späti', topic: 'all night'}, {token: owner.token});
  assert.equal(made.status, 201, made.text);
  lounge = made.json.id;
  for (const person of [owner, mia, bob, eve]) person.client = await connect(person);
});
after(() => server.stop());

test('who joins is given the list of users, with roles', async () => {
  const list = await eve.client.next('user-list');
  assert.equal(list.loungeId, lounge);
  assert.deepEqual(list.users.map(user => user.name).sort(), ['Bob', 'Eve', 'Mia', 'Owner']);
  assert.equal(list.users.find(user => user.userId === owner.user.id).role, 'owner');
});

test('the owner makes a moderator, and nobody else does', async () => {
  const set = (who, whom, role) =>
    server.request('PUT', `/api/lounges/${lounge}/members/${whom.user.id}`, {body: {role}, token: who.token});
  assert.equal((await set(bob, eve, 'moderator')).status, 403);
  assert.equal((await set(owner, mia, 'moderator')).status, 200);
  const push = await bob.client.next('role-changed');
  assert.equal(push.userId, mia.user.id);
  assert.equal((await set(mia, owner, 'member')).status, 403);
  assert.equal((await set(mia, bob, 'moderator')).status, 403);
  const members = await server.get(`/api/lounges/${lounge}/members`, {token: owner.token});
  const roles = Object.fromEntries(members.json.map(member => [member.name, member.role]));
  assert.deepEqual(roles, {Owner: 'owner', Mia: 'moderator', Bob: 'member', Eve: 'member'});
});

test('moderators act on members, not on each other or the owner', async () => {
  assert.equal((await moderate(mia, 'mute', owner.user.id)).status, 403);
  assert.equal((await moderate(mia, 'mute', mia.user.id)).status, 403);
  assert.equal((await moderate(bob, 'mute', eve.user.id)).status, 403);
  await refused(bob.client.ask('moderate', {loungeId: lounge, action: 'ban', targetId: eve.user.id, reason: 'x'}),
    'forbidden');
});

test('whom nobody knows is not warned, muted or banned; who never came in is', async () => {
  const made = await server.post('/api/lounges', {name: 'Apart'}, {token: mia.token});
  assert.equal(made.status, 201, made.text);
  const apart = made.json.id, away = await server.signUp('Away');
  const act = (action, targetId) => server.post(`/api/lounges/${apart}/moderation`, {action, targetId, reason: 'spam'},
                                                {token: mia.token});
  await mia.client.ask('join-lounge', {loungeId: apart});
  for (const action of ['warn', 'mute', 'ban']) {
    const nobody = await act(action, 'u_nobody');
    assert.equal(nobody.json.code, 'target_not_found', nobody.text);
    await refused(mia.client.ask('moderate', {loungeId: apart, action, targetId: 'u_nobody', reason: 'x'}),
      'target_not_found');
    assert.equal((await act(action, away.user.id)).status, 201);
    await mia.client.next('moderation', data => data.action === action && data.targetId === away.user.id);
  }
  await mia.client.ask('leave-lounge', {loungeId: apart});
});

test('a mute holds in every session of the target at once, and ends by itself with an event', async () => {
  const second = await connect(bob);
  const muted = await moderate(mia, 'mute', bob.user.id, {durationSeconds: 2});
  assert.equal(muted.status, 201, muted.text);
  for (const client of [bob.client, second]) await refused(say(client, 'still here'), 'muted');
  await refused(bob.client.ask('typing', {loungeId: lounge, isTyping: true}), 'muted');
  for (const person of [owner, bob, eve]) {
    const push = await person.client.next('moderation', data => data.action === 'mute');
    assert.deepEqual([push.targetId, push.reason, push.until], [bob.user.id, 'spam', muted.json.until]);
  }
  const members = await server.get(`/api/lounges/${lounge}/members`, {token: mia.token});
  assert.ok(members.json.filter(member => member.userId === bob.user.id).every(member => member.muted));
  const over = await eve.client.next('moderation', data => data.action === 'unmute');
  assert.deepEqual([over.targetId, over.reason], [bob.user.id, 'expired']);
  await say(bob.client, 'back again');
  await second.close();
});

test('a deleted message is told, and a tombstone in lists; the log keeps it', async () => {
  const own = await say(bob.client, 'a slip', {id: 'slip'});
  await bob.client.ask('delete-message', {loungeId: lounge, messageId: 'slip'});
  const gone = await eve.client.next('message-deleted', data => data.id === 'slip');
  assert.equal(gone.messageSeq, own.seq);
  assert.ok(gone.seq > own.seq);

  await say(bob.client, 'buy now', {id: 'spam-1'});
  await refused(eve.client.ask('delete-message', {loungeId: lounge, messageId: 'spam-1'}), 'forbidden');
  const deleted = await moderate(mia, 'delete-message', 'spam-1');
  assert.equal(deleted.status, 201, deleted.text);
  await eve.client.next('message-deleted', data => data.id === 'spam-1' && data.by === mia.user.id);
  const listed = await server.get(`/api/lounges/${lounge}/messages`, {token: mia.token});
  const tombstone = listed.json.find(message => message.id === 'spam-1');
  assert.equal(tombstone.deleted, true);
  assert.equal(tombstone.text, '');
  assert.ok(!listed.text.includes('buy now'));
});

test('who comes in is shown nothing of before, and so no text that was deleted', async () => {
  const late = await Client.connect(server, {token: eve.token});
  await join(late, {after: 0});
  await say(mia.client, 'welcome', {id: 'after-all'});
  await late.next('message', message => message.id === 'after-all');
  assert.deepEqual(late.all('message').map(message => message.id), ['after-all']);
  await late.close();
});

test('in slow mode a member waits, a moderator does not', async () => {
  const changed = await server.request('PATCH', `/api/lounges/${lounge}`,
    {body: {slowModeSeconds: 60, topic: 'slowly'}, token: mia.token});
  assert.equal(changed.status, 200, changed.text);
  assert.equal((await eve.client.next('lounge-changed')).slowModeSeconds, 60);
  await say(eve.client, 'one');
  await assert.rejects(say(eve.client, 'two'), error => error.code === 'rate_limited' && error.retryAfter > 0);
  await say(mia.client, 'one');
  await say(mia.client, 'two');
  const stale = await server.request('PATCH', `/api/lounges/${lounge}`,
    {body: {slowModeSeconds: 0}, token: mia.token, headers: {'if-match': '"1"'}});
  assert.equal(stale.status, 412);
  assert.equal((await server.request('PATCH', `/api/lounges/${lounge}`,
    {body: {slowModeSeconds: 0}, token: owner.token})).status, 200);
});

test('a report is taken once, and moderators read it', async () => {
  const body = {loungeId: lounge, messageId: 'spam-1', reason: 'advertising'};
  const first = await server.post('/api/reports', body, {token: eve.token});
  assert.equal(first.status, 201, first.text);
  assert.equal((await server.post('/api/reports', body, {token: eve.token})).json.id, first.json.id);
  assert.equal((await server.get(`/api/reports?loungeId=${lounge}`, {token: eve.token})).status, 403);
  const listed = await eventually('the report is listed', async () => {
    const answer = await server.get(`/api/reports?loungeId=${lounge}`, {token: mia.token});
    return answer.json.length === 1 && answer.json;
  });
  assert.equal(listed[0].targetId, bob.user.id);
});

test('a ban puts out every session, keeps them out, and is appealed against and reversed', async () => {
  const second = await connect(bob);
  const banned = await moderate(mia, 'ban', bob.user.id);
  assert.equal(banned.status, 201, banned.text);
  assert.equal(banned.json.until, null);
  for (const client of [bob.client, second]) {
    const push = await client.next('moderation', data => data.action === 'ban');
    assert.equal(push.targetId, bob.user.id);
    await refused(say(client, 'hello?'), 'banned');
    await refused(join(client), 'banned');
  }
  await eve.client.next('user-left', data => data.userId === bob.user.id && data.reason === 'banned');

  const id = banned.json.actionId;
  const appeal = (who, text) => server.post(`/api/moderation/actions/${id}/appeal`, {text}, {token: who.token});
  assert.equal((await appeal(eve, 'for a friend')).status, 403);
  assert.equal((await appeal(bob, 'It was not me')).status, 201);
  assert.equal((await appeal(bob, 'Really')).status, 409);
  const listed = await server.get(`/api/moderation/actions?loungeId=${lounge}&targetId=${bob.user.id}`, {token: mia.token});
  assert.equal(listed.status, 200, listed.text);
  assert.equal(listed.json[0].action, 'ban');
  const own = await server.get(`/api/moderation/actions?targetId=${bob.user.id}`, {token: bob.token});
  assert.equal(own.json[0].appeal.text, 'It was not me');
  const reverse = who => server.post(`/api/moderation/actions/${id}/reversal`, {reason: 'a mistake'}, {token: who.token});
  assert.equal((await reverse(mia)).status, 403);
  assert.equal((await reverse(owner)).status, 201);
  assert.equal((await eve.client.next('moderation', data => data.action === 'unban')).reason, 'a mistake');
  await join(bob.client);
  await say(bob.client, 'thank you');
  await second.close();
});

test('what one member offers in the lounge another buys, pays from a deposit, and the seller is told', async () => {
  market = await Market.open(server);
  const record = await market.offer(eve, {title: 'Record', priceMinor: 400, stock: 1});
  await say(eve.client, `for sale: ${record.id}`, {id: 'for-sale'});
  assert.equal((await bob.client.next('message', message => message.id === 'for-sale')).text, `for sale: ${record.id}`);

  assert.equal((await market.buy(bob, record)).json.code, 'insufficient_funds');
  await eventually('the record is back', async () =>
    (await server.get(`/api/marketplace/listings/${record.id}`)).json.stock === 1);
  const paidIn = await market.deposit(bob, 1000, {id: 'bank-bob'});
  assert.equal(paidIn.status, 201, paidIn.text);
  assert.equal((await market.wallet(bob, paidIn.headers.get('parley-position'))).balanceMinor, 1000);

  sale = await market.buy(bob, record);
  assert.equal(sale.status, 201, sale.text);
  assert.equal(sale.json.status, 'completed');
  const position = sale.headers.get('parley-position');
  assert.equal((await market.wallet(bob, position)).balanceMinor, 600);
  assert.equal((await market.wallet(eve, position)).balanceMinor, 400);
  await eve.client.next('notification:new', push => push.kind === 'sale');
  assert.equal((await market.buy(mia, record)).json.code, 'out_of_stock');
  const [gave] = (await server.get('/api/transactions', {token: bob.token})).json;
  assert.deepEqual([gave.type, gave.amountMinor, gave.balanceMinor, gave.counterpartyId],
                   ['purchase', 400, 600, eve.user.id]);
  await market.verifyBooks();
});

test('who is muted in the lounge sells and buys as before', async () => {
  assert.equal((await moderate(mia, 'mute', bob.user.id)).status, 201);
  await refused(say(bob.client, 'mine now'), 'muted');
  const sleeve = await market.offer(bob, {title: 'Sleeve', priceMinor: 50, stock: 1});
  assert.equal((await market.buy(eve, sleeve)).json.status, 'completed');
  assert.equal((await moderate(mia, 'unmute', bob.user.id)).status, 201);
  await say(bob.client, 'sold out');
});

test('a kicked user is out and may come back; bans, mutes and what was paid outlive a crash', async () => {
  assert.equal((await moderate(owner, 'kick', bob.user.id)).status, 201);
  await refused(say(bob.client, 'hm'), 'not_member');
  await join(bob.client);
  assert.equal((await moderate(owner, 'mute', bob.user.id)).status, 201);
  assert.equal((await moderate(owner, 'ban', eve.user.id)).status, 201);
  await server.kill9();
  await server.child.ended;
  await server.launch();
  const again = await connect(bob);
  await refused(say(again, 'after the crash'), 'muted');
  const other = await Client.connect(server, {token: eve.token});
  await refused(join(other), 'banned');
  await eventually('what was paid is shown', async () => (await market.wallet(bob)).balanceMinor === 650);
  assert.equal((await market.wallet(eve)).balanceMinor, 350);
});

test('the log names actor, target, reason and evidence; nobody muted is heard, and a sale is paid once', async () => {
  assert.equal((await server.terminate()).code, 0);
  await server.verifyLog();
  const log = await server.log();
  const stream = log.filter(record => record.stream === `lounge/${lounge}`);
  const deletion = stream.find(record => record.type === 'moderation-action' && record.data.action === 'delete-message');
  const message = stream[deletion.data.messageSeq - 1];
  assert.equal(message.data.messageId, 'spam-1');
  assert.equal(message.personal.text, 'buy now');
  assert.equal(deletion.personal.sha256, createHash('sha256').update('buy now').digest('hex'));
  assert.deepEqual([deletion.data.by, deletion.data.targetId, deletion.personal.reason],
    [mia.user.id, bob.user.id, 'spam']);
  const muted = new Set(), banned = new Set();
  for (const {type, data} of stream) {
    const ends = type === 'moderation-expired' || (type === 'moderation-reversed' && data.lifted);
    if (type === 'moderation-action' && data.action === 'mute') muted.add(data.targetId);
    if (type === 'moderation-action' && data.action === 'ban') banned.add(data.targetId);
    if (type === 'moderation-action' && data.action === 'unmute') muted.delete(data.targetId);
    if (ends) (data.action === 'mute' ? muted : banned).delete(data.targetId);
    if (type === 'message-sent') assert.ok(!muted.has(data.userId) && !banned.has(data.userId));
    if (type === 'joined') assert.ok(!banned.has(data.userId));
  }
  const paid = log.filter(({type, data}) => type === 'transferred' && data.transferId === `purchase:${sale.json.id}`);
  assert.deepEqual(paid.map(record => record.data.amountMinor), [400]);
  await market.verifyBooks();
});
