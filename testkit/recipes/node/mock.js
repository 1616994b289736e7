// What the tests share: the app's side of the tenant, and the test's side of it.
// Copy it next to your tests. It needs Node 20 and the environment that
// mockauth0 exec sets, and no package.

import { randomUUID } from 'node:crypto';

const {
  MOCKAUTH0_URL: mock,
  AUTH0_ISSUER_BASE_URL: issuer, // https; NODE_EXTRA_CA_CERTS lets fetch trust it
  AUTH0_CLIENT_ID: client_id,
  AUTH0_CLIENT_SECRET: client_secret,
  AUTH0_AUDIENCE: audience,
} = process.env;
if (!mock) throw new Error('there is no tenant: run this under mockauth0 exec -- node --test');

// A recipient of this test's own: so tests share a server, and nobody resets it.
export const freshRecipient = () => `ada+${randomUUID()}@example.com`;

const callback = 'http://localhost:3000/callback';

// The code under test: in your project, your own.
export const app = {
  issuer,
  callback,
  clientID: client_id,

  // Asks for a code, or a link to the callback, to be sent.
  start: (email, { send = 'code', headers = {} } = {}) =>
    post(
      `${issuer}/passwordless/start`,
      {
        client_id,
        client_secret,
        connection: 'email',
        email,
        send,
        ...(send === 'link' && { authParams: { response_type: 'code', redirect_uri: callback, scope: 'openid email' } }),
      },
      headers,
    ),

  // Exchanges the code of an e-mail for tokens.
  redeem: (email, otp) =>
    post(`${issuer}/oauth/token`, {
      grant_type: 'http://auth0.com/oauth/grant-type/passwordless/otp',
      client_id,
      client_secret,
      realm: 'email',
      username: email,
      otp,
      audience,
      scope: 'openid profile email',
    }),

  // Exchanges the code that came to the callback for tokens.
  exchange: (code) =>
    post(`${issuer}/oauth/token`, { grant_type: 'authorization_code', client_id, client_secret, code, redirect_uri: callback }),
};

// What was sent, instead of an inbox. Take the cursor before the app sends
// something, and read since it: then an older message is never taken for the
// new one, even if others use the server.
export const outbox = {
  cursor: () => control('GET', '/outbox/cursor'),

  // The code, or the magic link, that was sent to the recipient, as soon as it
  // is there.
  code: (to, since) => control('GET', `/outbox/code?${query({ to, since, wait: '10s' })}`),
  link: (to, since) => control('GET', `/outbox/link?${query({ to, since, wait: '10s' })}`),

  // Makes the recipient's code lapse. The clock, which is everybody's, stays.
  async expire(to) {
    const { id } = JSON.parse(await control('GET', `/outbox/latest?${query({ to, wait: '10s' })}`));
    await control('POST', `/outbox/${id}/expire`);
  },
};

// The tenant's clock is everybody's: a test that turns it needs a server of its
// own, or to be the only one that runs.
export const clock = {
  advance: (by) => control('POST', '/clock', { advance: by }),
  reset: () => control('POST', '/clock', { reset: true }), // back to the real time
};

// Failures on demand.
export const scenarios = {
  // Switches one on, for nobody but the recipient, and returns its id.
  async on(name, recipient, { times = 1 } = {}) {
    const narrowed = { name, when: { recipient }, times, ttl: '1m' };
    return JSON.parse(await control('POST', '/scenarios', narrowed)).id;
  },
  off: (id) => control('DELETE', `/scenarios/${id}`),
};

async function post(url, body, headers = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  return { status: answer.status, body: await answer.json() };
}

async function control(method, path, body) {
  const answer = await fetch(`${mock}/_mock${path}`, {
    method,
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`); // says what did arrive
  return text.trim();
}

// URLSearchParams, without what is not given.
const query = (fields) => new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== undefined));
