// A test that starts signed in: the app's own session cookie, made from the tokens of a
// login that never happened.

import assert from 'node:assert/strict';
import { createCipheriv, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { start } from './app.js';

const { MOCKAUTH0_URL: mock, CLIENT_ID: client_id, SECRET: secret } = process.env;

let app, browser;
before(async () => {
  app = await start();
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
});
after(async () => {
  await browser?.close();
  app?.stop();
});

// What express-openid-connect keeps in the cookie appSession, encrypted with a key that
// is derived from its secret. A cookie has 4,096 bytes at most.
function appSession({ id_token, access_token, refresh_token, token_type, expires_in }) {
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: 'dir', enc: 'A256GCM', iat: now, uat: now, exp: now + 86400 };
  const protectedHeader = Buffer.from(JSON.stringify(header)).toString('base64url');
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'JWE CEK', 32));
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(protectedHeader));
  const content = JSON.stringify({ id_token, access_token, refresh_token, token_type, expires_at: now + expires_in });
  const ciphertext = Buffer.concat([cipher.update(content), cipher.final()]);
  return [protectedHeader, '', ...[iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
}

// The storageState of a browser that is signed in to the tenant and to the app.
async function signedIn(user) {
  const answer = await fetch(`${mock}/_mock/sessions`, { method: 'POST', body: JSON.stringify({ user, create: true, client_id }) });
  assert.equal(answer.status, 201);
  const { tokens, ...state } = await answer.json();
  state.cookies.push({ name: 'appSession', value: appSession(tokens), domain: 'localhost', path: '/', expires: -1, httpOnly: true, secure: false, sameSite: 'Lax' });
  return state;
}

test('an Express app that is signed in', async () => {
  const user = `ada+${randomUUID()}@example.com`;
  const context = await browser.newContext({ storageState: await signedIn(user) });
  const page = await context.newPage();
  const heading = (text) => page.getByRole('heading', { name: text }).waitFor();
  await page.goto(app.url);
  await heading(`Signed in as ${user}`);
  await context.close();
});

// Without the app's cookie it is the same: its redirect to the tenant comes back at once.
test('an Express app whose tenant is signed in', async () => {
  const user = `ada+${randomUUID()}@example.com`;
  const { cookies } = await signedIn(user);
  const context = await browser.newContext({ storageState: { cookies: cookies.filter(({ name }) => name !== 'appSession'), origins: [] } });
  const page = await context.newPage();
  await page.goto(`${app.url}/login`);
  await page.getByRole('heading', { name: `Signed in as ${user}` }).waitFor();
  await context.close();
});
