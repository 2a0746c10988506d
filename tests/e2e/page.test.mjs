// The page at `/`, walked through in a real Chromium: coming in, rooms, lounges, people, the keyboard alone, what a
// screen reader is given, a phone's width, and a network that goes away. Whatever it does, the page breaks none of its
// own policy and writes no error.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {Visitor, launch} from './support/browser.mjs';
import {Client} from './support/client.mjs';
import {Line} from './support/line.mjs';
import {Server, eventually} from './support/server.mjs';

let server, browser;

before(async () => {
  server = await Server.start();
  browser = await launch();
});
after(async () => {
  await browser.close();
  await server.stop();
});
const visit = options => Visitor.at(browser, `${server.url}/`, options);
const newcomer = async (name, options) => {
  const visitor = await visit(options);
  await visitor.signUp(name);
  return visitor;
};

test('the page and what it loads are served with their types, tags and a policy that lets in nothing else', async () => {
  const page = await server.get('/');
  assert.equal(page.status, 200);
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
  const policy = page.headers.get('content-security-policy');
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(policy, /unsafe|https:|data:|\*/);
  for (const [, file] of page.text.matchAll(/(?:href|src)="(\/[^"]+\.(?:js|css|svg))"/g)) {
    const answer = await server.get(file);
    assert.equal(answer.status, 200, file);
    assert.equal(answer.headers.get('content-security-policy'), policy);
    const again = await server.get(file, {headers: {'if-none-match': answer.headers.get('etag')}});
    assert.deepEqual([again.status, again.text], [304, ''], file);
  }
  assert.equal((await server.get('/page/nothing.js')).status, 404);
});

test('two people and a guest sign up, meet in a room, see each other type, and read the history after a reload', async () => {
  const ada = await newcomer('Ada'), bob = await newcomer('Bob');
  await ada.enterRoom('Tea');
  await bob.page.getByLabel('Name of a room to enter or open').fill('tea');
  await bob.page.getByRole('button', {name: 'Enter'}).click();
  await bob.page.getByText('With Ada').waitFor();
  await ada.page.getByText('Bob came in').waitFor();

  await ada.page.getByLabel('Your message').pressSequentially('Hel');
  await bob.page.getByText('Ada is writing').waitFor();
  await ada.say('Hello, Bob');
  await bob.sees('Hello, Bob');
  await bob.page.getByText('Ada is writing').waitFor({state: 'hidden'});
  await bob.say('Hello, Ada');
  await ada.sees('Hello, Ada');

  const guest = await visit();
  await guest.enterAsGuest('Gast');
  await guest.enterRoom('tea');
  await guest.sees('Hello, Ada'); // history, from before it came
  await guest.say('May I join you?');
  await ada.page.getByRole('button', {name: '3 here'}).click();
  await ada.page.getByRole('complementary', {name: 'Here now'}).getByText('guest').waitFor();

  await ada.page.reload();
  await ada.connected();
  await ada.sees('May I join you?');
  assert.deepEqual(await ada.texts(), ['Hello, Bob', 'Hello, Ada', 'May I join you?']);
  await guest.page.getByRole('button', {name: 'Leave'}).click();
  await ada.page.getByText('Gast left').waitFor();
  for (const each of [ada, bob, guest]) {
    each.wasContent();
    await each.leave();
  }
});

test('somebody is found and written to, is told of it wherever they look, and seen to come and go', async () => {
  const carl = await newcomer('Carl'), dora = await newcomer('Dorothea');
  await eventually('the read models know Dorothea', async () => {
    await carl.page.getByLabel('Name of somebody to find').fill('doroth');
    await carl.page.getByRole('button', {name: 'Find'}).click();
    await carl.page.locator('#rail-note:not(:empty)').waitFor();
    return await carl.page.locator('#found a').count() > 0;
  });
  await carl.page.locator('#found').getByRole('link', {name: 'Dorothea'}).click();
  await carl.say('Lunch?');
  await dora.page.getByRole('link', {name: /Carl.*1 new/}).click();
  await dora.sees('Lunch?');
  await dora.say('With pleasure');
  await carl.sees('With pleasure');
  await carl.page.locator('#place-note', {hasText: 'online'}).waitFor();
  await dora.leave();
  await carl.page.locator('#place-note', {hasText: 'offline'}).waitFor();
  carl.wasContent();
  await carl.leave();
});

test('a lounge is started, found by others, and lasts', async () => {
  const emil = await newcomer('Emil');
  await emil.page.getByLabel('Name of a new lounge').fill('Garden');
  await emil.page.getByRole('button', {name: 'Start'}).click();
  await emil.page.getByRole('heading', {name: 'Garden'}).waitFor();
  await emil.say('The roses are out');
  const fay = await newcomer('Fay');
  await fay.page.getByRole('link', {name: /Garden/}).click();
  await fay.sees('The roses are out');
  await fay.say('So I smell');
  await emil.sees('So I smell');
  for (const each of [emil, fay]) {
    each.wasContent();
    await each.leave();
  }
});

test('a room that asks its host lets in whom the host lets in', async () => {
  const host = await newcomer('Host'), peter = await newcomer('Peter');
  const id = await host.page.evaluate(async () => {
    const body = JSON.stringify({title: 'Study', admission: 'ask'});
    const answer = await fetch('/api/rooms', {method: 'POST', headers: {'content-type': 'application/json'}, body});
    return (await answer.json()).roomId;
  });
  await host.enterRoom(id);
  await host.page.getByRole('heading', {name: 'Study'}).waitFor();
  await host.say('Knock first');
  await peter.page.evaluate(room => location.hash = `#/room/${room}`, id);
  await peter.page.getByText('Waiting for the host to let you in').waitFor();
  await host.page.getByRole('button', {name: '1 at the door'}).click();
  await host.page.getByRole('button', {name: 'Let in'}).click();
  await peter.sees('Knock first');
  await peter.say('I did');
  await host.sees('I did');
  for (const each of [host, peter]) {
    each.wasContent();
    await each.leave();
  }
});

test('a long history comes by pages, and who reads there is told of what is new', async () => {
  const writer = await Client.connect(server, {token: (await server.signUp('Quentin')).token});
  await writer.join('archive');
  for (let i = 0; i < 70; ++i) await writer.say('archive', `line ${i}`);
  const rita = await newcomer('Rita');
  await rita.enterRoom('archive');
  await rita.sees('line 69');
  assert.deepEqual((await rita.texts())[0], 'line 20');
  await rita.page.getByRole('button', {name: 'What was said earlier'}).click();
  await rita.page.locator('.message').nth(69).waitFor();
  assert.deepEqual(await rita.texts(), Array.from({length: 70}, (_, i) => `line ${i}`));
  await rita.page.getByRole('button', {name: 'What was said earlier'}).waitFor({state: 'hidden'});

  await rita.page.locator('#scroll').evaluate(scroll => scroll.scrollTop = 0);
  await writer.say('archive', 'news');
  await rita.page.getByRole('button', {name: '1 new message below'}).click();
  await rita.page.locator('.text', {hasText: 'news'}).waitFor();
  await rita.page.getByRole('button', {name: /below/}).waitFor({state: 'hidden'});
  rita.wasContent();
  await writer.close();
  await rita.leave();
});

test('what is refused is said where it was asked', async () => {
  const visitor = await visit();
  const {page} = visitor;
  await page.getByLabel('Your name').fill('Gus');
  await page.getByLabel('E-mail address').fill('gus@example.org');
  await page.getByRole('button', {name: 'Sign up'}).click();
  await page.getByRole('alert').getByText('Give a password').waitFor();
  await page.getByLabel('Password').fill('password');
  await page.getByRole('button', {name: 'Sign up'}).click();
  await page.locator('#sign-in-error', {hasText: /password/i}).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'password');
  await page.getByRole('radio', {name: 'Log in'}).check();
  await page.getByRole('button', {name: 'Log in'}).click();
  await page.getByText('Invalid credentials').waitFor();
  visitor.wasContent(/status of 4\d\d/); // a browser writes of each refusal itself
  await visitor.leave();
});

test('what people write is text, whatever it looks like', async () => {
  const name = '<img src=x onerror=alert(1)>', text = '<script>alert(1)</script> & <b>bold</b>';
  const hugo = await newcomer('Hugo');
  const mallory = await visit();
  await mallory.enterAsGuest(name);
  await hugo.enterRoom('markup');
  await mallory.enterRoom('markup');
  await mallory.say(text);
  await hugo.sees('<b>bold</b>');
  await hugo.page.getByText(`${name} came in`).waitFor();
  assert.equal(await hugo.page.locator('#app img, #app b, #app script').count(), 0);
  for (const each of [hugo, mallory]) {
    each.wasContent();
    await each.leave();
  }
});

test('with the keyboard alone one signs up, enters a room, writes and reads', async () => {
  const visitor = await visit();
  const {page} = visitor;
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  const focused = () => page.evaluate(() => document.activeElement.id);
  await page.locator('#entrance').waitFor();
  await press('Tab'); // the three ways in: one stop, arrows within
  await press('ArrowRight', 'ArrowRight', 'ArrowRight');
  await press('Tab');
  assert.equal(await focused(), 'name');
  await page.keyboard.type('Ida');
  await press('Tab');
  await page.keyboard.type(`ida-${Date.now()}@example.org`);
  await press('Tab');
  await page.keyboard.type('Ida likes long passwords');
  await press('Enter');
  await visitor.connected();
  assert.equal(await focused(), 'room-name');
  await page.keyboard.type('quiet');
  await press('Enter');
  await page.locator('#show-members').waitFor();
  for (let stops = 0; await focused() !== 'text'; ++stops) {
    assert.ok(stops < 30, 'the message is not reached by Tab');
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(outline, 'solid', `focus is not seen on ${await page.evaluate(() => document.activeElement.outerHTML)}`);
    await press('Tab');
  }
  await page.keyboard.type('one line');
  await press('Shift+Enter');
  await page.keyboard.type('and another');
  await press('Enter');
  await visitor.sees('and another');
  assert.deepEqual(await visitor.texts(), ['one line\nand another']);
  assert.equal(await focused(), 'text');
  visitor.wasContent();
  await visitor.leave();
});

for (const [colorScheme, width] of [['light', 1280], ['dark', 1280], ['light', 360], ['dark', 360]]) {
  test(`a screen reader is given what eyes are, and nothing overflows (${colorScheme}, ${width} px)`, async () => {
    const visitor = await visit({colorScheme, viewport: {width, height: 740}, reducedMotion: 'reduce'});
    await visitor.page.locator('#entrance').waitFor();
    await visitor.isAccessible('the entrance');
    await visitor.signUp('Jo');
    await visitor.isAccessible('the list of places');
    await visitor.enterRoom(`look-${colorScheme}-${width}`);
    await visitor.say('A message with averylongwordthatgoesonandonandonandonandonandonandonandonandon');
    await visitor.sees('A message');
    await visitor.page.locator('#show-members').click();
    await visitor.isAccessible('a room');
    visitor.wasContent();
    await visitor.leave();
  });
}

test('twenty seconds without a network: the page says so, and then nothing is missed and nothing is there twice', async t => {
  const line = await Line.to(server);
  t.after(() => line.close());
  const kim = await Visitor.at(browser, line.url), lea = await newcomer('Lea');
  await kim.signUp('Kim');
  await kim.enterRoom('tunnel');
  await lea.enterRoom('tunnel');
  await lea.say('before');
  await kim.sees('before');

  line.die();
  await kim.context.setOffline(true);
  const back = new Promise(resolve => setTimeout(resolve, 20_000));
  const said = Array.from({length: 25}, (_, i) => `while away ${i}`);
  for (const text of said) await lea.say(text);
  await lea.sees(said.at(-1));
  await kim.reconnecting();
  await kim.page.getByText('Connection lost, retrying').waitFor();
  await kim.say('from the tunnel');
  await kim.page.getByText('on its way').waitFor();
  await back;
  line.live();
  await kim.context.setOffline(false);

  await kim.connected();
  await kim.page.getByRole('status').getByText('caught up 25 messages').waitFor();
  await kim.page.locator('#thread').getByText('Caught up 25 messages').waitFor();
  await kim.sees('from the tunnel');
  await lea.sees('from the tunnel');
  await lea.say('after');
  await kim.sees('after');
  const whole = ['before', ...said, 'from the tunnel', 'after'];
  assert.deepEqual(await kim.texts(), whole);
  assert.deepEqual(await lea.texts(), whole);
  for (const note of ['Kim lost the connection', 'Kim left']) assert.equal(await lea.page.getByText(note).count(), 0, note);
  lea.wasContent();
  kim.wasContent(/ERR_|WebSocket/); // a browser writes of each attempt itself
  await kim.leave();
  await lea.leave();
});

test('who is away for longer than a session is kept comes back as new, and misses nothing either', async t => {
  const brief = await Server.start({flags: ['--sessions-grace', '1s']});
  t.after(() => brief.stop());
  const line = await Line.to(brief);
  t.after(() => line.close());
  const nora = await Visitor.at(browser, line.url), otto = await Visitor.at(browser, `${brief.url}/`);
  await nora.signUp('Nora');
  await otto.signUp('Otto');
  const [norasId, ottosId] = await Promise.all([nora, otto].map(each => each.page.evaluate(() => localStorage['parley.user'])));
  const garden = await otto.page.evaluate(async () => {
    const body = JSON.stringify({name: 'Garden'});
    return (await (await fetch('/api/lounges', {method: 'POST', headers: {'content-type': 'application/json'}, body})).json()).id;
  });
  const places = {room: ['room/cellar', 'room/cellar'], lounge: [`lounge/${garden}`, `lounge/${garden}`],
                  person: [`person/${ottosId}`, `person/${norasId}`]};
  for (const [hers, his] of Object.values(places)) {
    await nora.look(hers);
    await otto.look(his);
    await otto.say('before');
    await nora.sees('before');
  }

  await nora.look(places.room[0]);
  line.cut();
  await nora.context.setOffline(true);
  await nora.reconnecting();
  await otto.look(places.room[1]);
  await otto.page.getByText('Nora lost the connection').waitFor();
  for (const [, his] of Object.values(places)) {
    await otto.look(his);
    for (let i = 0; i < 3; ++i) await otto.say(`while away ${i}`);
    await otto.sees('while away 2');
  }
  line.live();
  await nora.context.setOffline(false);
  await nora.connected();
  await nora.page.getByRole('status').getByText('caught up 9 messages').waitFor();
  for (const [hers] of Object.values(places)) {
    await nora.look(hers);
    await nora.sees('while away 2');
    assert.deepEqual(await nora.texts(), ['before', 'while away 0', 'while away 1', 'while away 2'], hers);
    await nora.page.locator('#thread').getByText('Caught up 3 messages').waitFor();
  }
  await nora.leave();
  await otto.leave();
});

test('a server that is killed and starts again is come back to', async t => {
  const line = await Line.to(server);
  t.after(() => line.close());
  const max = await Visitor.at(browser, line.url);
  await max.signUp('Max');
  await max.enterRoom('rock');
  await max.say('first');
  await max.sees('first');
  await server.kill9();
  await max.reconnecting();
  await max.say('into the dark');
  await server.launch();
  await max.connected();
  await max.sees('into the dark');
  assert.deepEqual(await max.texts(), ['first', 'into the dark']);
  await max.leave();
});
