// A tenant with require, on the oldest Node that the package takes.
const assert = require('node:assert/strict');
const { test } = require('node:test');
const { start } = require('mockauth0');

test(`a tenant starts with require, on Node ${process.version}`, async () => {
  const auth = await start({ seed: 'shop', fixture: { extends: 'default', users: [{ email: 'grace@example.com' }] } });
  assert.equal((await auth.tokens('grace@example.com')).claims.email, 'grace@example.com');
  assert.equal(auth.env('vite').VITE_AUTH0_CLIENT_ID, 'acme-spa');
  const failure = await auth.inject({ name: 'mine', rules: [{ id: 'one', when: { endpoint: 'oauth.token' }, then: { respond: { status: 418 } } }] });
  await assert.rejects(auth.tokens('grace@example.com'), { name: 'ControlError', status: 418 });
  assert.equal(await failure.fired(), 1);
  assert.match(await auth.report(), /scenarios: 1\n {2}mine\/one/);
  await auth.stop();
  await assert.rejects(fetch(auth.url));
  await assert.rejects(start({ fixture: 'no-such' }), /--fixture no-such: there is no such file/);
});
