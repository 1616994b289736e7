// A container of the image, which .ci/image builds.
const assert = require('node:assert/strict');
const { existsSync, readFileSync } = require('node:fs');
const https = require('node:https');
const { test } = require('node:test');
const { MockAuth0Container } = require('mockauth0/testcontainers');

test('a container has tenants, a fixture, mail and https', async () => {
  const container = await new MockAuth0Container().withFixture('mockauth0.yaml').withTenants(2).start();
  const { auth } = container; // has the members below
  const other = await container.tenant(1);
  assert.equal(auth.issuer, `${auth.url}/`);
  assert.equal((await other.tokens('grace@example.com')).claims.iss, `${other.url}/`);
  assert.deepEqual(await auth.messages(), []);
  assert.match(container.smtpAddress, /:\d+$/);
  assert.equal((await fetch(`${container.mailApiUrl}/api/v2/messages`)).status, 200);
  assert.equal(auth.env().NODE_EXTRA_CA_CERTS, auth.caPath);
  const options = { ca: readFileSync(auth.caPath), agent: false };
  const answer = await new Promise((resolve, reject) => https.get(`${auth.tlsUrl}/_mock/health`, options, resolve).on('error', reject));
  assert.equal(answer.statusCode, 200);
  answer.resume();
  await container.stop();
  assert.equal(existsSync(auth.caPath), false);
});

test('a container has failures and a clock', async () => {
  const container = await new MockAuth0Container().withClock('2030-01-01T00:00:00Z').withScenario('first-code-lost.yaml', 'sms-lost').start();
  assert.equal((await container.auth.now()).getUTCFullYear(), 2030);
  const { items } = await container.auth.control('GET', '/_mock/scenarios');
  assert.deepEqual(items.map(({ name }) => name), ['first-code-lost', 'sms-lost']);
  await container.stop();
});

test('what is wrong with the options is said by the log', async () => {
  await assert.rejects(new MockAuth0Container().withScenario('rate-limted').start(), /did you mean "rate-limited"\?/);
});
