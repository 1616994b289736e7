// npm openid-client, which knows the device flow. It waits on at 403
// authorization_pending, and longer at 429 slow_down.

import assert from 'node:assert/strict';
import test from 'node:test';
import * as client from 'openid-client';
import { answerDevice, client as settings } from './mock.js';

// begin begins the login of a device. statuses are those of its polls.
async function begin() {
  const statuses = [];
  const config = await client.discovery(new URL(`https://${settings.domain}/`), 'acme-native', undefined, client.None());
  config[client.customFetch] = async (url, options) => {
    const response = await fetch(url, options);
    if (url.endsWith('/oauth/token')) statuses.push(response.status);
    return response;
  };
  const device = await client.initiateDeviceAuthorization(config, { scope: 'openid email offline_access' });
  assert.equal(device.interval, 5);
  assert.equal(device.expires_in, 900);
  device.interval = 0.1; // sooner than the tenant allows
  return { config, device, statuses };
}

test('a device polls too fast, slows down, and gets its tokens', async () => {
  const { config, device, statuses } = await begin();
  const polled = client.pollDeviceAuthorizationGrant(config, device);
  while (!statuses.includes(429)) await new Promise((done) => setTimeout(done, 20));
  await answerDevice(device.user_code, { user: 'ada@example.com', answer: 'approve' });
  const tokens = await polled;
  assert.deepEqual(statuses, [403, 429, 200]);
  assert.equal(tokens.claims().email, 'ada@example.com');
  assert.ok(tokens.refresh_token);
});

test('a device is denied', async () => {
  const { config, device } = await begin();
  await answerDevice(device.user_code, { answer: 'deny' });
  await assert.rejects(client.pollDeviceAuthorizationGrant(config, device), (e) => {
    assert.deepEqual([e.status, e.error, e.error_description], [403, 'access_denied', 'User cancelled the confirmation prompt.']);
    return true;
  });
});

test('an app without the grant', async () => {
  const config = await client.discovery(new URL(`https://${settings.domain}/`), 'acme-spa', undefined, client.None());
  await assert.rejects(client.initiateDeviceAuthorization(config, {}), (e) => e.status === 403 && e.error === 'unauthorized_client');
});
