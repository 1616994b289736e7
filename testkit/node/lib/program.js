'use strict';
const { existsSync } = require('node:fs');

/** The file of the program: the one that MOCKAUTH0_BIN names, else that of the package for this machine. */
function program() {
  const chosen = process.env.MOCKAUTH0_BIN;
  if (chosen) {
    if (!existsSync(chosen)) throw new Error(`MOCKAUTH0_BIN is ${chosen}, and there is no such file`);
    return chosen;
  }
  const machine = `${process.platform}-${process.arch}`;
  const name = `@mockauth0/${machine}`;
  try {
    return require.resolve(`${name}/bin/mockauth0${process.platform === 'win32' ? '.exe' : ''}`);
  } catch {
    throw new Error(
      `the package ${name}, which has the program for this machine, is not installed. ` +
        'npm leaves it out with --omit=optional, and with a node_modules of another machine. ' +
        'Install again on this machine, or let MOCKAUTH0_BIN name the program.',
    );
  }
}

module.exports = { program };
