// A test that starts signed in: the app's own session cookie, made by the SDK's helper
// from the tokens of a login that never happened.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { generateSessionCookie } from '@auth0/nextjs-auth0/testing';
import { chromium } from 'playwright-core';
import { start } from './start.js';

const { MOCKAUTH0_URL: mock, AUTH0_CLIENT_ID: client_id, AUTH0_AUDIENCE: audience, AUTH0_SECRET: secret } = process.env;

let app, browser;
before(async () => {
  app = await start();
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
}, { timeout: 100_000 });
after(async () => {
  await browser?.close();
  app?.stop();
});

// The storageState of a browser that is signed in to the tenant and to the app.
async function signedIn(user) {
  const answer = await fetch(`${mock}/_mock/sessions`, {
    method: 'POST',
    body: JSON.stringify({ user, create: true, client_id, audience, scope: 'openid profile email offline_access' }),
  });
  const { tokens, ...state } = await answer.json();
  assert.equal(answer.status, 201);
  const claims = JSON.parse(Buffer.from(tokens.id_token.split('.')[1], 'base64url'));
  const now = Math.floor(Date.now() / 1000);
  const value = await generateSessionCookie({
    user: claims,
    tokenSet: { accessToken: tokens.access_token, idToken: tokens.id_token, refreshToken: tokens.refresh_token, scope: tokens.scope, audience, expiresAt: now + tokens.expires_in },
    internal: { sid: claims.sid, createdAt: now },
  }, { secret });
  state.cookies.push({ name: '__session', value, domain: 'localhost', path: '/', expires: -1, httpOnly: true, secure: false, sameSite: 'Lax' });
  return state;
}

test('a Next.js app that is signed in', async () => {
  const user = `ada+${randomUUID()}@example.com`;
  const context = await browser.newContext({ storageState: await signedIn(user) });
  const page = await context.newPage();
  const heading = (text) => page.getByRole('heading', { name: text }).waitFor();
  await page.goto(app.url);
  await heading(`Signed in as ${user}`);

  await page.getByRole('link', { name: 'Log out' }).click();
  await heading('Signed out');
  await page.getByRole('link', { name: 'Log in' }).click();
  await page.getByLabel('Phone number or Email address').waitFor(); // the tenant's session is over, too
  await context.close();
});
