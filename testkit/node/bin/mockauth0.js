#!/usr/bin/env node
'use strict';
// Runs the program as if it had been called itself: with its arguments, its terminal and its exit status.
const { spawn } = require('node:child_process');
const { constants } = require('node:os');
const { program } = require('../lib/program.js');

let file;
try {
  file = program();
} catch (error) {
  console.error(`mockauth0: ${error.message}`);
  process.exit(1);
}
const child = spawn(file, process.argv.slice(2), { stdio: 'inherit' });
child.on('error', (error) => {
  console.error(`mockauth0: ${file} cannot be started: ${error.message}`);
  process.exitCode = 1;
});
// A terminal sends Ctrl-C to both, and the program stops in its own time.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (status, signal) => {
  process.exitCode = status ?? 128 + constants.signals[signal];
});
