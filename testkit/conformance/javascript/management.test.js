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

test('node-auth0: Actions', async () => {
  const { actions } = management;
  const code = 'exports.onExecuteCredentialsExchange = async (event, api) => api.accessToken.setCustomClaim("https://acme.test/by", event.client.name)';
  const made = await actions.create({ name: 'by', supported_triggers: [{ id: 'credentials-exchange', version: 'v2' }], code });
  assert.equal((await actions.get(made.id)).status, 'built');
  const version = await actions.deploy(made.id);
  await actions.triggers.bindings.updateMany('credentials-exchange', { bindings: [{ ref: { type: 'action_name', value: 'by' }, display_name: 'by' }] });

  const robot = new AuthenticationClient({ domain, clientId: 'acme-m2m', clientSecret: 'acme-m2m-secret' });
  const by = async () => {
    const { data } = await robot.oauth.clientCredentialsGrant({ audience: 'https://api.acme.test/' });
    return JSON.parse(Buffer.from(data.access_token.split('.')[1], 'base64url'))['https://acme.test/by'];
  };
  const name = (await management.clients.get('acme-m2m')).name;
  assert.equal(await by(), name);

  const { payload } = await actions.test(made.id, { payload: { event: { client: { name: 'Somebody' } } } });
  assert.deepEqual(payload.commands, [{ call: 'accessToken.setCustomClaim', args: ['https://acme.test/by', 'Somebody'] }]);
  await actions.update(made.id, { code: code.replace('event.client.name', '"nobody"') });
  assert.equal(await by(), name, 'a draft does not run');
  await actions.deploy(made.id);
  assert.equal(await by(), 'nobody');
  await actions.versions.deploy(made.id, version.id);
  assert.equal(await by(), name);
  const versions = [];
  for await (const one of await actions.versions.list(made.id)) versions.push(one.number);
  assert.deepEqual(versions, [3, 2, 1]);

  const bound = [];
  for await (const one of await actions.triggers.bindings.list('credentials-exchange')) bound.push(one.display_name);
  assert.deepEqual(bound, ['by']);
  await assert.rejects(actions.delete(made.id), /409/);
  await actions.delete(made.id, { force: true });
  assert.equal(await by(), undefined);
  await assert.rejects(actions.get(made.id), /That action does not exist/);
});
