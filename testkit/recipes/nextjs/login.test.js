import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const mock = `${process.env.MOCKAUTH0_URL}/_mock`;

let app, browser, url;
before(async () => {
  const port = await freePort();
  url = `http://localhost:${port}`;
  app = spawn(process.execPath, ['node_modules/next/dist/bin/next', 'dev', '--hostname', 'localhost', '--port', port], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env, APP_BASE_URL: url, NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await answers(url);
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
}, { timeout: 100_000 });
after(async () => {
  await browser?.close();
  app?.kill();
});

test('a Next.js app signs in', async () => {
  const recipient = `ada+${randomUUID()}@example.com`;
  const page = await browser.newPage();
  const heading = (text) => page.getByRole('heading', { name: text }).waitFor();
  await page.goto(url);
  await heading('Signed out');
  await page.getByRole('link', { name: 'Log in' }).click();
  await page.fill('#username', recipient);
  const since = (await (await fetch(`${mock}/outbox/cursor`)).text()).trim();
  await page.getByRole('button', { name: 'Continue' }).click();
  const sent = await fetch(`${mock}/outbox/code?${new URLSearchParams({ to: recipient, since, wait: '10s' })}`);
  const code = (await sent.text()).trim();
  assert.equal(sent.status, 200, code); // says what did arrive
  await page.fill('input[name=code]', code);
  await page.getByRole('button', { name: 'Continue' }).click();
  await heading(`Signed in as ${recipient}`);

  await page.getByRole('link', { name: 'Log out' }).click();
  await heading('Signed out');
  await page.getByRole('link', { name: 'Log in' }).click();
  await page.getByLabel('Phone number or Email address').waitFor(); // the tenant's session is over, too
});

async function freePort() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, 'localhost', ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

async function answers(address) {
  for (;;) {
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok) return;
    await new Promise((wake) => setTimeout(wake, 250));
  }
}
