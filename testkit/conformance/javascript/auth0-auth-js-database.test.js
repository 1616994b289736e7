// npm @auth0/auth0-auth-js: codes for users of a database.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AuthClient } from '@auth0/auth0-auth-js';
import { audience, client, code, message, wrong } from './mock.js';

const { passwordless } = new AuthClient(client);
const connection = 'Username-Password-Authentication';
const scope = 'openid profile email phone offline_access';
const tokens = (authSession, otp) => passwordless.getTokenByPasswordlessDbConnection({ authSession, otp, scope, audience });

async function refused(promise, name, want) {
  const e = await promise.then(
    () => assert.fail('it is not refused'),
    (error) => error,
  );
  assert.equal(e.name, name, e.stack);
  const { error, error_description } = e.cause;
  assert.deepEqual({ status: e.statusCode, error, error_description, validation: e.validationErrors }, { validation: undefined, ...want });
}

const invalid = { status: 400, error: 'invalid_request', error_description: 'Invalid or expired one-time password.' };

describe('auth0-auth-js, codes for users of a database', () => {
  test('by e-mail, with a sign-up', async () => {
    const email = 'auth-js-db-1@example.com';
    const { authSession } = await passwordless.challengeWithEmail({ email, connection, allowSignup: true });
    const otp = await code(email);
    await refused(tokens(authSession, wrong(otp)), 'PasswordlessDbGetTokenError', invalid);
    const { accessToken, refreshToken, claims } = await tokens(authSession, otp);
    assert.ok(accessToken && refreshToken, 'a token is missing');
    assert.match(claims.sub, /^auth0\|[0-9a-f]{24}$/);
    assert.deepEqual([claims.email, claims.email_verified], [email, true]);
    await refused(tokens(authSession, otp), 'PasswordlessDbGetTokenError', invalid);
  });

  test('by a call, for a user who exists by now', async () => {
    const phoneNumber = '+14155552090';
    for (const deliveryMethod of ['text', 'voice']) {
      const { authSession } = await passwordless.challengeWithPhoneNumber({ phoneNumber, connection, deliveryMethod, allowSignup: true });
      const sent = await message(phoneNumber);
      assert.equal(sent.kind, { text: 'sms', voice: 'voice' }[deliveryMethod]);
      const { claims } = await tokens(authSession, sent.code);
      assert.equal(claims.phone_number, phoneNumber);
    }
  });

  test('nobody learns who has an account', async () => {
    const { authSession } = await passwordless.challengeWithEmail({ email: 'auth-js-db-nobody@example.com', connection });
    await refused(tokens(authSession, '123456'), 'PasswordlessDbGetTokenError', invalid);
  });

  test('what is refused at the start', async () => {
    await refused(passwordless.challengeWithEmail({ email: 'nobody', connection }), 'PasswordlessChallengeError', {
      status: 400,
      error: 'invalid_request',
      error_description: 'Invalid email address',
      validation: [{ field: 'email', message: 'Invalid email address' }],
    });
    await refused(passwordless.challengeWithEmail({ email: 'ada@example.com', connection: 'email' }), 'PasswordlessChallengeError', {
      status: 400,
      error: 'invalid_connection',
      error_description: 'The connection does not exist or does not support one-time passwords',
    });
    const stranger = new AuthClient({ ...client, clientSecret: 'wrong' });
    await refused(stranger.passwordless.challengeWithEmail({ email: 'ada@example.com', connection }), 'PasswordlessChallengeError', {
      status: 401,
      error: 'invalid_client',
      error_description: 'Client authentication failed',
    });
  });
});
