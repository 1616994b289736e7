// Tests that start signed in. auth0-react keeps its tokens by auth0-spa-js.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { start } from './start.js';

const { MOCKAUTH0_URL, VITE_AUTH0_DOMAIN: domain, VITE_AUTH0_CLIENT_ID: client_id, VITE_AUTH0_AUDIENCE: audience } = process.env;
const scope = 'openid profile email'; // what the app asks for, in its order

let browser;
before(async () => (browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' })));
after(() => browser?.close());

async function session(user) {
  const answer = await fetch(`${MOCKAUTH0_URL}/_mock/sessions`, {
    method: 'POST',
    body: JSON.stringify({ user, create: true, client_id, audience, scope }),
  });
  assert.equal(answer.status, 201);
  return answer.json();
}

// The SDK asks the tenant only if this cookie says that somebody is signed in.
const cookie = { name: `auth0.${client_id}.is.authenticated`, value: 'true', domain: 'localhost', path: '/', expires: -1, httpOnly: false, secure: false, sameSite: 'Lax' };

// The tokens as auth0-spa-js keeps them in localStorage.
function cache({ access_token, id_token, token_type, expires_in }) {
  const claims = JSON.parse(Buffer.from(id_token.split('.')[1], 'base64url'));
  const entries = {
    [`@@auth0spajs@@::${client_id}::${audience}::${scope}`]: {
      body: { client_id, access_token, token_type, expires_in, audience, scope },
      expiresAt: Math.floor(Date.now() / 1000) + expires_in,
    },
    [`@@auth0spajs@@::${client_id}::@@user@@`]: { id_token, decodedToken: { claims: { __raw: id_token, ...claims }, user: claims } },
  };
  return Object.entries(entries).map(([name, value]) => ({ name, value: JSON.stringify(value) }));
}

test('a page with cacheLocation="localstorage" asks nobody', async () => {
  const user = `ada+${randomUUID()}@example.com`;
  const app = await start({ VITE_CACHE: 'localstorage' });
  const { tokens } = await session(user);
  const context = await browser.newContext({
    storageState: { cookies: [cookie], origins: [{ origin: new URL(app.url).origin, localStorage: cache(tokens) }] },
  });
  const page = await context.newPage();
  page.on('request', (request) => assert.notEqual(new URL(request.url()).host, domain, 'it asked the tenant'));
  await page.goto(app.url);
  await page.getByRole('heading', { name: `Signed in as ${user}` }).waitFor();
  await context.close();
  app.stop();
});

test('a page that keeps its tokens in memory asks the tenant, and shows no page', async () => {
  const user = `ada+${randomUUID()}@example.com`;
  const app = await start();
  const { cookies } = await session(user);
  const context = await browser.newContext({ storageState: { cookies: [...cookies, cookie], origins: [] } });
  const page = await context.newPage();
  await page.goto(app.url);
  await page.getByRole('heading', { name: `Signed in as ${user}` }).waitFor();
  await context.close();
  app.stop();
});
