import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { chromium } from 'playwright-core';
import { start } from './app.js';

const mock = `${process.env.MOCKAUTH0_URL}/_mock`;

let app, browser, page;
before(async () => {
  app = await start();
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
});
after(async () => {
  await browser?.close();
  app?.stop();
});
beforeEach(async () => (page = await browser.newPage()));
afterEach(() => page.context().close());

// A recipient of each test's own: so tests share a tenant, and nobody resets it.
const freshRecipient = () => `ada+${randomUUID()}@example.com`;

// What was sent since the cursor: an older message is never taken for it.
async function sent(what, to, since) {
  const answer = await fetch(`${mock}/outbox/${what}?${new URLSearchParams({ to, since, wait: '10s' })}`);
  const text = (await answer.text()).trim();
  assert.equal(answer.status, 200, text); // says what did arrive
  return text;
}
const cursor = async () => (await (await fetch(`${mock}/outbox/cursor`)).text()).trim();

const heading = (text) => page.getByRole('heading', { name: text }).waitFor();

test('a code on the login page', async () => {
  const recipient = freshRecipient();
  await page.goto(app.url);
  await page.getByRole('link', { name: 'Log in' }).click();
  await page.fill('#username', recipient);
  const since = await cursor();
  await page.click('button[type=submit][name=action][value=default]');
  await page.fill('input[name=code]', await sent('code', recipient, since));
  await page.getByRole('button', { name: 'Continue' }).click();
  await heading(`Signed in as ${recipient}`);

  await page.getByRole('link', { name: 'Log out' }).click();
  await heading('Signed out');
  await page.getByRole('link', { name: 'Log in' }).click();
  await page.getByLabel('Phone number or Email address').waitFor();
});

test('a wrong code, then the right one', async () => {
  const recipient = freshRecipient();
  await page.goto(`${app.url}/login`);
  await page.fill('#username', recipient);
  const since = await cursor();
  await page.getByRole('button', { name: 'Continue' }).click();
  const code = await sent('code', recipient, since);
  await page.getByLabel('Enter the code').fill((code[0] === '0' ? '1' : '0') + code.slice(1));
  await page.getByRole('button', { name: 'Continue' }).click();
  assert.equal(await page.getByRole('alert').textContent(), 'Code is invalid');
  await page.getByLabel('Enter the code').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
  await heading(`Signed in as ${recipient}`);
});

test('a magic link', async () => {
  const recipient = freshRecipient();
  await page.goto(app.url);
  await page.getByLabel('Email').fill(recipient);
  const since = await cursor();
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await page.goto(await sent('link', recipient, since));
  await heading(`Signed in as ${recipient}`);
});
