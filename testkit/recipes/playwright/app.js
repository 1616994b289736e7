// A web app that signs in at /authorize: in your project, your own. It is
// started on a free port, with the environment that mockauth0 exec sets.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const {
  MOCKAUTH0_URL: issuer, // http, which a browser opens without trusting a certificate
  AUTH0_CLIENT_ID: client_id,
  AUTH0_CLIENT_SECRET: client_secret,
} = process.env;

export async function start() {
  const sessions = new Map(); // by cookie: the state of a login, then its user
  const server = createServer((request, response) =>
    answer(request, response).catch((error) => response.writeHead(500).end(String(error))));

  async function answer(request, response) {
    const { pathname, searchParams: query } = new URL(request.url, url);
    const cookie = /sid=([\w-]+)/.exec(request.headers.cookie)?.[1];
    const session = sessions.get(cookie) ?? {};
    const redirect = (to, headers) => response.writeHead(302, { location: to, ...headers }).end();

    switch (pathname) {
      case '/login': {
        const [sid, state] = [randomUUID(), randomUUID()];
        sessions.set(sid, { state });
        const asked = { client_id, response_type: 'code', redirect_uri: `${url}/callback`, scope: 'openid email', state };
        return redirect(`${issuer}/authorize?${new URLSearchParams(asked)}`, { 'set-cookie': `sid=${sid}; HttpOnly; Path=/` });
      }
      case '/link': { // asks for a magic link instead
        const [sid, state] = [randomUUID(), randomUUID()];
        sessions.set(sid, { state });
        await post('/passwordless/start', {
          connection: 'email', email: query.get('email'), send: 'link',
          authParams: { response_type: 'code', redirect_uri: `${url}/callback`, scope: 'openid email', state },
        });
        return page(response, 'Look into your inbox', { 'set-cookie': `sid=${sid}; HttpOnly; Path=/` });
      }
      case '/callback': {
        if (!session.state || query.get('state') !== session.state) return page(response, 'This login was not begun here');
        const { id_token } = await post('/oauth/token', {
          grant_type: 'authorization_code', code: query.get('code'), redirect_uri: `${url}/callback`,
        });
        // It came from the tenant itself, so that its claims can be read at once.
        sessions.set(cookie, { user: JSON.parse(Buffer.from(id_token.split('.')[1], 'base64url')) });
        return redirect('/');
      }
      case '/logout':
        sessions.delete(cookie);
        return redirect(`${issuer}/v2/logout?${new URLSearchParams({ client_id, returnTo: `${url}/` })}`);
      case '/':
        return page(response, session.user ? `Signed in as ${session.user.email}` : 'Signed out');
    }
    response.writeHead(404).end();
  }

  await new Promise((ready) => server.listen(0, 'localhost', ready));
  const url = `http://localhost:${server.address().port}`;
  return { url, stop: () => server.close().closeAllConnections() };
}

const page = (response, text, headers) =>
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers })
    .end(`<!DOCTYPE html><title>App</title><h1>${text.replace(/[<&]/g, (c) => `&#${c.charCodeAt()};`)}</h1>
<a href="/login">Log in</a> <a href="/logout">Log out</a>
<form action="/link"><input name="email" aria-label="Email"><button>Send me a link</button></form>`);

async function post(path, body) {
  const answer = await fetch(issuer + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_id, client_secret, ...body }),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
