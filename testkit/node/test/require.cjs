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

test('a tenant beside another, and a session without a page', async () => {
  const auth = await start({ client: 'mine:secret' });
  assert.equal(auth.env().AUTH0_CLIENT_ID, 'mine');
  const heir = await auth.addTenant('w2');
  assert.equal(heir.env().AUTH0_CLIENT_ID, 'mine');
  const own = await auth.addTenant('w3', { fixture: { extends: 'default', users: [{ email: 'grace@example.com' }] }, seed: 'shop' });
  assert.equal(own.env().MOCKAUTH0_URL, own.url);
  assert.equal(own.env().AUTH0_CLIENT_ID, 'acme-web');
  await own.advance('1h');
  const { cookies, origins, tokens } = await own.session('new@example.com', { clientId: 'acme-web', scope: 'openid', mfa: true, ttl: '1h' });
  assert.deepEqual([origins, tokens.scope], [[], 'openid']);
  const login = await fetch(`${own.url}/authorize?client_id=acme-web&response_type=code&redirect_uri=http://localhost:3000/cb`, {
    redirect: 'manual', headers: { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') },
  });
  assert.match(login.headers.get('location'), /^http:\/\/localhost:3000\/cb\?code=/);
  await assert.rejects(own.session('nobody@example.com', { create: false }), /there is no user "nobody@example.com"/);
  await own.stop();
  await own.stop();
  assert.deepEqual((await auth.control('GET', '/_mock/tenants')).items.map((one) => one.name), ['default', 'w2']); // its port may be another's by now
  await assert.rejects(auth.addTenant('w4', { clientId: 'nobody' }), /there is no client nobody/);
  assert.equal((await auth.control('GET', '/_mock/tenants')).items.length, 2);
  assert.deepEqual(await auth.requests(), []);
  await auth.stop();
});
