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
}, { timeout: 100_000 });
after(async () => {
  await browser?.close();
  app?.stop();
});

test('a Next.js app signs in', async () => {
  const recipient = `ada+${randomUUID()}@example.com`;
  const page = await browser.newPage();
  const heading = (text) => page.getByRole('heading', { name: text }).waitFor();
  await page.goto(url);
  await heading('Signed out');
  await page.getByRole('link', { name: 'Log in' }).click();
  await page.fill('#username', recipient);
  const since = await cursor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.fill('input[name=code]', await sent(recipient, since));
  await page.getByRole('button', { name: 'Continue' }).click();
  await heading(`Signed in as ${recipient}`);

  await page.getByRole('link', { name: 'Log out' }).click();
  await heading('Signed out');
  await page.getByRole('link', { name: 'Log in' }).click();
  await page.getByLabel('Phone number or Email address').waitFor(); // the tenant's session is over, too
});

// By the routes /auth/passwordless/otp/challenge and /auth/passwordless/otp/token of
// nextjs-auth0.
test('a Next.js app signs in a user of a database by a code', async () => {
  const recipient = `nell+${randomUUID()}@example.com`;
  const page = await browser.newPage();
  await page.goto(`${url}/code`);
  await page.waitForLoadState('networkidle'); // until then a click reloads the page
  await page.fill('input[name=email]', recipient);
  const since = await cursor();
  await page.getByRole('button', { name: 'Continue' }).click();
  const code = await sent(recipient, since);
  await page.fill('input[name=code]', code === '000000' ? '111111' : '000000');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('Invalid or expired one-time password.').waitFor();
  await page.fill('input[name=code]', code);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: `Signed in as ${recipient}` }).waitFor();
});

async function cursor() {
  return (await (await fetch(`${mock}/outbox/cursor`)).text()).trim();
}

// The code that was sent to a recipient.
async function sent(to, since) {
  const answer = await fetch(`${mock}/outbox/code?${new URLSearchParams({ to, since, wait: '10s' })}`);
  const code = (await answer.text()).trim();
  assert.equal(answer.status, 200, code); // says what did arrive
  return code;
}
