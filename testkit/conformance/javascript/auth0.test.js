// npm auth0, the SDK for Node.

import { AuthenticationClient, UserInfoClient } from 'auth0';
import { decodeJwt } from 'jose';
import { conversation } from './conversation.js';
import { audience, client } from './mock.js';

const auth = new AuthenticationClient(client);
const users = new UserInfoClient({ domain: client.domain });
const scope = 'openid profile email phone offline_access';

function tokens({ data }) {
  return {
    accessToken: data.access_token,
    idToken: data.id_token,
    refreshToken: data.refresh_token,
    sub: data.id_token && decodeJwt(data.id_token).sub,
  };
}

conversation({
  name: 'node-auth0',
  phone: '+1415555100',
  email: {
    send: (email) => auth.passwordless.sendEmail({ email, send: 'code' }),
    login: async (email, code) => tokens(await auth.passwordless.loginWithEmail({ email, code, audience, scope })),
  },
  sms: {
    send: (phone_number) => auth.passwordless.sendSMS({ phone_number }),
    login: async (phone_number, code) => tokens(await auth.passwordless.loginWithSMS({ phone_number, code, audience, scope })),
  },
  refresh: async (refresh_token) => tokens(await auth.oauth.refreshTokenGrant({ refresh_token })),
  revoke: (token) => auth.oauth.revokeRefreshToken({ token }),
  userinfo: async (token) => (await users.getUserInfo(token)).data,
  refusal: (e) => ({ status: e.statusCode, error: e.error, description: e.error_description }),
});
