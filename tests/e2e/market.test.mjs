// The market and its money: deposits, listings, purchases that are paid once, and books that add up whatever dies.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {Market, parley} from './support/market.mjs';
import {Server, eventually} from './support/server.mjs';

let server, market, teller, ann, ben;
const deposit = (...args) => market.deposit(...args);
const wallet = (...args) => market.wallet(...args);
const offer = (...args) => market.offer(...args);
const buy = (...args) => market.buy(...args);

before(async () => {
  server = await Server.start();
  teller = await server.signUp('Teller');
  const granted = await parley('admin', 'grant', 'operator', teller.user.id, '--data', server.data);
  assert.equal(granted.code, 0, granted.stderr);
  market = new Market(server, teller.token);
  ann = await server.signUp('Ann');
  ben = await server.signUp('Ben');
});
after(() => server.stop());

describe('a wallet', () => {
  test('is empty at first, in euros', async () => {
    const {balanceMinor, heldMinor, availableMinor, currency, balances} = await wallet(ben);
    assert.deepEqual({balanceMinor, heldMinor, availableMinor, currency, balances},
                     {balanceMinor: 0, heldMinor: 0, availableMinor: 0, currency: 'EUR', balances: []});
  });

  test('is filled by a deposit, once for its id', async () => {
    const first = await deposit(ben, 1000, {id: 'bank-1'});
    assert.equal(first.status, 201, first.text);
    assert.equal(first.json.amountMinor, 1000);
    const again = await deposit(ben, 1000, {id: 'bank-1'});
    assert.equal(again.status, 201, again.text);
    assert.deepEqual(again.json, first.json);
    const other = await deposit(ben, 1001, {id: 'bank-1'});
    assert.equal(other.status, 409);
    assert.equal(other.json.code, 'conflict');
    const elsewhere = await deposit(ben, 1000, {id: 'bank-1', currency: 'USD'});
    assert.equal(elsewhere.status, 409);
    const there = await wallet(ben, first.headers.get('parley-position'));
    assert.equal(there.balanceMinor, 1000);
    assert.deepEqual(there.balances.map(b => b.currency), ['EUR']);
  });

  test('is filled once by a deposit that is sent twice with one key', async () => {
    const headers = {'idempotency-key': 'deposit-key-of-the-teller'};
    const first = await deposit(ann, 50, {}, {headers}), again = await deposit(ann, 50, {}, {headers});
    assert.equal(first.status, 201, first.text);
    assert.equal(again.json.id, first.json.id);
    assert.equal((await wallet(ann, again.headers.get('parley-position'))).balanceMinor, 50);
  });

  for (const [what, body, status, code] of [
    ['nothing', {amountMinor: 0}, 422, 'invalid'],
    ['less than nothing', {amountMinor: -5}, 422, 'invalid'],
    ['a part of a cent', {amountMinor: 1.5}, 400, 'malformed'],
    ['text', {amountMinor: '5'}, 400, 'malformed'],
    ['more than 64 bits', {amountMinor: 1e30}, 400, 'malformed'],
    ['more than anybody moves', {amountMinor: 1_000_000_000_001}, 422, 'invalid'],
    ['no currency', {currency: undefined}, 400, 'malformed'],
    ['a currency that is none', {currency: 'EURO'}, 422, 'wrong_currency'],
    ['a currency in lower case', {currency: 'eur'}, 422, 'wrong_currency'],
    ['nobody', {userId: 'u_nobody'}, 404, 'user_not_found'],
    ['an id of control characters', {userId: 'u\u0001'}, 404, 'user_not_found'],
  ])
    test(`is not filled with ${what}`, async () => {
      const answer = await deposit(ben, 5, body);
      assert.equal(answer.status, status, answer.text);
      assert.equal(answer.json.code, code);
    });

  test('and its transactions are shown to nobody else', async () => {
    assert.equal((await server.get('/api/wallet')).status, 401);
    assert.equal((await server.get('/api/transactions')).status, 401);
    const foreign = await server.get(`/api/transactions?userId=${ben.user.id}`, {token: ann.token});
    assert.equal(foreign.status, 403);
  });
});

describe('a listing', () => {
  test('is offered, found, changed and closed', async () => {
    const lamp = await offer(ann, {title: 'Unique lamp'});
    assert.equal(lamp.listing.id, lamp.id);
    assert.equal(lamp.sellerId, ann.user.id);
    const one = await server.get(`/api/marketplace/listings/${lamp.id}`, {token: ann.token});
    assert.equal(one.status, 200, one.text);
    assert.equal(one.json.title, 'Unique lamp');
    const tag = one.headers.get('etag');
    const put = (body, headers) => server.request('PUT', `/api/marketplace/listings/${lamp.id}`, {token: ann.token, body, headers});
    const changed = await put({priceMinor: 350}, {'if-match': tag});
    assert.equal(changed.status, 200, changed.text);
    assert.equal(changed.json.priceMinor, 350);
    assert.equal(changed.json.title, 'Unique lamp');
    assert.equal((await put({priceMinor: 300}, {'if-match': tag})).status, 412);
    const foreign = await server.request('PUT', `/api/marketplace/listings/${lamp.id}`, {token: ben.token, body: {priceMinor: 1}});
    assert.equal(foreign.status, 403);
    const seen = await server.get('/api/marketplace/listings?q=unique', {token: ann.token});
    assert.deepEqual(seen.json.map(row => [row.id, row.priceMinor]), [[lamp.id, 350]]);
    assert.equal((await server.request('DELETE', `/api/marketplace/listings/${lamp.id}`, {token: ben.token})).status, 403);
    const closed = await server.request('DELETE', `/api/marketplace/listings/${lamp.id}`, {token: ann.token});
    assert.equal(closed.json.status, 'closed');
    const gone = await server.get('/api/marketplace/listings?q=unique', {token: ann.token});
    assert.deepEqual(gone.json, []);
    const refused = await buy(ben, lamp);
    assert.equal(refused.status, 410);
    assert.equal(refused.json.code, 'listing_closed');
  });

  test('is listed by price, seller, stock and page', async () => {
    const sold = await offer(ben, {title: 'Sold out', priceMinor: 10, stock: 0});
    const cheap = await offer(ben, {title: 'Cheap', priceMinor: 20});
    const dear = await offer(ben, {title: 'Dear', priceMinor: 90_000});
    const list = async query => {
      const answer = await server.get(`/api/marketplace/listings?seller=${ben.user.id}&${query}`, {token: ben.token});
      assert.equal(answer.status, 200, answer.text);
      return {ids: answer.json.map(row => row.id), next: answer.headers.get('link')};
    };
    assert.deepEqual((await list('')).ids, [dear.id, cheap.id, sold.id]);
    assert.deepEqual((await list('inStock=true')).ids, [dear.id, cheap.id]);
    assert.deepEqual((await list('inStock=false')).ids, [sold.id]);
    assert.deepEqual((await list('minPrice=15&maxPrice=100')).ids, [cheap.id]);
    assert.deepEqual((await list('currency=USD')).ids, []);
    const page = await list('limit=2');
    assert.deepEqual(page.ids, [dear.id, cheap.id]);
    const rest = await server.get(/<([^>]+)>/.exec(page.next)[1], {token: ben.token});
    assert.deepEqual(rest.json.map(row => row.id), [sold.id]);
    assert.equal(rest.headers.get('link'), null);
    for (const bad of ['minPrice=x', 'maxPrice=-1', 'inStock=maybe', 'currency=euro', 'limit=0', 'cursor=abc'])
      assert.ok([400, 422].includes((await server.get(`/api/marketplace/listings?${bad}`)).status), bad);
  });

  for (const [what, body, status, code] of [
    ['no title', {title: ' '}, 422, 'invalid'],
    ['a price of nothing', {priceMinor: 0}, 422, 'invalid'],
    ['a price below nothing', {priceMinor: -1}, 422, 'invalid'],
    ['no price', {priceMinor: undefined}, 400, 'malformed'],
    ['a price in words', {priceMinor: 'ten'}, 400, 'malformed'],
    ['a negative stock', {stock: -1}, 422, 'invalid'],
    ['a wrong currency', {currency: 'XXX'}, 422, 'wrong_currency'],
  ])
    test(`is refused with ${what}`, async () => {
      const answer = await server.post('/api/marketplace/listings',
                                       {title: 'x', priceMinor: 5, currency: 'EUR', ...body}, {token: ann.token});
      assert.equal(answer.status, status, answer.text);
      assert.equal(answer.json.code, code);
    });

  test('is offered by nobody who is not signed up', async () => {
    const body = {title: 'x', priceMinor: 5, currency: 'EUR'};
    assert.equal((await server.post('/api/marketplace/listings', body)).status, 401);
    const guest = (await server.post('/api/auth/guest', {name: 'Gil'})).json;
    assert.equal((await server.post('/api/marketplace/listings', body, {token: guest.token})).status, 403);
  });
});

describe('a purchase', () => {
  test('moves the money and the stock, and is seen in both wallets at once', async () => {
    const lamp = await offer(ann);
    const before = {ann: await wallet(ann), ben: await wallet(ben)};
    const bought = await buy(ben, lamp, {quantity: 2, priceMinor: 400, currency: 'EUR'});
    assert.equal(bought.status, 201, bought.text);
    assert.equal(bought.json.status, 'completed');
    assert.equal(bought.json.amountMinor, 800);
    assert.equal((await wallet(ben)).balanceMinor, before.ben.balanceMinor - 800); // its own write
    const position = bought.headers.get('parley-position');
    assert.equal((await wallet(ann, position)).balanceMinor, before.ann.balanceMinor + 800);
    const left = await server.get(`/api/marketplace/listings/${lamp.id}`, {headers: {'parley-after': position}});
    assert.equal(left.json.stock, 1);
    const one = await server.get(bought.headers.get('location'), {token: ben.token});
    assert.equal(one.json.status, 'completed');
    assert.equal(one.json.title, 'Lamp');
    assert.equal((await server.get(bought.headers.get('location'), {token: teller.token})).status, 404);
    const mine = await server.get('/api/marketplace/purchases', {token: ben.token});
    assert.equal(mine.json[0].id, bought.json.id);
    const sales = await server.get('/api/marketplace/purchases?role=seller', {token: ann.token});
    assert.equal(sales.json[0].id, bought.json.id);
  });

  test('is told to the seller, who was not there', async () => {
    const told = await eventually('the seller is notified', async () => {
      const answer = await server.get('/api/notifications', {token: ann.token});
      return answer.json.find(row => row.kind === 'sale');
    });
    assert.ok(told.id);
  });

  test('is in the transactions of both, newest first, a page at a time', async () => {
    const newest = async (who, query = '') => (await server.get(`/api/transactions${query}`, {token: who.token}));
    const [gave] = (await newest(ben)).json, [got] = (await newest(ann)).json;
    assert.deepEqual([gave.type, gave.direction, gave.amountMinor, gave.balanceMinor, gave.counterpartyId],
                     ['purchase', 'debit', 800, 200, ann.user.id]);
    assert.deepEqual([got.type, got.direction, got.amountMinor, got.balanceMinor, got.counterpartyId],
                     ['sale', 'credit', 800, 850, ben.user.id]);
    assert.equal(gave.transferId, got.transferId);
    const first = await newest(ben, '?limit=1');
    const second = await server.get(/<([^>]+)>/.exec(first.headers.get('link'))[1], {token: ben.token});
    assert.deepEqual(second.json.map(row => row.type), ['deposit']);
  });

  test('nobody can pay fails, and leaves stock and money as they were', async () => {
    const lamp = await offer(ann);
    const refused = await buy(ben, lamp);
    assert.equal(refused.status, 409, refused.text);
    assert.equal(refused.json.code, 'insufficient_funds');
    assert.equal((await wallet(ben)).balanceMinor, 200);
    const failed = (await server.get('/api/marketplace/purchases', {token: ben.token})).json[0];
    assert.deepEqual([failed.status, failed.code], ['failed', 'insufficient_funds']);
    const there = await eventually('the stock is back', async () => {
      const row = (await server.get(`/api/marketplace/listings/${lamp.id}`)).json;
      return row.stock === 3 && row;
    });
    assert.equal(there.status, 'open');
  });

  test('that is sent twice with one key is one', async () => {
    await deposit(ben, 1000);
    const lamp = await offer(ann, {priceMinor: 100});
    const headers = {'idempotency-key': 'buy-it-once'};
    const first = await buy(ben, lamp, {}, headers), again = await buy(ben, lamp, {}, headers);
    assert.equal(first.status, 201, first.text);
    assert.equal(again.json.id, first.json.id);
    assert.equal(again.json.status, 'completed');
    assert.equal((await buy(ben, lamp, {quantity: 2}, headers)).status, 422);
    assert.equal((await wallet(ben)).balanceMinor, 1100);
  });

  test('of the last one is made by one of many', async () => {
    const lamp = await offer(ann, {priceMinor: 1, stock: 1});
    const answers = await Promise.all(Array.from({length: 10}, () => buy(ben, lamp)));
    assert.equal(answers.filter(answer => answer.status === 201).length, 1);
    assert.ok(answers.filter(answer => answer.status !== 201).every(answer => answer.json.code === 'out_of_stock'));
  });

  test('is not undone by a seller who adds to the stock meanwhile', async () => {
    const pen = await offer(ann, {priceMinor: 1, stock: 3});
    const change = (method, body, headers) =>
        server.request(method, `/api/marketplace/listings/${pen.id}`, {token: ann.token, body, headers});
    const seen = (await server.get(`/api/marketplace/listings/${pen.id}`, {token: ann.token})).headers.get('etag');
    assert.equal((await buy(ben, pen)).status, 201);
    assert.equal((await change('PUT', {stock: 4}, {'if-match': seen})).status, 412);
    assert.equal((await change('PUT', {stockDelta: 1})).json.code, 'malformed'); // who repeats a PUT adds nothing
    const more = await change('PATCH', {stockDelta: 1});
    assert.equal(more.status, 200, more.text);
    assert.equal(more.json.stock, 3);
    assert.equal((await change('PATCH', {stockDelta: -4})).json.code, 'out_of_stock');
  });

  test('with money for three of them is paid three times of ten', async () => {
    const eve = await server.signUp('Eve');
    await deposit(eve, 35);
    const pen = await offer(ann, {priceMinor: 10, stock: 100});
    const answers = await Promise.all(Array.from({length: 10}, () => buy(eve, pen)));
    assert.equal(answers.filter(answer => answer.status === 201).length, 3);
    assert.ok(answers.filter(answer => answer.status !== 201).every(answer => answer.json.code === 'insufficient_funds'));
    assert.equal((await wallet(eve)).balanceMinor, 5);
  });

  test('that cannot be is refused with its reason', async () => {
    const lamp = await offer(ann);
    for (const [who, body, status, code] of [
      [ann, {}, 403, 'own_listing'], [ben, {quantity: 0}, 422, 'invalid'], [ben, {quantity: -1}, 422, 'invalid'],
      [ben, {quantity: 1.5}, 400, 'malformed'], [ben, {quantity: 4}, 409, 'out_of_stock'],
      [ben, {priceMinor: 399}, 409, 'conflict'], [ben, {currency: 'USD'}, 422, 'wrong_currency'],
      [ben, {quantity: 1e40}, 400, 'malformed'],
    ]) {
      const answer = await buy(who, lamp, body);
      assert.equal(answer.status, status, answer.text);
      assert.equal(answer.json.code, code);
    }
    assert.equal((await buy(ben, {id: 'ls_nothing'})).status, 404);
    assert.equal((await server.post(`/api/marketplace/listings/${lamp.id}/purchase`, {})).status, 401);
  });
});

test('an auditor sees the transactions of others, and of everybody', async () => {
  const aud = await server.signUp('Audrey');
  for (const who of [aud, teller]) // who makes deposits is no auditor of them
    assert.equal((await server.get('/api/transactions?all=true', {token: who.token})).status, 403);
  assert.equal((await server.get('/api/transactions?all=maybe', {token: aud.token})).status, 422);
  const granted = await parley('admin', 'grant', 'auditor', aud.user.id, '--data', server.data);
  assert.equal(granted.code, 0, granted.stderr);
  const bens = await server.get(`/api/transactions?userId=${ben.user.id}`, {token: aud.token});
  assert.equal(bens.status, 200, bens.text);
  assert.ok(bens.json.length > 0 && bens.json.every(row => row.userId === ben.user.id));
  const all = await server.get('/api/transactions?all=true&limit=200', {token: aud.token});
  const sum = all.json.reduce((total, row) => total + (row.direction === 'credit' ? row.amountMinor : -row.amountMinor), 0);
  assert.equal(sum, 0);
  const self = await deposit(ben, 5, {}, {token: ben.token});
  assert.equal(self.status, 403);
});

test('the books add up, as the tool says beside the running server', async () => {
  assert.match(await market.verifyBooks(), /^1 ledgers, /);
});

test('a server that dies while many buy owes nobody anything afterwards', async () => {
  const carl = await server.signUp('Carl');
  assert.equal((await deposit(carl, 100_000)).status, 201);
  const pen = await offer(ann, {title: 'Pen', priceMinor: 10, stock: 500});
  for (let round = 0; round < 3; ++round) {
    const asked = Array.from({length: 40}, () => buy(carl, pen).catch(() => undefined));
    await new Promise(resolve => setTimeout(resolve, 30 * (round + 1)));
    await server.kill9();
    await Promise.all(asked);
    await server.launch();
  }
  const sold = await eventually('every purchase has ended', async () => {
    const rows = [];
    for (let next = '/api/marketplace/purchases?limit=200'; next;) {
      const page = await server.get(next, {token: carl.token});
      if (page.status !== 200) return false;
      rows.push(...page.json);
      next = /<([^>]+)>/.exec(page.headers.get('link') ?? '')?.[1];
    }
    return rows.length > 0 && rows.every(row => row.status !== 'pending') && rows;
  }, 30);
  const paid = sold.filter(row => row.status === 'completed').length;
  assert.equal(paid, sold.length);
  assert.equal((await wallet(carl)).balanceMinor, 100_000 - 10 * paid);
  const left = await server.get(`/api/marketplace/listings/${pen.id}`);
  assert.equal(left.json.stock, 500 - paid);
  await market.verifyBooks();
});

test('a deposit of long ago is still the same deposit after a restart', async () => {
  await server.terminate();
  await server.launch();
  const again = await deposit(ben, 1000, {id: 'bank-1'});
  assert.equal(again.status, 201, again.text);
  assert.equal((await deposit(ben, 999, {id: 'bank-1'})).status, 409);
  await server.terminate();
  await server.verifyLog();
  const records = await server.log();
  assert.equal(records.filter(r => r.type === 'transferred' && r.data.transferId === 'deposit:bank-1').length, 1);
  await server.launch();
});
