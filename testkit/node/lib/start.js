'use strict';
const { spawn } = require('node:child_process');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { Auth0Mock } = require('./client.js');
const { program } = require('./program.js');

const PATIENCE = 60_000; // milliseconds for the program to be ready, or to stop

/** The folders of the tenants that run. Those that are not stopped go with this process. */
const folders = new Set();
const removeAll = () => folders.forEach(remove);

function makeFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'mockauth0-'));
  if (!folders.size) process.on('exit', removeAll); // one for all: Node warns of eleven
  folders.add(folder);
  return folder;
}

function remove(folder) {
  folders.delete(folder);
  if (!folders.size) process.off('exit', removeAll);
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Starts a tenant on a free port. It ends with stop(), and at the latest with this process.
 */
async function start(options = {}) {
  const { clientId, port = 0, fixture, env, ...given } = options;
  if ('log' in given) throw new Error('mockauth0: log is no option of start: report() of the tenant says what happened');
  const environ = { ...process.env, ...env };
  if (fixture?.href) given.fixture = fileURLToPath(fixture.href);
  else if (typeof fixture === 'string' && !fixture.includes('\n')) given.fixture = fixture;
  else if (fixture) {
    environ.MOCKAUTH0_FIXTURE_YAML = typeof fixture === 'string' ? fixture : JSON.stringify({ version: 1, ...fixture });
    delete environ.MOCKAUTH0_FIXTURE;
  }

  const file = program();
  const folder = makeFolder();
  const caPath = path.join(folder, 'ca.pem');
  const child = spawn(
    file,
    ['serve', '--addr', `localhost:${port}`, '--log', 'none', '--stop-with-stdin', '--tls-ca-copy', caPath, ...flags(given)],
    // Ctrl-C is for the tests, which ask the tenant once more before they end. Its standard input ends with this process.
    { env: environ, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true, detached: process.platform !== 'win32' },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let url;
  try {
    url = await ready(file, child);
  } catch (error) {
    child.kill('SIGKILL');
    remove(folder);
    throw error;
  }
  // Neither the program nor its pipes keep this process alive.
  for (const part of [child, child.stdin, child.stdout, child.stderr]) part.unref();
  const { client, audience, tlsDir, tlsHost } = given;
  const auth = new Started(url, { child, ended, folder }, { caPath, flags: flags({ tlsDir, tlsHost }), added: flags({ client, audience }), env });
  try {
    return await auth.load(clientId);
  } catch (error) {
    await auth.stop();
    throw error;
  }
}

/** A tenant that runs already, such as that of mockauth0 exec, whose URL is MOCKAUTH0_URL. */
async function connect(url = process.env.MOCKAUTH0_URL, { clientId } = {}) {
  if (!url) throw new Error('mockauth0: connect needs a URL, or MOCKAUTH0_URL, which mockauth0 exec sets');
  return new Auth0Mock(url, { caPath: process.env.NODE_EXTRA_CA_CERTS }).load(clientId);
}

/** The URL that the program prints when it is ready; an error if it ends before, or takes long, with what it said. */
function ready(file, child) {
  return new Promise((resolve, reject) => {
    let out = '';
    let said = '';
    const fail = (why) => reject(new Error(said.trim() || `mockauth0: ${file} ${why}`));
    const late = setTimeout(() => fail(`was not ready within ${PATIENCE / 1000} s`), PATIENCE);
    child.stderr.on('data', (data) => { said = (said + data).slice(-20_000); });
    child.stdout.on('data', (data) => {
      out = (out + data).slice(0, 1000);
      if (!out.includes('\n')) return;
      clearTimeout(late);
      const [line] = out.split(/\r?\n/);
      if (line.startsWith('http://')) resolve(line);
      else fail(`is another program: it says ${line}`);
    });
    child.once('error', (error) => {
      clearTimeout(late);
      fail(`cannot be started: ${error.message}`);
    });
    child.once('close', (status) => {
      clearTimeout(late);
      fail(`ended with status ${status} before it was ready`);
    });
  });
}

/** Each option is the flag of its name: mailApi: 'localhost:0' is --mail-api localhost:0. */
function flags(options) {
  return Object.entries(options).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === undefined || value === false) return [];
    if (value === true) return [flag];
    return [value].flat().flatMap((one) => [flag, one instanceof Date ? one.toISOString() : String(one)]);
  });
}

class Started extends Auth0Mock {
  #program;

  constructor(url, program, options) {
    super(url, options);
    this.#program = program;
  }

  async stop() {
    const { child, ended, folder } = this.#program;
    child.stdin.end();
    child.ref();
    const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    await ended;
    clearTimeout(late);
    remove(folder);
  }
}

module.exports = { start, connect };
