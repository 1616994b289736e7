// Tests that start signed in: no login page, no code.

import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { start } from './app.js';

const mock = `${process.env.MOCKAUTH0_URL}/_mock`;

let app, browser;
before(async () => {
  app = await start();
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
});
after(async () => {
  await browser?.close();
  app?.stop();
});

const freshRecipient = () => `ada+${randomUUID()}@example.com`;

// What Playwright calls a storageState: the cookies of a browser in which the user is
// signed in at the tenant.
async function signedIn(user) {
  const answer = await fetch(`${mock}/sessions`, { method: 'POST', body: JSON.stringify({ user, create: true }) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

test('a browser that is signed in', async () => {
  const user = freshRecipient();
  const context = await browser.newContext({ storageState: await signedIn(user) });
  const page = await context.newPage();
  await page.goto(`${app.url}/login`); // goes to the tenant, and comes back at once
  await page.getByRole('heading', { name: `Signed in as ${user}` }).waitFor();
  await context.close();
});

// For tools that cannot set cookies, such as Selenium.
test('a browser that is signed in by an address', async () => {
  const user = freshRecipient();
  await fetch(`${mock}/users`, { method: 'POST', body: JSON.stringify({ email: user }) });
  const page = await browser.newPage();
  await page.goto(`${mock}/sessions/enter?${new URLSearchParams({ user, to: `${app.url}/login` })}`);
  await page.getByRole('heading', { name: `Signed in as ${user}` }).waitFor();
  await page.context().close();
});
