// A process that is killed leaves no tenant behind.
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { test } = require('node:test');

test('a tenant ends with its process, however that ends', async () => {
  const owner = spawn(process.execPath, ['-e', "require('mockauth0').start().then((auth) => { console.log(auth.url); setInterval(() => {}, 1000); })"]);
  const [line] = await once(owner.stdout, 'data');
  const url = String(line).trim();
  assert.equal((await fetch(`${url}/_mock/health`)).status, 200);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  for (;;) { // until nobody answers
    try { await fetch(`${url}/_mock/health`); } catch { break; }
  }
});
