'use strict';
const { spawn } = require('node:child_process');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { Auth0Mock } = require('./client.js');
const { program } = require('./program.js');

/**
 * Starts a tenant on a free port. It ends with stop(), and at the latest with this process.
 */
async function start(options = {}) {
  const { clientId, port = 0, fixture, env, ...others } = options;
  const given = { ...others };
  const environ = { ...process.env, ...env };
  if (typeof fixture === 'object') environ.MOCKAUTH0_FIXTURE_YAML = JSON.stringify({ version: 1, ...fixture });
  else if (typeof fixture === 'string' && fixture.includes('\n')) environ.MOCKAUTH0_FIXTURE_YAML = fixture;
  else given.fixture = fixture;

  const file = program();
  const dir = mkdtempSync(path.join(tmpdir(), 'mockauth0-'));
  const caPath = path.join(dir, 'ca.pem');
  const clean = () => rmSync(dir, { recursive: true, force: true });
  process.once('exit', clean);
  const child = spawn(
    file,
    ['serve', '--addr', `localhost:${port}`, '--log', 'none', '--stop-with-stdin', '--tls-ca-copy', caPath, ...flags(given)],
    { env: environ, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let url;
  try {
    url = await ready(file, child);
  } catch (error) {
    process.off('exit', clean);
    clean();
    throw error;
  }
  // Neither the program nor its pipes keep this process alive.
  for (const part of [child, child.stdin, child.stdout, child.stderr]) part.unref();
  const { client, audience, tlsDir, tlsHost } = given;
  const auth = new Started(url, { child, ended, clean }, { caPath, flags: flags({ tlsDir, tlsHost }), added: flags({ client, audience }), env });
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

/** The URL that the program prints when it is ready; an error if it ends before, with what it said. */
function ready(file, child) {
  return new Promise((resolve, reject) => {
    let out = '';
    let said = '';
    child.stderr.on('data', (data) => { said = (said + data).slice(-20_000); });
    child.stdout.on('data', (data) => {
      out += data;
      if (out.includes('\n')) resolve(out.trim());
    });
    child.once('error', (error) => reject(new Error(`mockauth0: ${file} cannot be started: ${error.message}`)));
    child.once('close', (status) => reject(new Error(said.trim() || `mockauth0 ended with status ${status} before it was ready`)));
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
    const { child, ended, clean } = this.#program;
    child.stdin.end();
    child.ref();
    await ended;
    process.off('exit', clean);
    clean();
  }
}

module.exports = { start, connect };
