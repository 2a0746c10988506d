// Calls between two browsers, each a Chromium of its own, through the page: signaling over Parley, media from one to the
// other. What arrives is counted by the browsers themselves (getStats).
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {Visitor, launch} from './support/browser.mjs';
import {Line} from './support/line.mjs';
import {Server, eventually} from './support/server.mjs';
import {startTurn, turnSecret} from './support/turn.mjs';

let server, turn, line, browsers;

before(async () => {
  turn = await startTurn();
  server = await Server.start({
    flags: ['--ice-turn-urls', `turn:127.0.0.1:${turn.port}?transport=udp`],
    env: {PARLEY_ICE_TURN_SECRET: turnSecret},
  });
  line = await Line.to(server);
  browsers = await Promise.all([launch(), launch()]);
});
after(async () => {
  await Promise.all(browsers.map(browser => browser.close()));
  await line.close();
  await server.stop();
  await turn.stop();
});

/// Two people who look at each other's conversation, each in their own browser.
async function pair(names, options = {}) {
  const people = await Promise.all(names.map(async (name, i) => {
    const visitor = await Visitor.at(browsers[i], line.url, options);
    await visitor.signUp(name);
    visitor.id = await visitor.page.evaluate(() => localStorage.getItem('parley.user'));
    return visitor;
  }));
  await people[0].look(`person/${people[1].id}`);
  await people[1].look(`person/${people[0].id}`);
  return people;
}

const press = (visitor, button) => visitor.page.getByRole('button', {name: button, exact: true}).click();

async function connect(caller, callee) {
  await caller.call();
  await callee.callIs('incoming');
  await callee.page.getByText('is calling you').waitFor();
  await caller.callIs('ringing');
  await press(callee, 'Answer');
  for (const each of [caller, callee]) await each.callIs('active');
}

/// Once picture and sound of the other one have arrived: what was received by then.
const sees = visitor => eventually(`${visitor.name} sees and hears`, async () => {
  const got = await visitor.received();
  return got.frames >= 10 && got.audio >= 10 && got;
}, 30);
const seesMore = async visitor => {
  const {frames} = await visitor.received();
  await eventually(`${visitor.name} still sees`, async () => (await visitor.received()).frames >= frames + 10, 30);
};
async function part(...people) {
  for (const each of people) await each.leave();
}

test('two browsers call each other, and picture and sound flow both ways until one hangs up', async () => {
  const [ada, bob] = await pair(['Ada', 'Bob']);
  await connect(ada, bob);
  for (const each of [ada, bob]) {
    const got = await sees(each);
    assert.ok(got.width >= 160 && got.height >= 90, JSON.stringify(got));
    const shown = await each.page.locator('#remote').evaluate(video => [video.videoWidth, video.videoHeight, video.paused]);
    assert.ok(shown[0] >= 160 && shown[1] >= 90 && !shown[2], String(shown));
  }
  await bob.say('You look well');
  await ada.sees('You look well'); // the conversation goes on beside it
  await press(ada, 'Mute');
  await ada.page.getByRole('button', {name: 'Mute', pressed: true}).waitFor();
  await press(ada, 'Hang up');
  await bob.page.getByText('The call is over').waitFor();
  assert.deepEqual(await ada.page.evaluate(() => window.peers.map(each => each.connectionState)), ['closed']);
  for (const each of [ada, bob]) each.wasContent();

  await press(bob, 'Close');
  await press(ada, 'Close');
  await connect(bob, ada); // and again, the other way round
  await Promise.all([sees(ada), sees(bob)]);
  await part(ada, bob); // leaving the page ends it, too
});

for (const [colorScheme, width] of [['light', 1280], ['dark', 360]])
  test(`a call is there for a screen reader, too (${colorScheme}, ${width} px)`, async () => {
    const options = {colorScheme, viewport: {width, height: 740}, reducedMotion: 'reduce'};
    const [kay, lou] = await pair(['Kay', 'Lou'], options);
    await kay.call();
    await lou.callIs('incoming');
    await kay.callIs('ringing');
    await lou.isAccessible('who is called');
    await kay.isAccessible('who calls');
    await press(lou, 'Answer');
    await kay.callIs('active');
    await kay.isAccessible('the call');
    await press(kay, 'Hang up');
    await lou.callIs('ended');
    await lou.isAccessible('the end');
    for (const each of [kay, lou]) each.wasContent();
    await part(kay, lou);
  });

test('a call is declined, taken back, or finds nobody', async () => {
  const [carl, dora] = await pair(['Carl', 'Dora']);
  await carl.call();
  await dora.callIs('incoming');
  await press(dora, 'Decline');
  await carl.page.getByText('They declined').waitFor();
  await dora.callIs('idle');

  await press(carl, 'Close');
  await carl.call();
  await dora.callIs('incoming');
  await press(carl, 'Hang up');
  await dora.page.getByText('They hung up').waitFor();

  await dora.say('Not now'); // presence is told to those who have written
  await carl.sees('Not now');
  await dora.leave();
  await carl.page.locator('#place-note', {hasText: 'offline'}).waitFor();
  await press(carl, 'Close');
  await carl.call();
  await carl.page.getByText('They are not online').waitFor();
  carl.wasContent();
  await carl.leave();
});

test('two who call each other at once are in one call', async () => {
  const [emil, fay] = await pair(['Emil', 'Fay']);
  await Promise.all([emil.call(), fay.call()]);
  // Whose call came second takes the other's; who was called before calling answers by hand.
  const isOn = async () => {
    const states = await Promise.all([emil, fay].map(each => each.page.locator('#call').getAttribute('data-state')));
    for (const [i, each] of [emil, fay].entries()) if (states[i] === 'incoming') await press(each, 'Answer').catch(() => {});
    return states.every(state => state === 'active');
  };
  await eventually('both are in the call', isOn, 30);
  await Promise.all([sees(emil), sees(fay)]);
  await part(emil, fay);
});

test('where no way leads from one to the other, a real relay carries the call, with the credentials Parley gave', async () => {
  const relayOnly = () => window.peerConfiguration = {iceTransportPolicy: 'relay'};
  const [gus, hana] = await pair(['Gus', 'Hana'], {prepare: relayOnly});
  await connect(gus, hana);
  for (const each of [gus, hana]) {
    const got = await sees(each);
    assert.deepEqual([got.kind, got.url], ['relay', `turn:127.0.0.1:${turn.port}?transport=udp`]);
    assert.ok(got.width >= 160 && got.height >= 90, JSON.stringify(got));
  }
  for (const each of [gus, hana]) each.wasContent();
  await part(gus, hana);
});

test('a call outlives its server: media flows on while that is killed and starts again, and the chat comes back', async () => {
  const [ida, jan] = await pair(['Ida', 'Jan']);
  await connect(ida, jan);
  await Promise.all([sees(ida), sees(jan)]);
  await ida.say('before');
  await jan.sees('before');

  await server.kill9();
  await Promise.all([ida.reconnecting(), jan.reconnecting()]);
  await Promise.all([seesMore(ida), seesMore(jan)]);
  await ida.say('while it was away');
  await server.launch();
  await Promise.all([ida.connected(), jan.connected()]);
  await jan.sees('while it was away');
  await jan.say('after');
  await ida.sees('after');
  for (const each of [ida, jan]) {
    assert.deepEqual(await each.texts(), ['before', 'while it was away', 'after']);
    await seesMore(each);
    await each.callIs('active');
  }
  // The server knows nothing of this call any more: its end is told from one to the other.
  await press(ida, 'Hang up');
  await jan.page.getByText('The call is over').waitFor();
  await part(ida, jan);
});
