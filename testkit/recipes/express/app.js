// A web app with express-openid-connect: in your project, your own. mockauth0 exec --for
// express sets its environment: ISSUER_BASE_URL, CLIENT_ID and SECRET.

import express from 'express';
import { auth } from 'express-openid-connect';

export async function start() {
  const app = express();
  const server = app.listen(0, 'localhost');
  await new Promise((ready) => server.on('listening', ready));
  const url = `http://localhost:${server.address().port}`;
  app.use(auth({ baseURL: url, authRequired: false, idpLogout: true }));
  app.get('/', ({ oidc }, response) => {
    response.send(`<!DOCTYPE html><title>App</title>
<h1>${oidc.isAuthenticated() ? `Signed in as ${oidc.user.email}` : 'Signed out'}</h1>
<a href="/login">Log in</a> <a href="/logout">Log out</a>`);
  });
  return { url, stop: () => server.close().closeAllConnections() };
}
