import { Auth0LockPasswordless } from 'auth0-lock';

const { client, domain, method, ...settings } = JSON.parse(localStorage.settings ?? '{}');
const say = (text) => { document.querySelector('#status').textContent = text; };
if (!domain) {
  say('no settings');
} else {
  const lock = new Auth0LockPasswordless(client, domain, {
    allowedConnections: [method],
    passwordlessMethod: 'code',
    auth: { redirectUrl: `${location.origin}/lock.html`, responseType: 'token id_token', params: { scope: 'openid email phone' } },
    // What Lock would fetch from elsewhere: Gravatar's picture of whoever signs in, and Auth0's logo.
    avatar: null,
    theme: { logo: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><circle cx=".5" cy=".5" r=".5"/></svg>' },
    disableWarnings: true,
    ...settings,
  });
  lock.on('authenticated', ({ idTokenPayload }) => {
    window.claims = idTokenPayload;
    say(`signed in as ${idTokenPayload.email ?? idTokenPayload.phone_number}`);
  });
  lock.on('authorization_error', ({ error, description }) => say(`error ${error}: ${description}`));
  lock.on('unrecoverable_error', ({ message }) => say(`error: ${message}`));
  lock.on('show', () => say('signed out'));
  if (!location.hash) lock.show();
}
