// What each SDK goes through, the same for all. An SDK is handed over as
//   name                               for recipients of its own
//   email, sms: {send(to), login(to, code)}
//   refresh(token), revoke(token), userinfo(token)
//   refusal(error)                     {status, error, description} as the SDK shows them
// where login and refresh give {accessToken, idToken, refreshToken, sub}.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { code, expire, wrong } from './mock.js';

const refusal = (description) => ({ status: 403, error: 'invalid_grant', description });
const tooManyTries = refusal("You've reached the maximum number of attempts. Please try to login again.");
const expired = refusal('The verification code has expired. Please try to login again.');
const wrongRefresh = refusal('Unknown or invalid refresh token.');

const ways = {
  email: {
    to: (sdk, n) => `${sdk.name}-${n}@example.com`,
    wrong: refusal('Wrong email or verification code.'),
    check: (user, to) => assert.deepEqual([user.email, user.email_verified], [to, true]),
  },
  sms: {
    to: (sdk, n) => sdk.phone + n,
    wrong: refusal('Wrong phone number or verification code.'),
    check: (user, to) => assert.equal(user.phone_number, to),
  },
};

export function conversation(sdk) {
  async function refused(promise, want) {
    const error = await promise.then(
      () => assert.fail('it is not refused'),
      (e) => e,
    );
    if (error instanceof assert.AssertionError) throw error;
    assert.deepEqual(sdk.refusal(error), want);
  }

  for (const [name, way] of Object.entries(ways)) {
    describe(`${sdk.name}, ${name}`, () => {
      const { send, login } = sdk[name];

      test('from the code to the revoked refresh token', async () => {
        const to = way.to(sdk, 1);
        await send(to);
        const otp = await code(to);
        await refused(login(to, wrong(otp)), way.wrong);
        const tokens = await login(to, otp);
        assert.ok(tokens.accessToken && tokens.idToken && tokens.refreshToken, 'a token is missing');
        assert.match(tokens.sub, new RegExp(`^${name}\\|[0-9a-f]{24}$`));

        const user = await sdk.userinfo(tokens.accessToken);
        assert.equal(user.sub, tokens.sub);
        way.check(user, to);

        await refused(login(to, otp), way.wrong); // a code works once

        const fresh = await sdk.refresh(tokens.refreshToken);
        assert.ok(fresh.accessToken && fresh.idToken, 'a refresh gives no tokens');
        assert.equal((await sdk.userinfo(fresh.accessToken)).sub, tokens.sub);

        await sdk.revoke(tokens.refreshToken);
        await refused(sdk.refresh(tokens.refreshToken), wrongRefresh);
      });

      test('the third wrong code burns the right one', async () => {
        const to = way.to(sdk, 2);
        await send(to);
        const otp = await code(to);
        for (const want of [way.wrong, way.wrong, tooManyTries]) await refused(login(to, wrong(otp)), want);
        await refused(login(to, otp), tooManyTries);
        await send(to);
        await login(to, await code(to));
      });

      test('an expired code', async () => {
        const to = way.to(sdk, 3);
        await send(to);
        const otp = await code(to);
        await expire(to);
        await refused(login(to, otp), expired);
        await send(to);
        await login(to, await code(to));
      });
    });
  }
}
