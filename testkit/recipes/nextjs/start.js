// Starts the app with `next dev` on a free port.

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

export async function start() {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const app = spawn(process.execPath, ['node_modules/next/dist/bin/next', 'dev', '--hostname', 'localhost', '--port', port], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env, APP_BASE_URL: url, NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await answers(url);
  return { url, stop: () => app.kill() };
}

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
