// Accounts and tokens, as front ends and attackers meet them.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {Client} from './support/client.mjs';
import {Server, claimsOf, forge, within} from './support/server.mjs';

let server;
before(async () => server = await Server.start({flags: ['--rates-auth-per-address', '1000/10000']}));
after(() => server.stop());

test('register, login and me agree on who somebody is', async () => {
  const ada = await server.signUp('Ada');
  assert.equal(ada.success, true);
  assert.equal(ada.id, ada.user.id);
  assert.equal(ada.email, ada.user.email);
  const login = await server.post('/api/auth/login', {email: ` ${ada.email.toUpperCase()} `, password: ada.password});
  assert.equal(login.status, 200);
  assert.equal(login.json.user.id, ada.id);
  const me = await server.get('/api/auth/me', {token: login.json.token});
  assert.equal(me.status, 200);
  assert.equal((me.json.user ?? me.json).id, ada.id);
  const claims = claimsOf(ada.token);
  assert.equal(claims.sub, ada.id);
  assert.equal(claims.userId, ada.id);
  assert.ok(claims.sid && claims.iss && claims.exp > claims.iat);
});

test('the aliases of sign-up and login serve the same', async () => {
  for (const [up, login] of [['/api/auth/signup', '/api/auth/signin'], ['/auth/signup', '/auth/login']]) {
    const who = {email: `alias-${up.length}@example.org`, password: 'alias likes long passwords', name: 'Alias'};
    assert.equal((await server.post(up, who)).status, 201);
    assert.equal((await server.post(login, who)).status, 200);
  }
});

test('a wrong password and an unknown address are refused alike', async () => {
  const ada = await server.signUp('Ada');
  for (const attempt of [{email: ada.email, password: 'wrong wrong wrong'},
                         {email: 'nobody@example.org', password: ada.password}]) {
    const answer = await server.post('/api/auth/login', attempt);
    assert.equal(answer.status, 401);
    assert.equal(answer.json.error, 'Invalid credentials');
    assert.equal(answer.json.success, false);
    assert.equal(answer.json.code, 'invalid_credentials');
  }
});

test('whoever guesses at an account locks out themselves, not its owner', async () => {
  const ada = await server.signUp('Ada');
  const login = (password, from) => server.postFrom(from, '/api/auth/login', {email: ada.email, password});
  const guesses = [];
  for (let i = 0; i < 30; ++i) guesses.push((await login(`guess number ${i}`, '127.0.0.2')).status);
  assert.equal(guesses[0], 401);
  assert.equal(guesses.at(-1), 429);
  const refused = await login(ada.password, '127.0.0.2');
  assert.equal(refused.status, 429, 'nor do they learn whether they guessed right');
  assert.ok(Number(refused.headers['retry-after']) >= 1);
  for (let i = 0; i < 30; ++i) assert.equal((await login(ada.password, '127.0.0.3')).status, 200);
});

test('where the owner signed in lately they still get in when guesses from everywhere use up the account', async () => {
  const strict = await Server.start({flags: ['--rates-login-guesses-per-account', '0.001/3'], database: false});
  try {
    const ada = await strict.signUp('Ada');
    const login = async (password, from) =>
      (await strict.postFrom(from, '/api/auth/login', {email: ada.email, password})).status;
    assert.equal(await login(ada.password, '127.0.0.2'), 200);
    for (const from of ['127.0.0.3', '127.0.0.4', '127.0.0.5']) assert.equal(await login('a guess', from), 401);
    assert.equal(await login(ada.password, '127.0.0.6'), 429);
    assert.equal(await login(ada.password, '127.0.0.2'), 200);
    assert.equal(await login('a guess', '127.0.0.3'), 429);
  } finally {
    await strict.stop();
  }
});

test('the networks of one IPv6 site guess as one address', async () => {
  const proxied = await Server.start({flags: ['--trusted-proxies', '127.0.0.2',
                                              '--rates-login-guesses-per-address', '0.001/2'], database: false});
  try {
    const ada = await proxied.signUp('Ada');
    const guess = async from => (await proxied.postFrom('127.0.0.2', '/api/auth/login',
      {email: ada.email, password: 'a guess'}, {'x-forwarded-for': from})).status;
    assert.equal(await guess('2001:db8:1:1::1'), 401);
    assert.equal(await guess('2001:db8:1:2::1'), 401);
    assert.equal(await guess('2001:db8:1:3::1'), 429);
    assert.equal(await guess('2001:db8:2::1'), 401);
  } finally {
    await proxied.stop();
  }
});

test('weak passwords and bad addresses are refused with 422', async () => {
  const weak = await server.post('/api/auth/register', {email: 'weak@example.org', password: 'short'});
  assert.equal(weak.status, 422);
  assert.equal(weak.json.code, 'weak_password');
  const bad = await server.post('/api/auth/register', {email: 'not an address', password: 'a fairly long password'});
  assert.equal(bad.status, 422);
  assert.equal(bad.json.code, 'invalid_email');
});

test('of duplicate sign-ups raced against each other exactly one wins', async () => {
  const race = Array.from({length: 8}, (_, i) => server.post('/api/auth/register', {
    email: i % 2 ? 'Race@Example.org' : 'race@example.org', password: 'racing with long passwords', name: `Racer ${i}`}));
  const answers = await Promise.all(race);
  assert.deepEqual(answers.map(answer => answer.status).sort(), [201, ...Array(7).fill(409)]);
  for (const answer of answers.filter(a => a.status === 409)) assert.equal(answer.json.code, 'email_taken');
});

test('a refresh token rotates, and using an old one revokes the session', async () => {
  const ada = await server.signUp('Ada');
  const client = await Client.connect(server, {token: ada.token});
  const second = await server.post('/api/auth/refresh', {refreshToken: ada.refreshToken});
  assert.equal(second.status, 200, second.text);
  assert.notEqual(second.json.refreshToken, ada.refreshToken);
  assert.equal((await server.get('/api/auth/me', {token: second.json.token})).status, 200);

  const reuse = await server.post('/api/auth/refresh', {refreshToken: ada.refreshToken});
  assert.equal(reuse.status, 401);
  assert.equal(reuse.json.code, 'token_reused');
  const thief = await server.post('/api/auth/refresh', {refreshToken: second.json.refreshToken});
  assert.equal(thief.status, 401, 'the session is gone for both');
  assert.equal((await server.get('/api/auth/me', {token: second.json.token})).status, 401);
  assert.equal((await within(10, 'the WebSocket is cut', client.closed)).code, 4401);
});

test('logout revokes at once, WebSockets of that login too, other devices stay', async () => {
  const ada = await server.signUp('Ada');
  const phone = (await server.post('/api/auth/login', {email: ada.email, password: ada.password})).json;
  const desk = await Client.connect(server, {token: ada.token});
  const mobile = await Client.connect(server, {token: phone.token});
  assert.equal((await server.get('/api/auth/sessions', {token: ada.token})).json.length, 2);
  const out = await server.post('/api/auth/logout', undefined, {token: ada.token});
  assert.ok(out.status === 200 || out.status === 204, out.text);
  assert.equal((await within(10, 'the WebSocket is cut', desk.closed)).code, 4401);
  assert.equal((await server.get('/api/auth/me', {token: ada.token})).status, 401);
  assert.equal((await server.get('/api/auth/me', {token: phone.token})).status, 200);
  await mobile.join('still-here');
  await assert.rejects(Client.connect(server, {token: ada.token}));
  await mobile.close();
});

test('whoever was renamed has the new name on the next connection, with the token of before', async () => {
  const ada = await server.signUp('Ada');
  const before = await Client.connect(server, {token: ada.token});
  await before.join('renamed');
  assert.equal(before.greeting.name, 'Ada');
  assert.equal((await server.get('/api/users/me', {token: ada.token})).json.id, ada.user.id);
  const renamed = await server.request('PATCH', '/api/users/me', {token: ada.token, body: {name: 'Ada L.'}});
  assert.equal(renamed.status, 200, renamed.text);
  const next = await Client.connect(server, {token: ada.token});
  assert.equal(next.greeting.name, 'Ada L.');
  await next.join('renamed');
  assert.equal((await before.next('user-joined')).name, 'Ada L.');
  await next.ask('send-message', {roomId: 'renamed', text: 'It is me'});
  assert.equal((await before.next('message-received')).sender, 'Ada L.');
  await before.close();
  await next.close();
});

test('a guest gets a token with a name, and is a guest on the WebSocket', async () => {
  const guest = await server.post('/api/auth/guest', {name: 'Gustav'});
  assert.equal(guest.status, 201);
  assert.equal(guest.json.user.guest, true);
  const client = await Client.connect(server, {token: guest.json.token});
  assert.equal(client.greeting.guest, true);
  assert.equal(client.greeting.name, 'Gustav');
  assert.equal(client.greeting.userId, guest.json.user.id);
  await client.close();
});

test('forged, expired and alg-swapped tokens open nothing, over REST and WebSocket', async () => {
  const ada = await server.signUp('Ada');
  const claims = claimsOf(ada.token);
  const header = JSON.parse(Buffer.from(ada.token.split('.')[0], 'base64url').toString());
  const past = Math.floor(Date.now() / 1000) - 3600;
  const [head, , signature] = ada.token.split('.');
  const other = Buffer.from(JSON.stringify({...claims, sub: 'u_somebody', userId: 'u_somebody'})).toString('base64url');
  const bad = {
    'another key': forge(header, claims, 'another key of sufficient length, really'),
    'claims changed': `${head}.${other}.${signature}`,
    'alg none': forge({alg: 'none', typ: 'JWT'}, claims),
    'alg None': forge({alg: 'None', typ: 'JWT'}, claims),
    'alg HS512': forge({alg: 'HS512', typ: 'JWT'}, claims),
    expired: forge(header, {...claims, iat: past - 60, exp: past}),
    'no exp': forge(header, {...claims, exp: undefined}),
    'not a token': 'a.b.c',
    'very long': `${head}.${'A'.repeat(6000)}.${signature}`,
  };
  assert.equal((await server.get('/api/auth/me', {token: forge(header, claims)})).status, 200, 'the forge works');
  for (const [what, token] of Object.entries(bad)) {
    const answer = await server.get('/api/auth/me', {token});
    assert.equal(answer.status, 401, what);
    await assert.rejects(Client.connect(server, {token}), `${what}: the WebSocket is refused`);
  }
});

test('the cookie of a login serves too, but not from a foreign page', async () => {
  const ada = await server.signUp('Ada');
  const login = await server.post('/api/auth/login', {email: ada.email, password: ada.password});
  const cookie = login.headers.getSetCookie?.().find(value => value.startsWith('token=')) ?? login.headers.get('set-cookie');
  assert.match(cookie, /HttpOnly/i);
  assert.match(cookie, /SameSite/i);
  const headers = {cookie: cookie.split(';')[0]};
  assert.equal((await server.get('/api/auth/me', {headers})).status, 200);
  const client = await Client.connect(server, {headers});
  assert.equal(client.greeting.userId, ada.id);
  await client.close();
  await assert.rejects(Client.connect(server, {headers: {...headers, origin: 'https://evil.example'}}));
});
