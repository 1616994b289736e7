// npm @auth0/auth0-auth-js, on which Auth0's newer server SDKs stand.

import { AuthClient } from '@auth0/auth0-auth-js';
import { conversation } from './conversation.js';
import { audience, client } from './mock.js';

const auth = new AuthClient(client);
const scope = 'openid profile email phone offline_access';

function tokens(response) {
  const { accessToken, idToken, refreshToken, claims } = response;
  return { accessToken, idToken, refreshToken, sub: claims?.sub };
}

conversation({
  name: 'auth0-auth-js',
  phone: '+1415555200',
  email: {
    send: (email) => auth.passwordless.sendEmail({ email }),
    login: async (email, code) => tokens(await auth.getTokenByPasswordlessEmail({ email, code, audience, scope })),
  },
  sms: {
    send: (phoneNumber) => auth.passwordless.sendSms({ phoneNumber }),
    login: async (phoneNumber, code) => tokens(await auth.getTokenByPasswordlessSms({ phoneNumber, code, audience, scope })),
  },
  refresh: async (refreshToken) => tokens(await auth.getTokenByRefreshToken({ refreshToken })),
  revoke: (token) => auth.revokeToken({ token, tokenTypeHint: 'refresh_token' }),
  userinfo: (accessToken) => auth.getUserInfo({ accessToken }),
  refusal: (e) => ({ status: e.statusCode, error: e.cause?.error, description: e.cause?.error_description }),
});
