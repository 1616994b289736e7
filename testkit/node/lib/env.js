'use strict';
const { execFileSync } = require('node:child_process');
const { program } = require('./program.js');

/** The environment that points an app at a tenant, as the program prints it. */
function environment(auth, sdk, { wanted, flags = [], added = [], env }) {
  // The program does not ask the server, so it gets what the server has.
  const fixture = {
    version: 1,
    clients: auth.tenant.clients.map(({ client_id, client_secret, app_type }) => ({ client_id, client_secret, app_type })),
    resource_servers: auth.tenant.resource_servers.map(({ identifier }) => ({ identifier })),
  };
  const environ = { ...process.env, ...env, MOCKAUTH0_FIXTURE_YAML: JSON.stringify(fixture) };
  delete environ.MOCKAUTH0_FIXTURE;
  const args = ['env', '--url', auth.url, ...flags, ...added];
  if (wanted) args.push('--client-id', wanted);
  if (sdk) args.push('--for', sdk);
  let text;
  try {
    text = execFileSync(program(), args, { env: environ, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error(error.stderr?.trim() || error.message);
  }
  const all = {};
  for (const [, name, , inQuotes, bare] of text.matchAll(/^([A-Za-z][A-Za-z0-9_]*)=(?:(['"])(.*)\2|(.*))$/gm)) all[name] = inQuotes ?? bare;
  if ('NODE_EXTRA_CA_CERTS' in all || !sdk) all.NODE_EXTRA_CA_CERTS = auth.caPath;
  return all;
}

module.exports = { environment };
