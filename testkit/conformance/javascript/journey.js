// What a back end does with a user, by the ManagementClient of one version of npm
// auth0. Version 7 has no AuthenticationClient any more.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthenticationClient } from 'auth0';
import { audience, client, code, domain, message } from './mock.js';

export function journey(name, ManagementClient) {
  const management = new ManagementClient({ domain, clientId: 'acme-m2m', clientSecret: 'acme-m2m-secret' });
  const auth = new AuthenticationClient(client);
  const email = `${name}-journey@example.com`;
  const guest = `${name}-guest@example.com`;
  const send = () => auth.passwordless.sendEmail({ email, send: 'code' });
  const login = async () => auth.passwordless.loginWithEmail({ email, code: await code(email), audience, scope: 'openid offline_access' });

  test(`${name}: a back end and its user`, async (t) => {
    let user, refreshToken;
    const step = (title, run) => t.test(title, run);

    await step('creates a user, who signs in by code', async () => {
      user = await management.users.create({ connection: 'email', email, app_metadata: { plan: 'free', seats: 2 } });
      await assert.rejects(management.users.create({ connection: 'email', email }), (e) => {
        assert.equal(e.statusCode, 409);
        assert.equal(e.body.message, 'The user already exists.');
        return true;
      });
      await send();
      refreshToken = (await login()).data.refresh_token;
      assert.equal((await management.users.refreshToken.list(user.user_id)).data.length, 1);
    });

    await step('finds the user by a search and by e-mail', async () => {
      const found = await management.users.list({ q: `email:"${email}" AND logins_count:1`, search_engine: 'v3' });
      assert.deepEqual(found.data.map((u) => u.user_id), [user.user_id]);
      assert.deepEqual((await management.users.listUsersByEmail({ email })).map((u) => u.user_id), [user.user_id]);
    });

    await step('merges metadata', async () => {
      await management.users.update(user.user_id, { app_metadata: { seats: 3, plan: null }, user_metadata: { lang: 'en' } });
      const changed = await management.users.get(user.user_id);
      assert.deepEqual(changed.app_metadata, { seats: 3 });
      assert.deepEqual(changed.user_metadata, { lang: 'en' });
    });

    await step('links a second user, and unlinks it', async () => {
      const second = await management.users.create({ connection: 'sms', phone_number: `+1202555${name.endsWith('7') ? '7007' : '7006'}` });
      const [provider, id] = second.user_id.split('|');
      const linked = await management.users.identities.link(user.user_id, { provider, user_id: id });
      assert.deepEqual(linked.map((i) => i.connection), ['email', 'sms']);
      await assert.rejects(management.users.get(second.user_id), (e) => e.statusCode === 404);
      const left = await management.users.identities.delete(user.user_id, provider, id);
      assert.deepEqual(left.map((i) => i.connection), ['email']);
      await management.users.delete(second.user_id);
    });

    await step('blocks the user, whose login is refused', async () => {
      await send();
      await management.users.update(user.user_id, { blocked: true });
      await assert.rejects(login(), (e) => e.error_description === 'user is blocked');
      await assert.rejects(auth.oauth.refreshTokenGrant({ refresh_token: refreshToken }), (e) => e.error_description === 'user is blocked');
    });

    await step('reads the log of the login', async () => {
      const logs = await management.users.logs.list(user.user_id);
      const entry = logs.data.find((l) => l.type === 's');
      assert.equal(entry.connection, 'email');
      assert.equal(entry.client_id, client.clientId);
      assert.equal((await management.logs.get(entry.log_id)).user_id, user.user_id);
    });

    await step('makes an organization, adds the user and invites a guest', async () => {
      const app = await management.clients.create({ name: `${name} shop`, initiate_login_uri: 'https://shop.acme.test/login', organization_usage: 'allow' });
      const organization = await management.organizations.create({ name: `${name}-org`, display_name: 'Journey' });
      await management.organizations.members.create(organization.id, { members: [user.user_id] });
      assert.deepEqual((await management.users.organizations.list(user.user_id)).data.map((o) => o.id), [organization.id]);
      const invitation = await management.organizations.invitations.create(organization.id, {
        client_id: app.client_id, inviter: { name: 'Ada' }, invitee: { email: guest },
      });
      assert.ok(invitation.invitation_url.startsWith('https://shop.acme.test/login?invitation='), invitation.invitation_url);
      assert.ok((await message(guest)).text.includes(invitation.ticket_id));
      await management.organizations.delete(organization.id);
      await management.clients.delete(app.client_id);
    });

    await step('deletes the user', async () => {
      await management.users.delete(user.user_id);
      await assert.rejects(management.users.get(user.user_id), (e) => e.statusCode === 404);
    });
  });
}
