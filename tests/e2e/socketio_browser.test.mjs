// The published socket.io-client in a real browser, from a page of another origin: all three ways of transport, and a
// network that goes dead for a while.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import {after, before, test} from 'node:test';
import {launch} from './support/browser.mjs';
import {Line} from './support/line.mjs';
import {Server, eventually} from './support/server.mjs';

const library = fs.readFileSync(new URL('./node_modules/socket.io-client/dist/socket.io.min.js', import.meta.url));

let site, server, browser;

/// A front end's own server: an empty page, and the client library.
function serveSite() {
  const made = http.createServer((request, response) => {
    const isLibrary = request.url === '/socket.io.js';
    response.writeHead(200, {'content-type': isLibrary ? 'text/javascript' : 'text/html'});
    response.end(isLibrary ? library : '<!doctype html><title>chat</title><script src="/socket.io.js"></script>');
  });
  return new Promise(resolve => made.listen(0, '127.0.0.1', () => resolve(made)));
}

/// A person at that page: in a room, and everything heard there in `heard`.
async function visitor(url, transports, room) {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${site.address().port}/`);
  await page.evaluate(([url, transports, room]) => {
    window.heard = [];
    window.recoveries = [];
    window.socket = io(url, {transports, withCredentials: true, reconnectionDelay: 50, reconnectionDelayMax: 200});
    socket.on('message-received', message => heard.push(message.text));
    socket.on('connect', () => recoveries.push(socket.recovered));
    return new Promise((resolve, reject) => {
      socket.on('connect_error', reject);
      socket.emit('join-room', {roomId: room}, resolve);
    });
  }, [url, transports, room]);
  return {
    page,
    say: text => page.evaluate(([room, text]) => new Promise(resolve => socket.emit('send-message', {roomId: room, text}, resolve)),
                               [room, text]),
    heard: () => page.evaluate(() => window.heard),
    transport: () => page.evaluate(() => socket.io.engine.transport.name),
  };
}

before(async () => {
  site = await serveSite();
  server = await Server.start({
    database: false,
    flags: ['--auth-cors-origins', `http://127.0.0.1:${site.address().port}`],
  });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  site.close();
  await server.stop();
});

for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']])
  test(`two browsers chat over ${transports.join(', then ')}`, async () => {
    const room = transports.join('-');
    const [ann, ben] = [await visitor(server.url, transports, room), await visitor(server.url, transports, room)];
    await eventually('the transport is the wanted one', async () => await ann.transport() === transports.at(-1));
    await ann.say('Hello');
    await ben.say('Hello yourself');
    for (const one of [ann, ben])
      await eventually('both were heard', async () => (await one.heard()).join() === 'Hello,Hello yourself');
    await Promise.all([ann.page.close(), ben.page.close()]);
  });

test('a network that goes dead and comes back costs nothing', async () => {
  const line = await Line.to(server);
  const ann = await visitor(line.url, ['websocket'], 'dead-air');
  const ben = await visitor(server.url, ['websocket'], 'dead-air');
  await ben.say('before');
  await eventually('it was heard', async () => (await ann.heard()).length === 1);
  line.cut();
  for (let i = 0; i < 10; ++i) await ben.say(`while away ${i}`);
  line.live();
  await ben.say('after');
  await eventually('the last was heard', async () => (await ann.heard()).at(-1) === 'after');
  assert.deepEqual(await ann.heard(), ['before', ...Array.from({length: 10}, (_, i) => `while away ${i}`), 'after']);
  assert.deepEqual(await ann.page.evaluate(() => recoveries), [false, true]);
  await line.close();
});
