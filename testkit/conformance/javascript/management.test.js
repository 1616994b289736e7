// npm auth0: its ManagementClient and its AuthenticationClient work on one state.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthenticationClient, ManagementClient } from 'auth0';
import { audience, client, code, domain } from './mock.js';

const management = new ManagementClient({ domain, clientId: 'acme-m2m', clientSecret: 'acme-m2m-secret' });
const auth = new AuthenticationClient(client);

test('node-auth0: a back end creates a user, who signs in', async () => {
  const email = 'node-management@example.com';
  const created = await management.users.create({ connection: 'email', email, app_metadata: { plan: 'free' } });
  await assert.rejects(management.users.create({ connection: 'email', email }), (e) => {
    assert.equal(e.statusCode, 409);
    assert.equal(e.body.message, 'The user already exists.');
    return true;
  });

  await auth.passwordless.sendEmail({ email, send: 'code' });
  const login = await auth.passwordless.loginWithEmail({ email, code: await code(email), audience, scope: 'openid offline_access' });

  const page = await management.users.list({ q: `email:"${email}"`, search_engine: 'v3' });
  assert.equal(page.data.length, 1);
  assert.equal(page.data[0].user_id, created.user_id);
  assert.equal(page.data[0].logins_count, 1);
  assert.equal((await management.users.listUsersByEmail({ email })).length, 1);

  const refreshTokens = await management.users.refreshToken.list(created.user_id);
  assert.equal(refreshTokens.data.length, 1);
  await management.users.update(created.user_id, { blocked: true, app_metadata: { seats: 3 } });
  assert.deepEqual((await management.users.get(created.user_id)).app_metadata, { plan: 'free', seats: 3 });
  await assert.rejects(auth.oauth.refreshTokenGrant({ refresh_token: login.data.refresh_token }), (e) => e.error_description === 'user is blocked');
  await management.users.delete(created.user_id);
  await assert.rejects(management.users.get(created.user_id), (e) => e.statusCode === 404);
});

test('node-auth0: clients, connections, APIs and grants', async () => {
  const made = await management.clients.create({ name: 'Node robot', app_type: 'non_interactive', grant_types: ['client_credentials'] });
  const api = await management.resourceServers.create({ identifier: 'https://node.books.test/', scopes: [{ value: 'read:books' }] });
  const grant = await management.clientGrants.create({ client_id: made.client_id, audience: api.identifier, scope: ['read:books'] });
  const robot = new AuthenticationClient({ domain, clientId: made.client_id, clientSecret: made.client_secret });
  const { data } = await robot.oauth.clientCredentialsGrant({ audience: api.identifier });
  assert.equal(data.scope, 'read:books');

  const names = [];
  for await (const connection of await management.connections.list({ strategy: ['email', 'sms'] })) names.push(connection.name);
  assert.deepEqual(names.slice(0, 2), ['email', 'sms']);
  const grants = await management.clientGrants.list({ client_id: made.client_id });
  assert.deepEqual(grants.data.map((g) => g.id), [grant.id]);
  await management.clients.rotateSecret(made.client_id);
  await assert.rejects(robot.oauth.clientCredentialsGrant({ audience: api.identifier }));
  await management.resourceServers.delete(api.id);
  await management.clients.delete(made.client_id);
});
