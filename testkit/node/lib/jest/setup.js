'use strict';
const { start } = require('../start.js');

/** Starts the tenant of all tests, whose environment the tests and their app have. Under mockauth0 exec that is its tenant. */
module.exports = async function setup(_, { globals }) {
  if (process.env.MOCKAUTH0_URL) return;
  const auth = await start(globals.auth0Options);
  Object.assign(process.env, auth.env());
  globalThis[Symbol.for('mockauth0')] = auth;
};
