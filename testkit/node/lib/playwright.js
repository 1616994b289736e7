'use strict';
const { test: base, expect } = require('@playwright/test');
const { start } = require('./start.js');

/** Playwright's test with a tenant for each worker. */
const test = base.extend({
  auth0Options: [{}, { scope: 'worker', option: true }],
  auth: [
    async ({ auth0Options }, use) => {
      const auth = await start(auth0Options);
      await use(auth);
      await auth.stop();
    },
    { scope: 'worker' },
  ],
  // A test that fails shows what happened, beside Playwright's trace.
  auth0Report: [
    async ({ auth }, use, info) => {
      await use();
      if (info.status === info.expectedStatus) return;
      const report = await auth.report();
      console.error(`${info.title}: what the tenant ${auth.url} saw\n${report}`); // the terminal cuts attachments
      await info.attach('mockauth0', { body: report, contentType: 'text/plain' });
    },
    { auto: true },
  ],
});

module.exports = { test, expect };
