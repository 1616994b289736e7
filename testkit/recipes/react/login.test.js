import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const mock = `${process.env.MOCKAUTH0_URL}/_mock`;

let app, browser, url;
before(async () => {
  // What `vite dev` would do. The app and the tenant are both on
  // http://localhost, so that the browser lets a frame sign in silently.
  const settings = Object.entries(process.env).filter(([name]) => name.startsWith('VITE_'));
  const { outputFiles: [script] } = await build({
    entryPoints: [new URL('app.jsx', import.meta.url).pathname],
    bundle: true, format: 'esm', jsx: 'automatic', write: false,
    define: { 'import.meta.env': JSON.stringify(Object.fromEntries(settings)) },
  });
  app = createServer((request, response) => {
    if (request.url === '/app.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(script.text);
    else response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><main></main><script type="module" src="/app.js"></script>');
  });
  await new Promise((ready) => app.listen(0, 'localhost', ready));
  url = `http://localhost:${app.address().port}/`;
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
});
after(async () => {
  await browser?.close();
  app?.close().closeAllConnections();
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
