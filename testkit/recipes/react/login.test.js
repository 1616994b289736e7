import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { start } from './start.js';

const mock = `${process.env.MOCKAUTH0_URL}/_mock`;

let app, browser, url;
before(async () => {
  app = await start();
  url = app.url;
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
});
after(async () => {
  await browser?.close();
  app?.stop();
});

test('a React page signs in', async () => {
  const recipient = `ada+${randomUUID()}@example.com`;
  const page = await browser.newPage();
  const heading = (text) => page.getByRole('heading', { name: text }).waitFor();
  await page.goto(url);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.fill('#username', recipient);
  const since = (await (await fetch(`${mock}/outbox/cursor`)).text()).trim();
  await page.getByRole('button', { name: 'Continue' }).click();
  const sent = await fetch(`${mock}/outbox/code?${new URLSearchParams({ to: recipient, since, wait: '10s' })}`);
  const code = (await sent.text()).trim();
  assert.equal(sent.status, 200, code); // says what did arrive
  await page.fill('input[name=code]', code);
  await page.getByRole('button', { name: 'Continue' }).click();
  await heading(`Signed in as ${recipient}`);

  await page.reload(); // silently, by the tenant's session
  await heading(`Signed in as ${recipient}`);
  await page.getByRole('button', { name: 'Log out' }).click();
  await heading('Signed out');
  await page.reload();
  await heading('Signed out');
});
