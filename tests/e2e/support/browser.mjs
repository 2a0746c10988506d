// People at the page: Debian's Chromium, headless, with a camera and a microphone that are not there, driven by
// playwright-core. What the page complains of (an error on the console, a violation of its own policy) fails the test
// that caused it.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import {chromium} from 'playwright-core';

const axe = fs.readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
  '--mute-audio',
  '--disable-features=WebRtcHideLocalIpsWithMdns', // names that only a multicast responder could resolve
];

/// A browser of its own, with a profile of its own (playwright makes it and takes it away).
export function launch() {
  const executablePath = execFileSync('/bin/sh', ['-c', 'command -v chromium'], {encoding: 'utf8'}).trim();
  return chromium.launch({executablePath, args: flags, headless: true});
}

/// What a page has complained of.
function complaintsOf(page) {
  const complaints = [];
  page.on('console', message => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', error => complaints.push(String(error)));
  return complaints;
}

/// Somebody at the page, in a browser context of their own.
export class Visitor {
  /// `url` of the server, or of what stands before it. `options` go to the context.
  static async at(browser, url, {prepare, ...options} = {}) {
    const visitor = new Visitor();
    visitor.context = await browser.newContext({viewport: {width: 1280, height: 800}, ...options});
    visitor.context.setDefaultTimeout(20_000);
    await visitor.context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation',
                                event => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
      // Every peer connection, so that a test can ask for its numbers.
      const Original = window.RTCPeerConnection;
      window.peers = [];
      window.RTCPeerConnection = class extends Original {
        constructor(configuration, ...rest) {
          super({...configuration, ...window.peerConfiguration}, ...rest);
          window.peers.push(this);
        }
      };
    });
    if (prepare) await visitor.context.addInitScript(prepare);
    visitor.page = await visitor.context.newPage();
    visitor.complaints = complaintsOf(visitor.page);
    await visitor.page.goto(url);
    return visitor;
  }

  async signUp(name) {
    this.name = name;
    this.email = `${name.toLowerCase()}-${Math.random().toString(36).slice(2)}@example.org`;
    this.password = `${name} likes long passwords`;
    await this.page.getByLabel('Your name').fill(name);
    await this.page.getByLabel('E-mail address').fill(this.email);
    await this.page.getByLabel('Password').fill(this.password);
    await this.page.getByRole('button', {name: 'Sign up'}).click();
    await this.connected();
  }
  async enterAsGuest(name) {
    this.name = name;
    await this.page.getByRole('radio', {name: 'As a guest'}).check();
    await this.page.getByLabel('Your name').fill(name);
    await this.page.getByRole('button', {name: 'Enter'}).click();
    await this.connected();
  }

  get connection() { return this.page.locator('#connection'); }
  connected() { return this.page.locator('#connection[data-state="connected"]').waitFor(); }
  reconnecting() { return this.page.locator('#connection[data-state="reconnecting"]').waitFor(); }

  /// Goes to a place (room/tea); ready when one is in it.
  async look(place) {
    await this.page.evaluate(key => location.hash = `#/${key}`, place);
    await this.page.locator(`#place[data-place="${place}"][data-is-in="true"]`).waitFor();
  }
  enterRoom(name) { return this.look(`room/${name.toLowerCase()}`); }

  async say(text) {
    await this.page.getByLabel('Your message').fill(text);
    await this.page.getByRole('button', {name: 'Send'}).click();
  }
  /// Waits until the thread shows this message, durable.
  sees(text) { return this.page.locator('.message:not(.pending) .text', {hasText: text}).last().waitFor(); }
  /// The texts of the thread, in the order in which they stand there.
  texts() { return this.page.locator('.message:not(.pending) .text').allTextContents(); }

  async call() {
    await this.page.getByRole('button', {name: 'Call', exact: true}).click();
  }
  callIs(state) { return this.page.locator(`#call[data-state="${state}"]`).waitFor({state: 'attached'}); }
  /// What comes in on the newest peer connection: {frames, width, height, audio}, and by what kind of candidate.
  received() {
    return this.page.evaluate(async () => {
      const report = [...(await window.peers.at(-1).getStats()).values()];
      const video = report.find(each => each.type === 'inbound-rtp' && each.kind === 'video') ?? {};
      const audio = report.find(each => each.type === 'inbound-rtp' && each.kind === 'audio') ?? {};
      const transport = report.find(each => each.type === 'transport');
      const pair = report.find(each => each.id === transport?.selectedCandidatePairId);
      const local = report.find(each => each.id === pair?.localCandidateId);
      return {
        frames: video.framesDecoded ?? 0, width: video.frameWidth ?? 0, height: video.frameHeight ?? 0,
        audio: audio.packetsReceived ?? 0, kind: local?.candidateType, url: local?.url,
      };
    });
  }

  /// Throws unless a screen reader is given what eyes are, by axe-core's rules, and nothing is wider than the window.
  async isAccessible(where) {
    await this.page.evaluate(axe);
    const found = await this.page.evaluate(() => window.axe.run());
    const serious = found.violations.filter(each => ['serious', 'critical'].includes(each.impact));
    assert.deepEqual(serious.map(each => `${where}: ${each.id} ${each.nodes.map(node => node.html).join(' ')}`), []);
    const overflow = await this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(overflow <= 0, `${where} is ${overflow} px too wide`);
  }

  /// Nothing was complained of, but what `allowed` matches.
  wasContent(allowed = /^$/) {
    assert.deepEqual(this.complaints.filter(each => !allowed.test(each)), []);
  }
  async leave() { await this.context.close(); }
}
