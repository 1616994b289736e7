// The options of a container. Without an engine there is no more to see of them.
const assert = require('node:assert/strict');
const { test } = require('node:test');
const { MockAuth0Container } = require('mockauth0/testcontainers');

test('the container has the options of the Go module', () => {
  const container = new MockAuth0Container()
    .withSeed('shop').withClock(new Date(0)).withIssuer('http://mock:2884/').withFixtureYAML('version: 1').withFixture('mine.yaml')
    .withScenario('slow', 'lost.yaml').withScenario('sms-lost').withTLSHosts('mock').withTLSHosts('other').withTenants(3);
  const environment = {
    MOCKAUTH0_SEED: 'shop', MOCKAUTH0_CLOCK: '1970-01-01T00:00:00.000Z', MOCKAUTH0_ISSUER: 'http://mock:2884/',
    MOCKAUTH0_FIXTURE_YAML: 'version: 1', MOCKAUTH0_SCENARIO: 'slow,/etc/mockauth0/scenario-1.yaml,sms-lost',
    MOCKAUTH0_TLS_HOST: 'mockauth0,mock,other', MOCKAUTH0_TENANTS: '3',
  };
  assert.deepEqual(container.environment, environment);
  assert.deepEqual([...container.createOpts.Env].sort(), Object.entries(environment).map(([name, value]) => `${name}=${value}`).sort());
  assert.deepEqual(container.exposedPorts, [2884, 1025, 8025, 2885, 2886]);
  assert.deepEqual(container.filesToCopy, [
    { source: 'mine.yaml', target: '/etc/mockauth0/mockauth0.yaml', mode: 0o644 },
    { source: 'lost.yaml', target: '/etc/mockauth0/scenario-1.yaml', mode: 0o644 },
  ]);
});
