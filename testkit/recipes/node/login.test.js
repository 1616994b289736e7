import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { app, freshRecipient, outbox } from './mock.js';

async function signIn(recipient) {
  const since = await outbox.cursor();
  await app.start(recipient);
  return app.redeem(recipient, await outbox.code(recipient, since));
}

const refused = (error, error_description) => ({ status: 403, body: { error, error_description } });
const late = refused('invalid_grant', 'The verification code has expired. Please try to login again.');
const wrong = refused('invalid_grant', 'Wrong email or verification code.');

test('a code signs in', async () => {
  const recipient = freshRecipient();
  const { body } = await signIn(recipient);

  // As a backend verifies it: by the published keys. Yours has a library for it.
  const [header, claims] = body.id_token.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
  const { keys } = await (await fetch(`${app.issuer}/.well-known/jwks.json`)).json();
  const key = createPublicKey({ key: keys.find(({ kid }) => kid === header.kid), format: 'jwk' });
  const signed = body.id_token.slice(0, body.id_token.lastIndexOf('.'));
  const signature = Buffer.from(body.id_token.slice(signed.length + 1), 'base64url');
  assert.ok(verify('RSA-SHA256', Buffer.from(signed), key, signature));
  assert.equal(claims.iss, `${app.issuer}/`);
  assert.equal(claims.aud, app.clientID);
  assert.equal(claims.email, recipient);
});

test('a wrong code is refused', async () => {
  const recipient = freshRecipient();
  const since = await outbox.cursor();
  await app.start(recipient);
  const code = await outbox.code(recipient, since);
  assert.deepEqual(await app.redeem(recipient, (code[0] === '0' ? '1' : '0') + code.slice(1)), wrong);
  assert.equal((await app.redeem(recipient, code)).status, 200, 'the right one still counts');
});

test('a late code is refused', async () => {
  const recipient = freshRecipient();
  const since = await outbox.cursor();
  await app.start(recipient);
  const code = await outbox.code(recipient, since);
  await outbox.expire(recipient);
  assert.deepEqual(await app.redeem(recipient, code), late);
});

test('a magic link signs in', async () => {
  const recipient = freshRecipient();
  const since = await outbox.cursor();
  await app.start(recipient, { send: 'link' });
  const opened = await fetch(await outbox.link(recipient, since), { redirect: 'manual' });
  const location = new URL(opened.headers.get('location'));
  assert.equal(location.origin + location.pathname, app.callback);
  assert.equal((await app.exchange(location.searchParams.get('code'))).status, 200);
});

// A header makes one request fail: here the first, so that an app may try again.
test('one request fails', async () => {
  const recipient = freshRecipient();
  const first = await app.start(recipient, { headers: { 'X-Mock-Scenario': 'rate-limited' } });
  assert.equal(first.status, 429);
  assert.equal(first.body.error, 'too_many_requests');
  assert.equal((await signIn(recipient)).status, 200);
});

// A magic recipient fails, through any app: no header has to reach the tenant.
test('a recipient fails', async () => {
  const magic = freshRecipient().replace('@', '+mock-otp-expired@');
  assert.deepEqual(await signIn(magic), late);
});
