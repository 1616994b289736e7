'use strict';
const { test: base, expect } = require('@playwright/test');
const { start, connect } = require('./start.js');

/** A tenant for a worker: one of a server that runs, which ends with the worker, or a server of its own. */
async function tenantOf(worker, server, options) {
  if (!server) return start(options);
  const wrong = Object.keys(options).find((name) => !['fixture', 'seed', 'clientId'].includes(name));
  if (wrong) throw new Error(`mockauth0: auth0Options.${wrong}: a tenant of the server ${server} takes fixture, seed and clientId; for others set auth0Server to ''`);
  const first = await connect(server);
  return first.addTenant(`playwright-${process.pid}-${worker.workerIndex}`, options);
}

/** Playwright's test with a tenant for each worker. */
const test = base.extend({
  auth0Server: [process.env.MOCKAUTH0_URL ?? '', { scope: 'worker', option: true }],
  auth0Options: [{}, { scope: 'worker', option: true }],
  auth0User: ['ada@example.com', { option: true }],
  auth: [
    async ({ auth0Server, auth0Options }, use, worker) => {
      const auth = await tenantOf(worker, auth0Server, auth0Options);
      await use(auth);
      await auth.stop();
    },
    { scope: 'worker' },
  ],
  signedInPage: async ({ auth, auth0User, browser, contextOptions }, use) => {
    const { user, ...request } = typeof auth0User === 'string' ? { user: auth0User } : auth0User;
    const storageState = await auth.session(user, request);
    const context = await browser.newContext({ ...contextOptions, storageState });
    await use(await context.newPage());
    await context.close();
  },
  // A test that fails shows what happened, beside Playwright's trace.
  auth0Report: [
    async ({ auth }, use, info) => {
      await use();
      if (info.status === info.expectedStatus) return;
      const report = await auth.report().catch((error) => error.message); // the test may have stopped it
      console.error(`${info.title}: what the tenant ${auth.url} saw\n${report}`); // the terminal cuts attachments
      await info.attach('mockauth0', { body: report, contentType: 'text/plain' });
    },
    { auto: true },
  ],
});

module.exports = { test, expect };
