// Calls between two browsers, each a Chromium of its own, with the published peerjs, unmodified: Parley is the server that
// its client looks for, and media flows from one to the other. The page comes from elsewhere, as a front end's does.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import {after, before, test} from 'node:test';
import {Visitor, launch} from './support/browser.mjs';
import {Line} from './support/line.mjs';
import {Server, eventually} from './support/server.mjs';

const peerjs = fs.readFileSync(new URL('node_modules/peerjs/dist/peerjs.min.js', import.meta.url));
const html = '<!doctype html><link rel="icon" href="data:,"><title>A page that calls</title><script src="peerjs.js"></script>';
let page, server, line, browsers;

before(async () => {
  page = http.createServer((request, response) => {
    const isScript = request.url === '/peerjs.js';
    response.writeHead(200, {'content-type': isScript ? 'text/javascript' : 'text/html'}).end(isScript ? peerjs : html);
  });
  await new Promise(resolve => page.listen(0, '127.0.0.1', resolve));
  page.url = `http://127.0.0.1:${page.address().port}`;
  server = await Server.start({flags: ['--auth-cors-origins', page.url, '--peerjs-discovery', 'true']});
  line = await Line.to(server);
  browsers = await Promise.all([launch(), launch()]);
});
after(async () => {
  await Promise.all(browsers.map(browser => browser.close()));
  await line.close();
  await server.stop();
  page.closeAllConnections();
  await new Promise(resolve => page.close(resolve));
});

/// Somebody at the page. Who calls them is answered; what they are told over data connections is kept.
class Person {
  static async in(browser, name) {
    const person = new Person();
    person.name = name;
    person.visitor = await Visitor.at(browser, page.url);
    await person.run(async () => { window.own = await navigator.mediaDevices.getUserMedia({video: true, audio: true}); });
    return person;
  }
  run(what, argument) { return this.visitor.page.evaluate(what, argument); }

  /// Becomes reachable; resolves with the id. Without one, the server gives it. Rejects with the type of peerjs's error.
  async reachable({id, path = '/', token, port = new URL(line.url).port} = {}) {
    this.id = await this.run(({id, ...options}) => {
      const peer = new Peer(...[id].filter(Boolean), {host: '127.0.0.1', secure: false, config: {iceServers: []}, ...options});
      Object.assign(window, {peer, told: [], faults: [], states: []});
      peer.on('error', error => window.faults.push(error.type));
      for (const state of ['open', 'disconnected', 'close']) peer.on(state, () => window.states.push(state));
      window.take = call => {
        window.call = call;
        call.on('stream', stream => window.seen = stream);
        call.on('close', () => window.states.push('hung up'));
      };
      window.keep = data => {
        window.data = data;
        data.on('data', what => window.told.push(what));
      };
      peer.on('call', call => {
        window.take(call);
        call.answer(window.own);
      });
      peer.on('connection', window.keep);
      return new Promise((resolve, reject) => {
        peer.on('open', resolve);
        peer.on('error', error => reject(new Error(error.type)));
      });
    }, {id, path, port: Number(port), ...(token ? {token} : {})});
    return this.id;
  }

  call(other, metadata = {}) {
    return this.run(([id, metadata]) => window.take(window.peer.call(id, window.own, {metadata})), [other.id, metadata]);
  }
  connect(other, options = {}) {
    return this.run(async ([id, options]) => {
      window.keep(window.peer.connect(id, options));
      await new Promise(resolve => window.data.on('open', resolve));
    }, [other.id, options]);
  }
  say(what) { return this.run(what => window.data.send(what), what); }
  /// Once peerjs has been through this state or told of this fault.
  went(state) { return this.has('states', state); }
  faulted(type) { return this.has('faults', type); }
  has(list, one) {
    return eventually(`${this.name} has ${one} among their ${list}`,
                      () => this.run(([list, one]) => window[list].includes(one), [list, one]), 30);
  }
  forget() { return this.run(() => window.states.length = window.faults.length = 0); }

  /// Once picture and sound of the other one have arrived: what was received by then.
  sees() {
    return eventually(`${this.name} sees and hears`, async () => {
      const got = await this.visitor.received();
      return got.frames >= 10 && got.audio >= 10 && got;
    }, 30);
  }
  async seesMore() {
    const {frames} = await this.visitor.received();
    await eventually(`${this.name} still sees`, async () => (await this.visitor.received()).frames >= frames + 10, 30);
  }
  leave() { return this.visitor.leave(); }
}
const pair = (...names) => Promise.all(names.map((name, i) => Person.in(browsers[i], name)));
const part = (...people) => Promise.all(people.map(each => each.leave()));

async function seeEachOther(...people) {
  for (const each of people) {
    const got = await each.sees();
    assert.ok(got.width >= 160 && got.height >= 90, `${each.name}: ${JSON.stringify(got)}`);
  }
}

for (const path of ['/', '/peerjs'])
  test(`two browsers call each other under the path ${path}, until one hangs up`, async () => {
    const [ada, bob] = await pair('Ada', 'Bob');
    await ada.reachable({path}); // the server gives the id
    assert.equal(await bob.reachable({id: `bob${path.length}`, path}), `bob${path.length}`);
    assert.match(ada.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const there = await ada.run(() => new Promise(resolve => window.peer.listAllPeers(resolve)));
    assert.ok(there.includes(ada.id) && there.includes(bob.id), String(there));

    await ada.call(bob, {name: 'Ada', video: true});
    await seeEachOther(ada, bob);
    assert.deepEqual(await bob.run(() => [window.call.peer, window.call.metadata]), [ada.id, {name: 'Ada', video: true}]);
    await ada.run(() => window.call.close());
    await bob.went('hung up');

    await bob.call(ada); // and again, the other way round
    await seeEachOther(ada, bob);
    for (const each of [ada, bob]) each.visitor.wasContent();
    await part(ada, bob);
  });

for (const serialization of ['binary', 'json'])
  test(`two browsers open a data connection and tell each other things (${serialization})`, async () => {
    const [cleo, dan] = await pair('Cleo', 'Dan');
    await cleo.reachable();
    await dan.reachable({path: '/peerjs'}); // both paths lead to the same peers
    await cleo.connect(dan, {serialization, metadata: {why: 'to talk'}});
    await cleo.say({text: 'Hello Dan', list: [1, 2.5, null, true]});
    await eventually('Dan was told', () => dan.run(() => window.told.length === 1));
    assert.deepEqual(await dan.run(() => [window.data.metadata, window.told[0]]),
                     [{why: 'to talk'}, {text: 'Hello Dan', list: [1, 2.5, null, true]}]);
    await dan.say('Hello Cleo');
    await cleo.has('told', 'Hello Cleo');
    for (const each of [cleo, dan]) each.visitor.wasContent();
    await part(cleo, dan);
  });

test('an id that somebody signed in holds is theirs, on any device and when they are away', async () => {
  const eve = await server.signUp('Eve'), frank = await server.signUp('Frank');
  const [first, other] = await pair('Eve', 'somebody else');
  const taken = {message: /unavailable-id/};
  for (const id of ['eves-desk', eve.user.id]) {
    await first.reachable({id, token: eve.token});
    await assert.rejects(other.reachable({id}), taken); // a guest
    await assert.rejects(other.reachable({id, token: frank.token}), taken);
    await first.run(() => window.peer.destroy());
    await assert.rejects(other.reachable({id}), taken);
    await assert.rejects(other.reachable({id, token: frank.token}), taken);
    assert.equal(await other.reachable({id, token: eve.token}), id); // her other device
    await other.run(() => window.peer.destroy());
  }
  await part(first, other);
});

test("a guest's id is theirs while they are there, and free when they have gone", async () => {
  const [gus, hana] = await pair('Gus', 'Hana');
  await gus.reachable({id: 'a-desk'});
  await assert.rejects(hana.reachable({id: 'a-desk'}), /unavailable-id/);
  await gus.leave();
  await eventually('the id is free', async () => !(await (await fetch(`${server.url}/peerjs/peers`)).json()).includes('a-desk'));
  assert.equal(await hana.reachable({id: 'a-desk'}), 'a-desk');
  await hana.leave();
});

test('who calls somebody who is not there is told so', async () => {
  const [ida, jan] = await pair('Ida', 'Jan');
  await ida.reachable();
  await ida.call({id: 'nobody'});
  await ida.faulted('peer-unavailable');
  jan.id = 'jan-comes-late';
  await ida.call(jan); // who is a moment late is not missed
  await jan.reachable({id: jan.id});
  await seeEachOther(ida, jan);
  await part(ida, jan);
});

test('a call outlives its dropped signaling; peers come back by reconnecting, under their ids, and are called again', async () => {
  const [kay, lou] = await pair('Kay', 'Lou');
  const ids = [await kay.reachable({id: 'kay'}), await lou.reachable()];
  await kay.call(lou);
  await seeEachOther(kay, lou);
  for (const [what, drop, restore] of [
    ['the sockets break', () => line.cut(), () => line.live()],
    ['the server is killed', () => server.kill9(), () => server.launch()],
  ]) {
    for (const each of [kay, lou]) await each.forget();
    await drop();
    for (const each of [kay, lou]) await each.went('disconnected');
    for (const each of [kay, lou]) await each.seesMore();
    await restore();
    for (const each of [kay, lou]) {
      await each.run(() => window.peer.reconnect());
      await each.went('open');
    }
    assert.deepEqual(await Promise.all([kay, lou].map(each => each.run(() => window.peer.id))), ids, what);
    await lou.run(() => window.call.close());
    await kay.went('hung up');
    await lou.call(kay);
    await seeEachOther(kay, lou);
  }
  await part(kay, lou);
});
