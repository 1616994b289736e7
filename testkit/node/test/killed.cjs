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

test('Ctrl-C leaves the tenant to who started it', { skip: process.platform === 'win32' }, async () => {
  const script = `require('mockauth0').start().then((auth) => {
    process.on('SIGINT', async () => { console.log(await auth.report()); await auth.stop(); process.exit(); });
    console.log(auth.url);
    setInterval(() => {}, 1000);
  })`;
  const owner = spawn(process.execPath, ['-e', script], { detached: true });
  await once(owner.stdout, 'data');
  process.kill(-owner.pid, 'SIGINT'); // as a terminal does: to the whole group
  assert.match(String(await once(owner.stdout, 'data')), /requests: 0/);
  assert.deepEqual(await once(owner, 'exit'), [0, null]);
});
