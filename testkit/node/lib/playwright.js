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
});

module.exports = { test, expect };
