// What the front end of IbrahimTaibi/Domofix.app sends and reads: NestJS's namespaces, tokens beside each request, lists in
// {data}, Mongo's `_id`s. It comes from an origin of its own, by which its profile is known; that it asks for it by name is
// tried as well. What it has no page for (opening hours, booking a time) is asked for under our own names.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {io} from 'socket.io-client';
import {Client} from './support/client.mjs';
import {FrontEnd, read} from './support/front_end.mjs';
import {Server, eventually, within} from './support/server.mjs';

const origin = 'https://bookings.example.org';
const soon = seconds => new Date(Date.now() + seconds * 1000).toISOString();
const every_day = Object.fromEntries(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
  .map(day => [day, [{from: '00:00', to: '24:00'}]]));
let server, carl, pia, service, order;
const sockets = [];

/// Its API client: what it reads of a refusal it throws.
async function ask(method, path, {body, token} = {}) {
  const answer = await fetch(server.url + path, {
    method,
    headers: {
      origin, accept: 'application/json', ...(body ? {'content-type': 'application/json'} : {}),
      ...(token ? {authorization: `Bearer ${token}`} : {}),
    },
    body: body && JSON.stringify(body),
  });
  assert.equal(answer.headers.get('access-control-allow-origin'), origin);
  const isJson = (answer.headers.get('content-type') ?? '').includes('application/json'); // it looks no further
  const json = isJson ? await answer.json() : undefined;
  if (answer.ok) return json;
  throw Object.assign(new Error(json?.message ?? `HTTP ${answer.status}`), {...json, status: answer.status});
}
const by = (person, body) => ({token: person.token, body});

async function register(firstName, lastName) {
  const email = `${firstName.toLowerCase()}@example.org`, password = `${firstName} likes it long`;
  const got = await ask('POST', '/auth/register', {body: {email, password, firstName, lastName, role: 'customer'}});
  return {email, password, token: got.access_token, refresh: got.refresh_token, user: got.user};
}
/// One of its sockets, once it is told that it is open, and is told what concerns its owner: what one asks of one's inbox is
/// answered after it has joined. (Its page reads what there is by REST, and does not wait.)
async function open(space, person, options = {}) {
  const socket = new FrontEnd(io, `${server.url}${space}`, {
    transports: ['websocket'], auth: {token: person.token}, reconnection: true, extraHeaders: {origin}, ...options,
  });
  sockets.push(socket);
  await socket.ready();
  assert.deepEqual(await socket.next('status'), {status: 'open'});
  await within(20, 'the inbox is joined', new Promise(resolve => socket.emit('presence', {status: 'online'}, resolve)));
  return socket;
}
const listed = (path, person, wanted) => eventually(`${path} as wanted`, async () => {
  const list = await ask('GET', path, by(person));
  return wanted(list) && list;
});

before(async () => {
  server = await Server.start({flags: ['--profiles-rules', `${origin}=bookings`, '--auth-cors-origins', origin]});
});
after(() => {
  for (const socket of sockets) socket.close();
  return server.stop();
});

test('people register, sign in, come back with a refreshed token, and see and change who they are', async () => {
  carl = await register('Carl', 'Customer');
  pia = await register('Pia', 'Provider');
  assert.deepEqual(read(carl.user, 'email', 'firstName', 'lastName', 'role', 'providerStatus', 'status'),
                   {email: carl.email, firstName: 'Carl Customer', lastName: '', role: 'customer', providerStatus: 'none',
                    status: 'active'});
  const again = await ask('POST', '/auth/login', {body: {email: carl.email, password: carl.password}});
  assert.equal(again.user.id, carl.user.id);
  await assert.rejects(ask('POST', '/auth/login', {body: {email: carl.email, password: 'a wrong one'}}),
                       wrong => wrong.statusCode === 401 && wrong.message.length > 0 && wrong.message !== 'HTTP 401');
  await assert.rejects(ask('POST', '/auth/register', {body: {email: carl.email, password: 'long enough it is',
                                                             firstName: 'Carl', lastName: 'Again'}}), {statusCode: 409});
  await assert.rejects(ask('GET', '/auth/profile'), {statusCode: 401});

  const fresh = await ask('POST', '/auth/refresh', {body: {refreshToken: again.refresh_token}});
  const profile = await ask('GET', '/auth/profile', {token: fresh.access_token});
  assert.equal(profile.id, carl.user.id);
  // What its page of oneself shows, and would break without.
  assert.equal(profile.security.emailVerified, false);
  for (const time of [profile.createdAt, profile.updatedAt]) assert.ok(Date.parse(time) > 0, time);
  const changed = await ask('PATCH', '/users/me', {token: fresh.access_token, body: {firstName: 'Carlo', lastName: 'Customer'}});
  assert.equal(changed.firstName, 'Carlo Customer');
  await ask('POST', '/auth/logout', {token: fresh.access_token, body: {refreshToken: fresh.refresh_token}});
  await assert.rejects(ask('GET', '/auth/profile', {token: fresh.access_token}), {statusCode: 401});
  assert.equal((await ask('GET', '/auth/profile', by(carl))).firstName, 'Carlo Customer');
});

test('its browser asks first whether it may', async () => {
  const answer = await fetch(`${server.url}/notifications/n_1/read`, {
    method: 'OPTIONS',
    headers: {origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization'},
  });
  assert.ok(answer.ok, String(answer.status));
  assert.equal(answer.headers.get('access-control-allow-origin'), origin);
  assert.match(answer.headers.get('access-control-allow-methods'), /PATCH/);
  assert.match(answer.headers.get('access-control-allow-headers'), /authorization/i);
});

test('two people write to each other, and both see each message once on every device', async () => {
  const carls = await open('/messages', carl), pias = await open('/messages', pia), laptop = await open('/messages', carl);
  const withPia = `/threads/${pia.user.id}/messages`, withCarl = `/threads/${carl.user.id}/messages`;
  carls.emit('thread:join', {threadId: pia.user.id});
  pias.emit('thread:join', {threadId: carl.user.id});
  const sent = await ask('POST', withPia, by(carl, {kind: 'text', text: 'Can you come?'}));
  assert.deepEqual(read(sent, 'threadId', 'senderId', 'kind', 'text', 'status'),
                   {threadId: pia.user.id, senderId: carl.user.id, kind: 'text', text: 'Can you come?', status: 'sent'});
  for (const [socket, threadId] of [[carls, pia.user.id], [laptop, pia.user.id], [pias, carl.user.id]]) {
    const {message} = await socket.next('message:new', push => push.threadId === threadId);
    assert.deepEqual(read(message, 'id', 'senderId', 'kind', 'text', 'status', 'createdAt'),
                     read(sent, 'id', 'senderId', 'kind', 'text', 'status', 'createdAt'));
  }
  await ask('POST', withCarl, by(pia, {kind: 'text', text: 'Tomorrow'}));
  assert.equal((await carls.next('message:new', push => push.threadId === pia.user.id)).message.text, 'Tomorrow');

  const {data: [thread]} = await listed('/threads', carl, list => list.data.length === 1);
  assert.deepEqual(read(thread, 'id', 'status', 'participants', 'participantMeta', 'unreadCounts'), {
    id: pia.user.id, status: 'open', participants: [{userId: pia.user.id, role: 'provider'}],
    participantMeta: {[pia.user.id]: {name: 'Pia Provider'}}, unreadCounts: {},
  });
  assert.ok(Date.parse(thread.lastMessageAt) > 0);
  for (const [path, person, threadId] of [[withPia, carl, pia.user.id], [withCarl, pia, carl.user.id]]) {
    const {data, nextCursor} = await listed(path, person, list => list.data.length === 2);
    assert.deepEqual(data.map(each => [each.threadId, each.senderId, each.text]),
                     [[threadId, pia.user.id, 'Tomorrow'], [threadId, carl.user.id, 'Can you come?']]);
    assert.equal(data[1].id, sent.id);
    assert.ok(!nextCursor, nextCursor);
  }

  const native = await Client.connect(server, {token: pia.token}); // its page has no conversation to name
  const {conversationId, seq} = await native.ask('message', {receiverId: carl.user.id, content: 'At nine'});
  const {seq: last} = await laptop.next('message:new', push => push.message.text === 'At nine') && {seq};
  await native.ask('read', {conversationId, seq: last});
  assert.deepEqual(await carls.next('message:read'), {threadId: pia.user.id, userId: pia.user.id});
  await native.close();
  await assert.rejects(ask('POST', `/threads/${pia.user.id}/read`, by(carl)), {status: 404});
});

test('who loses the connection comes back by itself, and what was written meanwhile arrives, once', async () => {
  const carls = await open('/messages', carl);
  const textsOfPia = () => carls.all('message:new').filter(push => push.threadId === pia.user.id)
    .map(push => push.message.text);
  const write = text => ask('POST', `/threads/${carl.user.id}/messages`, by(pia, {kind: 'text', text}));
  await write('before');
  await eventually('it is heard', () => textsOfPia().length === 1);
  carls.socket.on('connect', () => carls.emit('thread:join', {threadId: pia.user.id})); // as its widget does
  const back = carls.drop();
  await write('meanwhile');
  await back;
  await write('after');
  await eventually('all is heard', () => textsOfPia().length >= 3);
  assert.deepEqual(textsOfPia(), ['before', 'meanwhile', 'after']);
  assert.deepEqual(carls.connects, [false, true]);
});

test('a provider offers services, which customers find by category', async () => {
  const haircut = {title: 'Haircut', description: 'Wash and cut', category: 'barber', pricingType: 'fixed', basePrice: 35.5,
                   tags: ['hair'], images: []};
  service = await ask('POST', '/provider-services', by(pia, haircut));
  const shown = {title: 'Haircut', description: 'Wash and cut', category: 'barber', pricingType: 'fixed', basePrice: 35.5,
                 status: 'active', viewCount: 0, inquiryCount: 0};
  assert.deepEqual(read(service, ...Object.keys(shown)), shown);
  assert.equal(service.providerId, pia.user.id);
  const found = await listed('/provider-services/category/barber?page=1&limit=10', carl, list => list.data.length === 1);
  assert.equal(found.data[0]._id, service._id);
  assert.deepEqual(read(found, 'total', 'page', 'totalPages'), {total: 1, page: 1, totalPages: 1});
  assert.deepEqual((await ask('GET', '/provider-services/category/plumber')).data, []);
  assert.equal((await ask('GET', `/provider-services/${service._id}`)).title, 'Haircut');
  const cheaper = await ask('PATCH', `/provider-services/${service._id}`, by(pia, {...haircut, basePrice: 30}));
  assert.equal(cheaper.basePrice, 30);
  await assert.rejects(ask('PATCH', `/provider-services/${service._id}`, by(carl, {basePrice: 1})), {statusCode: 403});
  const status = async status => (await ask('PATCH', `/provider-services/${service._id}/status`, by(pia, {status}))).status;
  assert.equal(await status('inactive'), 'inactive');
  assert.equal(await status('active'), 'active');
  const other = await ask('POST', '/provider-services', by(pia, {...haircut, title: 'Shave'}));
  await ask('DELETE', `/provider-services/${other._id}`, by(pia));
  await eventually('it is gone', async () => {
    const {data} = await ask('GET', '/provider-services/category/barber');
    return data.length === 1 && data[0]._id === service._id;
  });
});

test('a booking is an order: begun and completed by its provider, told to both', async () => {
  const carls = await open('/notifications', carl, {transports: ['websocket', 'polling']});
  const pias = await open('/notifications', pia, {transports: ['websocket', 'polling']});
  const answer = await server.request('PUT', `/api/services/${service._id}/availability`,
                                      {token: pia.token, body: {timeZone: 'UTC', weekly: every_day, exceptions: []}});
  assert.equal(answer.status, 200, answer.text);
  const startsAt = soon(5);
  const booked = await server.post('/api/bookings', {serviceId: service._id, startsAt}, {token: carl.token});
  assert.equal(booked.status, 201, booked.text);

  const {event, data: told} = await pias.next('notification');
  assert.equal(event, 'notification');
  assert.deepEqual(read(told, 'severity', 'type', 'readAt'), {severity: 'info', type: 'booking-requested', readAt: null});
  assert.ok(told.title && told.message && Date.parse(told.createdAt));
  [order] = await listed('/orders', pia, list => list.length === 1);
  assert.deepEqual([order._id, order.status, order.customerId._id, order.customerId.firstName, order.providerId._id],
                   [booked.json.id, 'assigned', carl.user.id, 'Carlo Customer', pia.user.id]);
  assert.deepEqual([order.serviceId._id, order.serviceId.title, order.requestId._id, order.providerEts],
                   [service._id, 'Haircut', order._id, startsAt]);
  await assert.rejects(ask('PATCH', `/orders/${order._id}/status`, by(carl, {status: 'in_progress'})), {statusCode: 403});

  const set = async status => (await ask('PATCH', `/orders/${order._id}/status`, by(pia, {status}))).status;
  assert.equal(await set('in_progress'), 'in_progress');
  assert.equal((await carls.next('notification')).data.type, 'booking-confirmed');
  assert.equal((await listed('/orders?status=in_progress', carl, list => list.length === 1))[0]._id, order._id);
  assert.deepEqual(await ask('GET', '/orders?status=assigned', by(carl)), []);
  await eventually('its time begins', () => Date.now() > Date.parse(startsAt) + 50);
  assert.equal(await set('pending_completion'), 'completed');
  await listed(`/orders/${order._id}`, carl, shown => shown.status === 'completed');

  const {data: [listedOne]} = await listed('/notifications?limit=50', pia, list => list.data.length >= 1);
  assert.equal(listedOne.readAt, null);
  assert.ok((await ask('PATCH', `/notifications/${told.id}/read`, by(pia))).readAt);
  await listed('/notifications?limit=50', pia, list => list.data.find(each => each.id === told.id).readAt !== null);
});

test('who was served writes a review, which everybody reads', async () => {
  const review = await ask('POST', '/reviews', by(carl, {
    bookingId: order._id, customerId: carl.user.id, providerId: pia.user.id, serviceId: service._id, rating: 4, comment: 'Good',
  }));
  assert.deepEqual(read(review, 'bookingId', 'rating', 'comment'), {bookingId: order._id, rating: 4, comment: 'Good'});
  const {data: [shown], total} = await listed(`/reviews?providerId=${pia.user.id}&page=1&limit=10`, carl,
                                              list => list.data.length === 1);
  assert.deepEqual([shown.id, shown.rating, shown.customer.firstName, total], [review.id, 4, 'Carlo Customer', 1]);
});

test('what it cannot be given is refused in words it understands', async () => {
  for (const path of ['/requests', '/invoices', '/provider-services/my-stats'])
    await assert.rejects(ask('GET', path, by(carl)), {status: 404});
  const carls = await open('/messages', carl);
  carls.emit('no-such-event', {});
  const refused = await carls.next('exception');
  assert.deepEqual([refused.status, refused.code, typeof refused.message], ['error', 'unknown_event', 'string']);
  for (const [space, token] of [['/messages', 'forged'], ['/elsewhere', carl.token]])
    await assert.rejects(open(space, {token}));
});

test('the profile may be asked for by its name, from anywhere', async () => {
  const answer = await fetch(`${server.url}/threads?profile=bookings`, {headers: {authorization: `Bearer ${carl.token}`}});
  assert.equal((await answer.json()).data[0].id, pia.user.id);
  const unnamed = await fetch(`${server.url}/threads`, {headers: {authorization: `Bearer ${carl.token}`}});
  assert.equal(unnamed.status, 404);
  await open('/messages', carl, {extraHeaders: {}, query: {profile: 'bookings'}});
});
