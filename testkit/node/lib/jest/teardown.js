'use strict';

module.exports = async function teardown() {
  await globalThis[Symbol.for('mockauth0')]?.stop();
};
