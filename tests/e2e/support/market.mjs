// The market as its tests use it, over REST: deposits by an operator, wallets, listings and purchases.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';

/// Runs the operator's tool to its end: {code, stdout, stderr}.
export const parley = (...args) => new Promise(resolve => {
  execFile(process.env.TEST_PARLEY, args, {maxBuffer: 64 * 1024 * 1024},
           (error, stdout, stderr) => resolve({code: error ? error.code : 0, stdout, stderr}));
});

export class Market {
  /// `operator` is the token of who may deposit, or a key.
  constructor(server, operator) {
    this.server = server;
    this.operator = operator;
  }
  /// The same with a key made for it.
  static async open(server) {
    const made = await parley('admin', 'key', 'create', 'bank', '--role', 'operator', '--data', server.data);
    assert.equal(made.code, 0, made.stderr);
    return new Market(server, made.stdout.trim());
  }

  deposit(to, amountMinor, more = {}, options = {}) {
    const body = {userId: to.user.id, amountMinor, currency: 'EUR', ...more};
    return this.server.post('/api/wallet/deposits', body, {token: this.operator, ...options});
  }
  /// As it stands once it has everything up to `position`, a `Parley-Position`.
  async wallet(who, position) {
    const headers = position ? {'parley-after': position} : {};
    const answer = await this.server.get('/api/wallet', {token: who.token, headers});
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  }
  async offer(seller, more = {}) {
    const body = {title: 'Lamp', description: 'Bright.', priceMinor: 400, currency: 'EUR', stock: 3, ...more};
    const answer = await this.server.post('/api/marketplace/listings', body, {token: seller.token});
    assert.equal(answer.status, 201, answer.text);
    return answer.json;
  }
  buy(buyer, listing, body = {}, headers = {}) {
    return this.server.post(`/api/marketplace/listings/${listing.id}/purchase`, body, {token: buyer.token, headers});
  }
  /// What the tool says beside the server, or without it; fails when the books do not add up.
  async verifyBooks() {
    const {code, stdout, stderr} = await parley('ledger', 'verify', '--data', this.server.data);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /the books add up/);
    return stdout;
  }
}
