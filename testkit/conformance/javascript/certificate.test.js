// Without NODE_EXTRA_CA_CERTS the same SDKs are refused: nothing here weakens
// the check of certificates.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { domain } from './mock.js';

const program = `
  import { AuthClient } from '@auth0/auth0-auth-js';
  import { AuthenticationClient } from 'auth0';
  const client = { domain: ${JSON.stringify(domain)}, clientId: 'acme-web', clientSecret: 'acme-web-secret' };
  await fetch('https://' + client.domain).catch((e) => console.log('fetch', e.cause.code));
  for (const sdk of [new AuthenticationClient(client), new AuthClient(client)]) {
    await sdk.passwordless.sendEmail({ email: 'untrusted@example.com', send: 'code' }).then(
      () => console.log('trusted'),
      (e) => console.log('refused', e.statusCode),
    );
  }
`;

test('a certificate of an unknown authority is refused', () => {
  const { NODE_EXTRA_CA_CERTS: known, ...env } = process.env;
  assert.ok(known, 'run this by go test ./...');
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: import.meta.dirname, env, encoding: 'utf8', timeout: 30_000,
  });
  // No status: the SDKs got no answer, as fetch got none.
  assert.match(out, /^fetch (UNABLE_TO_|SELF_SIGNED_)\w+\nrefused undefined\nrefused undefined\n$/);
});
