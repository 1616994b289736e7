// Opens the browser app of the README's quick start and signs in, as its reader does.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const require = createRequire(new URL('../testkit/recipes/playwright/', import.meta.url));
const { chromium } = require('playwright-core');

for (let n = 0; n < 100; n++) { // the page is served when the tenant answers, or a moment later
  if (await fetch('http://localhost:3000/').then((answer) => answer.ok, () => false)) break;
  await sleep(100);
}
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM });
try {
  const page = await browser.newPage();
  await page.goto('http://localhost:3000/');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.fill('#username', 'ada@example.com');
  await page.getByRole('button', { name: 'Continue' }).click();
  const sent = await fetch('http://localhost:2884/_mock/outbox/code?to=ada@example.com&wait=10s');
  await page.fill('input[name=code]', (await sent.text()).trim());
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Signed in as ada@example.com' }).waitFor();
} finally {
  await browser.close();
}
