// Each member does what the guide says of it.
const assert = require('node:assert/strict');
const { createPublicKey, verify } = require('node:crypto');
const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const https = require('node:https');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { start } = require('mockauth0');

const folder = mkdtempSync(path.join(tmpdir(), 'mockauth0-ca-'));
let auth;
before(async () => { auth = await start({ clock: new Date('2030-01-01T00:00:00Z'), env: { MOCKAUTH0_TLS_DIR: folder } }); });
after(() => auth.stop().then(() => rmSync(folder, { recursive: true })));

const send = (email, how) => auth.control('POST', '/passwordless/start', {
  body: { client_id: auth.clientId, client_secret: auth.clientSecret, connection: 'email', email, send: how },
});

test('tlsUrl answers who trusts caPath', async () => {
  const options = { ca: readFileSync(auth.caPath), agent: false };
  const answer = await new Promise((resolve, reject) => https.get(`${auth.tlsUrl}/_mock/health`, options, resolve).on('error', reject));
  assert.equal(answer.statusCode, 200);
  answer.resume();
  assert.equal(auth.env().NODE_EXTRA_CA_CERTS, auth.caPath);
  assert.equal(path.dirname(auth.env('go').SSL_CERT_FILE), folder);
});

test('messages are found, and waited for', async () => {
  await send('ada@example.com', 'code');
  const since = await auth.cursor();
  const waits = auth.message('late+1@example.com', { since });
  await send('late+1@example.com', 'link');
  assert.equal((await waits).to, 'late+1@example.com');
  assert.match(await auth.link('late+1@example.com'), new RegExp(`^${auth.url}/passwordless/verify_redirect\\?`));
  assert.deepEqual((await auth.messages({ to: 'ada@example.com' })).map(({ to }) => to), ['ada@example.com']);
  assert.deepEqual((await auth.messages({ since })).map(({ to }) => to), ['late+1@example.com']);
  await auth.expire('ada@example.com');
  await assert.rejects(auth.otp('ada@example.com', { wait: '0s' }), /no live code/);
  for (const one of ['otp', 'link', 'message']) await assert.rejects(auth[one](undefined), /the recipient is undefined; give an e-mail address or a phone number/);
});

test('any user gets tokens', async () => {
  for (const [user, sub] of [['ada@example.com', /^email/], ['+12025550101', /^sms/], ['dora@example.com', /^auth0/], ['new@example.com', /^email/]]) {
    assert.match((await auth.tokens(user)).claims.sub, sub);
  }
  assert.equal((await auth.addUser({ email: 'mary@example.com', name: 'Mary' })).name, 'Mary');
  assert.equal((await auth.tokens('mary@example.com')).claims.name, 'Mary');
});

test('a token of the test is signed by the key of the tenant, or by one that an app must refuse', async () => {
  const { keys } = await auth.control('GET', '/.well-known/jwks.json');
  const isGood = (token) => {
    const [header, claims, signature] = token.split('.');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url'));
    const key = createPublicKey({ key: keys.find((one) => one.kid === kid), format: 'jwk' });
    return verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'));
  };
  assert.deepEqual([await auth.mint({ sub: 'ada' }), await auth.forge({ sub: 'ada' })].map(isGood), [true, false]);
});

test('a failure ends with remove, and all that happened with reset', async () => {
  const failure = await auth.inject('rate-limited');
  await assert.rejects(auth.tokens('ada@example.com'), { status: 429 });
  await failure.remove();
  await auth.tokens('ada@example.com');
  const other = await auth.addTenant('other', { seed: 'shop' });
  assert.equal(other.caPath, auth.caPath);
  assert.ok((await auth.requests()).length > 0);
  await auth.advance(60);
  await auth.reset();
  assert.deepEqual([await auth.requests(), await auth.messages(), (await auth.now()).toISOString()], [[], [], '2030-01-01T00:00:00.000Z']);
});
