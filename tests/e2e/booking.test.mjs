// Bookings from search to review, as the front end of the booking system does it: a provider offers a service and says
// when it can be had, a customer finds it, takes a free time, both are told of each step on all their devices, share
// their places around the time, and at the end the customer judges.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {Client} from './support/client.mjs';
import {Market} from './support/market.mjs';
import {Server, eventually} from './support/server.mjs';

let server, pia, carl, mallory, service, booking;
const every_day = Object.fromEntries(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
  .map(day => [day, [{from: '00:00', to: '24:00'}]]));
const somewhere = {lat: 52.516275, lng: 13.377704}; // digits that nothing else has
const soon = seconds => new Date(Date.now() + seconds * 1000).toISOString();
const by = person => ({token: person.token});

/// A date within a year that services can be booked for.
function next_monday_in(month) {
  for (let ahead = 1; ; ++ahead) {
    const day = new Date(Date.now() + ahead * 86_400_000);
    const date = day.toISOString().slice(0, 10);
    if (day.getUTCDay() === 1 && date.slice(5, 7) === month) return date;
  }
}

/// The answer's body; its status must be this one.
function body(answer, status = 200) {
  assert.equal(answer.status, status, `${answer.status} ${answer.text}`);
  return answer.json;
}
/// A list until it is as wanted: another person's writes come to the read models a moment later.
const listed = (target, person, wanted) => eventually(`${target} as wanted`, async () => {
  const list = body(await server.get(target, by(person)));
  return wanted(list) && list;
});

before(async () => {
  server = await Server.start();
  [pia, carl, mallory] = await Promise.all(['Pia', 'Carl', 'Mallory'].map(name => server.signUp(name)));
  for (const person of [pia, carl, mallory]) person.client = await Client.connect(server, {token: person.token});
});
after(() => server.stop());

test('a provider offers services, and customers find them', async () => {
  service = body(await server.post('/api/services', {title: 'Haircut', description: 'Wash and cut', priceMinor: 3500,
                                                     currency: 'EUR', durationMinutes: 30}, by(pia)), 201);
  body(await server.post('/api/services', {title: 'Massage', priceMinor: 9000, currency: 'EUR', durationMinutes: 60},
                         by(pia)), 201);
  assert.equal(service.providerId, pia.user.id);
  const [found] = await listed('/api/services?q=WASH', carl, list => list.length === 1);
  assert.equal(found.id, service.id);
  assert.equal(found.ratingAverage, null);
  await listed(`/api/services?providerId=${pia.user.id}`, carl, list => list.length === 2);
  assert.deepEqual((await listed('/api/services?minPrice=5000', carl, list => list.length === 1))[0].title, 'Massage');
  const first = await server.get('/api/services?limit=1', by(carl));
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link'))[1];
  assert.deepEqual(body(await server.get(next, by(carl))).map(each => each.id), [service.id]);
  body(await server.request('PUT', `/api/services/${service.id}`, {...by(mallory), body: {priceMinor: 1}}), 403);
});

test('availability is set in a time zone and shown with free slots', async () => {
  const rules = {timeZone: 'Europe/Berlin', weekly: {monday: [{from: '09:00', to: '12:00'}]}, exceptions: []};
  const target = `/api/services/${service.id}/availability`;
  const put = (body, person = pia) => server.request('PUT', target, {...by(person), body});
  body(await put(rules, mallory), 403);
  body(await put({...rules, timeZone: 'Mars/Olympus'}), 422);
  body(await put({...rules, weekly: {monday: [{from: '12:00', to: '09:00'}]}}), 422);
  const set = body(await put(rules));
  assert.deepEqual(set.weekly.monday, rules.weekly.monday);
  for (const [month, nine] of [['01', '08:00'], ['07', '07:00']]) { // 09:00 in Berlin, in winter and in summer
    const day = next_monday_in(month);
    const {slots} = body(await server.get(`${target}?from=${day}&to=${day}`, by(pia)));
    assert.equal(slots[0].startsAt, `${day}T${nine}:00.000Z`);
    assert.equal(slots.length, 6);
  }
  body(await put({timeZone: 'UTC', weekly: every_day, exceptions: []}));
  const open = body(await server.get(`${target}?from=${soon(0)}&to=${soon(7200)}`, by(pia)));
  assert.ok(open.slots.length >= 3);
});

test('a customer asks for a time, which nobody else can have then', async () => {
  const startsAt = soon(10);
  const answer = await server.post('/api/bookings', {serviceId: service.id, startsAt, note: 'by the window'}, by(carl));
  booking = body(answer, 201);
  assert.equal(booking.status, 'requested');
  assert.equal(booking.startsAt, startsAt);
  assert.equal(booking.customerId, carl.user.id);
  const book = (startsAt, person) => server.post('/api/bookings', {serviceId: service.id, startsAt}, by(person));
  assert.equal(body(await book(soon(60), mallory), 409).code, 'slot_taken');
  body(await book(soon(-60), mallory), 422);
  body(await book(soon(3600), pia), 403);
  body(await server.get(`/api/bookings/${booking.id}`, by(mallory)), 403);
  assert.equal(body(await server.get(`/api/bookings/${booking.id}`, by(carl))).note, 'by the window');
});

test('the provider answers; both lists say so', async () => {
  const put = (person, body) => server.request('PUT', `/api/bookings/${booking.id}`, {...by(person), body});
  body(await put(carl, {status: 'confirmed'}), 403);
  body(await put(mallory, {status: 'confirmed'}), 403);
  assert.equal(body(await put(pia, {status: 'confirmed'})).status, 'confirmed');
  const confirmed = '/api/bookings?status=confirmed';
  assert.equal((await listed(`${confirmed}&role=customer`, carl, list => list.length === 1))[0].id, booking.id);
  assert.equal((await listed(`${confirmed}&role=provider`, pia, list => list.length === 1))[0].id, booking.id);
  assert.deepEqual(body(await server.get(confirmed, by(mallory))), []);
});

test('both are told of each step, talk about it and see where the other is; nobody else', async () => {
  const asked = await pia.client.next('booking:new', push => push.bookingId === booking.id);
  assert.deepEqual([asked.status, asked.customerName, asked.note, asked.startsAt],
                   ['requested', 'Carl', 'by the window', booking.startsAt]);
  for (const {client} of [pia, carl]) {
    const changed = await client.next('booking:status-changed', push => push.status === 'confirmed');
    assert.deepEqual([changed.previousStatus, changed.updatedBy], ['requested', pia.user.id]);
    const taken = await client.next('availability:changed', push => push.startsAt === booking.startsAt);
    assert.deepEqual([taken.serviceId, taken.providerId, taken.available], [service.id, pia.user.id, false]);
  }
  await pia.client.next('notification:new', push => push.kind === 'booking-requested' && push.data.id === booking.id);
  await carl.client.next('notification:new', push => push.kind === 'booking-confirmed' && push.data.id === booking.id);

  const sent = await carl.client.ask('chat:message', {bookingId: booking.id, message: 'On my way', id: 'chat-1'});
  await pia.client.ask('chat:message', [booking.id, 'Good']);
  for (const {client} of [pia, carl]) {
    const first = await client.next('chat:message');
    assert.deepEqual([first.id, first.bookingId, first.message, first.senderId, first.seq],
                     ['chat-1', booking.id, 'On my way', carl.user.id, sent.seq]);
    assert.equal((await client.next('chat:message')).text, 'Good');
  }
  const place = {bookingId: booking.id, ...somewhere};
  await carl.client.ask('location:update', place);
  const seen = await pia.client.next('location:update');
  assert.deepEqual([seen.bookingId, seen.userId, seen.lat, seen.latitude, seen.lng, seen.longitude],
                   [booking.id, carl.user.id, somewhere.lat, somewhere.lat, somewhere.lng, somewhere.lng]);
  for (const [person, event, data, code] of [
    [mallory, 'chat:message', {bookingId: booking.id, message: 'hi'}, 'forbidden'],
    [mallory, 'location:update', place, 'forbidden'], [carl, 'location:update', {...place, lat: 91}, 'invalid'],
  ]) await assert.rejects(person.client.ask(event, data), {code});
  const block = method => server.request(method, `/api/users/${carl.user.id}/block`, by(pia));
  body(await block('PUT'));
  for (const {client} of [carl, pia])
    await assert.rejects(client.ask('chat:message', {bookingId: booking.id, message: 'psst'}), {code: 'blocked'});
  await carl.client.ask('location:update', place); // they meet all the same
  body(await block('DELETE'));
  assert.deepEqual(mallory.client.pushes.map(push => push.event), ['connected']);
  assert.deepEqual(carl.client.all('booking:new', 'location:update'), []);
});

test('the chat of a booking is read page by page, by its two parties alone', async () => {
  const target = `/realtime/chat/${booking.id}`;
  const shown = list => list.map(each => [each.id, each.bookingId, each.senderId, each.message, each.content, each.text]);
  const history = shown(await listed(target, carl, list => list.length === 2));
  assert.deepEqual(history[0], ['chat-1', booking.id, carl.user.id, 'On my way', 'On my way', 'On my way']);
  assert.deepEqual(history[1].slice(1), [booking.id, pia.user.id, 'Good', 'Good', 'Good']);
  assert.deepEqual(shown(await listed(`${target}?order=desc`, pia, list => list.length === 2)), history.toReversed());
  const first = await server.get(`${target}?limit=1`, by(pia));
  assert.deepEqual(shown(body(first)), history.slice(0, 1));
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link'))[1];
  assert.deepEqual(shown(body(await server.get(next, by(pia)))), history.slice(1));
  body(await server.get(target, by(mallory)), 403);
  body(await server.get(target), 401);
  body(await server.get('/realtime/chat/bk_none', by(carl)), 404);
});

test('the booking takes place, is completed and reviewed once, and the service is rated', async () => {
  const put = status => server.request('PUT', `/api/bookings/${booking.id}`, {...by(pia), body: {status}});
  await eventually('its time begins', () => Date.now() > Date.parse(booking.startsAt) + 50);
  assert.equal(body(await put('completed')).status, 'completed');
  const review = person => server.post('/api/reviews', {bookingId: booking.id, rating: 4, comment: 'Good'}, by(person));
  body(await review(pia), 403);
  body(await review(mallory), 403);
  const written = body(await review(carl), 201);
  assert.equal(body(await review(carl), 409).code, 'already_reviewed');
  body(await server.post(`/api/reviews/${written.id}/reply`, {text: 'Thank you'}, by(pia)), 201);
  const [shown] = await listed(`/api/reviews?serviceId=${service.id}`, mallory, list => list[0]?.reply);
  assert.equal(shown.rating, 4);
  assert.equal(shown.reply.text, 'Thank you');
  const rated = body(await server.get(`/api/services/${service.id}`, by(pia)));
  assert.equal(rated.ratingAverage, 4);
  assert.equal(rated.ratingCount, 1);
});

test('who does not come is a no-show, once the time has begun, and pays the fee from what was held', async () => {
  const market = await Market.open(server);
  const paidIn = await market.deposit(carl, 2000);
  assert.equal(paidIn.status, 201, paidIn.text);
  const offered = {title: 'Lesson', priceMinor: 2000, currency: 'EUR', durationMinutes: 15, cancelFeePercent: 50};
  const lesson = body(await server.post('/api/services', offered, by(mallory)), 201);
  body(await server.request('PUT', `/api/services/${lesson.id}/availability`,
                            {...by(mallory), body: {timeZone: 'UTC', weekly: every_day, exceptions: []}}));
  const missed = body(await server.post('/api/bookings', {serviceId: lesson.id, startsAt: soon(5)}, by(carl)), 201);
  const put = (status, person = mallory) =>
    server.request('PUT', `/api/bookings/${missed.id}`, {...by(person), body: {status}});
  body(await put('confirmed'));
  await eventually('the price is held', async () => (await market.wallet(carl)).heldMinor === 2000);
  assert.equal(body(await put('no-show'), 409).code, 'invalid_transition');
  await eventually('its time begins', () => Date.now() > Date.parse(missed.startsAt) + 50);
  body(await put('no-show', carl), 403);
  const {status, feeMinor} = body(await put('no-show'));
  assert.deepEqual([status, feeMinor], ['no-show', 1000]);
  await carl.client.next('booking:status-changed', push => push.bookingId === missed.id && push.status === 'no-show');
  await eventually('the fee is paid, and the rest released', async () => {
    const [his, hers] = [await market.wallet(carl), await market.wallet(mallory)];
    return his.balanceMinor === 1000 && his.heldMinor === 0 && hers.balanceMinor === 1000;
  });
  assert.equal(body(await server.get(`/api/bookings/${missed.id}`, by(carl))).payment, 'fee');
  await market.verifyBooks();
});

test('both are reminded of what was confirmed an hour before, pushed and in the inbox', async () => {
  const startsAt = soon(3600 + 5); // the reminder is due in a moment
  const made = body(await server.post('/api/bookings', {serviceId: service.id, startsAt}, by(carl)), 201);
  body(await server.request('PUT', `/api/bookings/${made.id}`, {...by(pia), body: {status: 'confirmed'}}));
  for (const person of [carl, pia]) {
    const isReminder = each => each.kind === 'reminder' && each.data.bookingId === made.id;
    const told = await person.client.next('notification:new', isReminder);
    assert.ok(Date.parse(told.createdAt) >= Date.parse(startsAt) - 3_600_000, told.createdAt);
    assert.deepEqual([told.data.status, told.data.startsAt, told.read], ['confirmed', startsAt, false]);
    const kept = await listed('/api/notifications', person, list => list.some(isReminder));
    assert.equal(kept.filter(isReminder).length, 1);
  }
});

test('a hundred people at once: one gets the time', async () => {
  const startsAt = soon(86_400);
  const answers = await Promise.all(Array.from({length: 100}, (_, i) =>
    server.post('/api/bookings', {serviceId: service.id, startsAt}, by(i % 2 ? carl : mallory))));
  assert.equal(answers.filter(answer => answer.status === 201).length, 1);
  assert.ok(answers.every(answer => [201, 409, 429].includes(answer.status)));
});

test('what was booked is there after kill -9, and still taken', async () => {
  const [kept] = await listed('/api/bookings?role=provider&status=requested', pia, list => list.length === 1);
  await server.kill9();
  await server.launch();
  const answer = await server.post('/api/bookings', {serviceId: service.id, startsAt: kept.startsAt}, by(mallory));
  assert.ok([409].includes(answer.status), answer.text);
  body(await server.request('DELETE', `/api/bookings/${kept.id}`, by(pia)));
  body(await server.post('/api/bookings', {serviceId: service.id, startsAt: kept.startsAt}, by(carl)), 201);
});

test('where somebody was is in no record of the log', async () => {
  assert.equal((await server.terminate()).code, 0);
  const records = await server.log();
  assert.ok(records.some(record => record.personal.text === 'On my way')); // what was said there is
  const text = JSON.stringify(records);
  for (const degrees of Object.values(somewhere)) assert.ok(!text.includes(String(degrees)), `${degrees} is stored`);
});
