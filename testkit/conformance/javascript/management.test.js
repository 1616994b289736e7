// npm auth0: its ManagementClient and its AuthenticationClient work on one state. What
// a back end does with a user is in journey.js.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthenticationClient, ManagementClient } from 'auth0';
import { domain } from './mock.js';

const management = new ManagementClient({ domain, clientId: 'acme-m2m', clientSecret: 'acme-m2m-secret' });

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
