'use strict';
const { Auth0Mock, ControlError } = require('./client.js');
const { start, connect } = require('./start.js');
const { program } = require('./program.js');

module.exports = { start, connect, program, Auth0Mock, ControlError };
