// The MFA client of npm @auth0/auth0-auth-js.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthClient, isMfaRequiredError } from '@auth0/auth0-auth-js';
import { acceptPush, addUser, client, code, domain, totp } from './mock.js';

const auth = new AuthClient(client);
const password = 'Passw0rd!';

// The error of a login that needs a second factor.
async function required(username, more) {
  try {
    await auth.getTokenByPassword({ username, password, scope: 'openid', ...more });
  } catch (error) {
    assert.ok(isMfaRequiredError(error), error);
    return error.cause;
  }
  assert.fail(`the login of ${username} needs no second factor`);
}

test('a user enrolls an app, and signs in with it', async () => {
  const user = 'authjs-enrolls@example.com';
  await addUser({ email: user, password, mfa_required: true });
  const first = await required(user);
  assert.deepEqual(first.mfa_requirements.enroll.map(({ type }) => type), ['otp', 'phone', 'push-notification']);
  const mfaToken = first.mfa_token;
  assert.deepEqual(await auth.mfa.listAuthenticators({ mfaToken }), []);
  const enrolled = await auth.mfa.enrollAuthenticator({ authenticatorTypes: ['otp'], mfaToken });
  assert.match(enrolled.secret, /^[A-Z2-7]{32}$/);
  assert.match(enrolled.barcodeUri, /^otpauth:\/\/totp\//);
  assert.equal(enrolled.recoveryCodes.length, 1);
  await assert.rejects(auth.mfa.verify({ factorType: 'otp', otp: '000000', mfaToken }), (error) => error.cause?.error === 'invalid_grant');
  const tokens = await auth.mfa.verify({ factorType: 'otp', otp: await totp(user), mfaToken });
  assert.ok(tokens.accessToken && tokens.idToken);

  // The recovery code that came with it is replaced when it is used.
  const second = await required(user);
  assert.deepEqual(second.mfa_requirements.challenge.map(({ type }) => type), ['otp', 'recovery-code']);
  const next = await auth.mfa.verify({ factorType: 'recovery-code', recoveryCode: enrolled.recoveryCodes[0], mfaToken: second.mfa_token });
  assert.match(next.recoveryCode, /^[A-Z0-9]{24}$/);
  assert.notEqual(next.recoveryCode, enrolled.recoveryCodes[0]);
});

test('messages and push notifications', async () => {
  const user = 'authjs-challenges@example.com', phone = '+12025550177';
  await addUser({ email: user, password, mfa_required: true, email_verified: true, mfa: [{ type: 'phone', phone_number: phone }, { type: 'push-notification' }] });
  for (const [channel, bindingMethod] of [['sms', 'prompt'], ['voice', 'prompt'], ['email', 'prompt'], ['auth0', undefined]]) {
    const { mfa_token: mfaToken } = await required(user);
    const all = await auth.mfa.listAuthenticators({ mfaToken });
    const { id } = all.find((one) => one.oobChannels?.includes(channel) || one.oobChannel === channel || one.id.startsWith(channel === 'auth0' ? 'push' : channel));
    const challenge = await auth.mfa.challengeAuthenticator({ challengeType: 'oob', authenticatorId: id, mfaToken });
    assert.equal(challenge.bindingMethod, bindingMethod);
    const proof = { factorType: 'oob', oobCode: challenge.oobCode, mfaToken };
    if (channel === 'auth0') {
      await assert.rejects(auth.mfa.verify(proof), (error) => error.cause?.error === 'authorization_pending');
      await acceptPush(user);
    } else {
      proof.bindingCode = await code(channel === 'email' ? user : phone);
    }
    assert.ok((await auth.mfa.verify(proof)).accessToken, channel);
  }
});

test('an access token of the MFA API removes a factor', async () => {
  const user = 'authjs-removes@example.com';
  await addUser({ email: user, password, mfa: [{ type: 'otp' }, { type: 'phone', phone_number: '+12025550178' }] });
  const audience = `https://${domain}/mfa/`, scope = 'enroll read:authenticators remove:authenticators';
  const { mfa_token } = await required(user, { audience, scope });
  const { accessToken: mfaToken, expiresAt } = await auth.mfa.verify({ factorType: 'otp', otp: await totp(user), mfaToken: mfa_token });
  assert.ok(expiresAt <= Date.now() / 1000 + 600);
  const all = await auth.mfa.listAuthenticators({ mfaToken });
  assert.equal(all.length, 3);
  await auth.mfa.deleteAuthenticator({ authenticatorId: all.find(({ id }) => id.startsWith('sms|')).id, mfaToken });
  assert.deepEqual((await auth.mfa.listAuthenticators({ mfaToken })).map(({ authenticatorType }) => authenticatorType), ['otp']);
});
