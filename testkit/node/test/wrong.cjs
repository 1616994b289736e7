// What goes wrong has one sentence, which says what to do.
const assert = require('node:assert/strict');
const { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const http = require('node:http');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { after, test } = require('node:test');
const { pathToFileURL } = require('node:url');
const { connect, program, start } = require('mockauth0');

const folder = mkdtempSync(path.join(tmpdir(), 'ünï cödé '));
after(() => rmSync(folder, { recursive: true }));
const write = (name, text) => {
  writeFileSync(path.join(folder, name), text, { mode: 0o755 });
  return path.join(folder, name);
};
const unix = { skip: process.platform === 'win32' };

test('what is no program, or another one, is said', unix, async () => {
  const of = async (bin) => {
    process.env.MOCKAUTH0_BIN = bin;
    await start().then(() => assert.fail('it starts'), (error) => { process.env.SAID = error.message; });
    delete process.env.MOCKAUTH0_BIN;
    return process.env.SAID;
  };
  assert.match(await of(path.join(folder, 'none')), /^MOCKAUTH0_BIN is .*none, and there is no such file$/);
  assert.match(await of(write('another', '#!/bin/sh\necho hello; read x\n')), /another is another program: it says hello$/);
  assert.equal(await of(write('dies', '#!/bin/sh\necho "what it says" >&2; exit 3\n')), 'what it says');
  const silent = write('silent', '#!/bin/sh\nexit 3\n');
  assert.match(await of(silent), /silent ended with status 3 before it was ready$/);
  chmodSync(silent, 0o644);
  assert.match(await of(silent), /silent cannot be started: .* EACCES$/);
});

test('a tenant that is gone does not answer, and can be stopped', unix, async () => {
  const real = program();
  process.env.MOCKAUTH0_BIN = write('with its number', `#!/bin/sh\necho $$ >"$0.pid"\nexec '${real}' "$@"\n`);
  const auth = await start();
  const pid = Number(readFileSync(`${process.env.MOCKAUTH0_BIN}.pid`, 'utf8'));
  delete process.env.MOCKAUTH0_BIN;
  const waits = auth.otp('ada@example.com', { wait: '60s' });
  process.kill(pid, 'SIGKILL');
  await assert.rejects(waits, { name: 'Error', message: /^mockauth0: GET \/_mock\/outbox\/code: the tenant at http:\S+ does not answer: / });
  await auth.stop();
  await auth.stop();
  assert.equal(existsSync(path.dirname(auth.caPath)), false);
  await assert.rejects(auth.tokens('ada@example.com'), /does not answer: .*ECONNREFUSED/);
});

test('what answers may be another server', async () => {
  let answer = (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello');
  const other = http.createServer((_, response) => answer(response));
  await new Promise((listening) => other.listen(0, 'localhost', listening));
  const url = `http://localhost:${other.address().port}`;
  await assert.rejects(connect(url), { message: `mockauth0: what answers at ${url} is no tenant of mockauth0` });
  answer = (response) => response.writeHead(502, { 'content-type': 'application/json' }).end('{oops');
  await assert.rejects(connect(url), { name: 'ControlError', status: 502, body: '{oops' });
  other.close();
  await assert.rejects(connect('localhost'), /the tenant at localhost does not answer: Invalid URL/);
});

test('wrong options and requests are refused', async () => {
  await assert.rejects(start({ log: 'json' }), /log is no option of start/);
  await assert.rejects(start({ mailApi: 'nowhere' }), /"nowhere" is not of the form host:port/);
  await assert.rejects(start({ fixture: { resource_servers: [] } }), /the fixture has no clients; with extends: 'default'/);
  const auth = await start();
  await assert.rejects(auth.tokens('ada@example.com', { scopes: 'openid' }), /tokens takes clientId, audience and scope, not scopes/);
  await assert.rejects(auth.tokens('alan@example.com'), /the user alan@example.com is blocked/);
  await assert.rejects(auth.tokens('+1 202 555 0101'), /String does not match pattern/);
  await assert.rejects(auth.control('GET', '/api/v2/users'), { status: 401, message: /GET \/api\/v2\/users: Missing authentication/ });
  await assert.rejects(auth.inject(undefined), /name: required field is missing/);
  await assert.rejects(auth.inject({ name: 'mine', rules: [] }, { times: 1 }), /inject: times is for a built-in scenario/);
  await auth.stop();
});

test('what surrounds a test does not matter', async () => {
  const warnings = [];
  process.on('warning', (warning) => warnings.push(warning.message));
  const had = globalThis.fetch;
  globalThis.fetch = () => assert.fail('that is for the app');
  Object.assign(process.env, { MOCKAUTH0_FIXTURE: 'strict', HTTP_PROXY: 'http://localhost:1', NO_PROXY: 'corp.test', NODE_OPTIONS: '--no-warnings' });
  const fixture = { extends: 'default', users: [{ email: 'grace@example.com' }] };
  const file = pathToFileURL(write('mine ü.yaml', JSON.stringify({ version: 1, ...fixture })));
  const auths = await Promise.all(Array.from({ length: 12 }, (_, n) => start({ fixture: n % 2 ? fixture : file })));
  for (const auth of auths) assert.equal((await auth.tokens('grace@example.com', { scope: 'openid email' })).claims.email, 'grace@example.com');
  assert.equal(auths[0].env().NO_PROXY, 'corp.test,localhost,127.0.0.1,::1');
  assert.equal(auths[0].env('spa').no_proxy, 'corp.test,localhost,127.0.0.1,::1');
  for (const auth of auths) await auth.stop();
  for (const name of ['MOCKAUTH0_FIXTURE', 'HTTP_PROXY', 'NO_PROXY', 'NODE_OPTIONS']) delete process.env[name];
  globalThis.fetch = had;
  assert.deepEqual(warnings, []);
});
