// The e-mail addresses that mockauth0 accepts are those of isEmail with its
// defaults, in the package validator, by which Auth0 goes.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import validator from 'validator'

const table = JSON.parse(readFileSync(new URL('../../../internal/address/testdata/emails.json', import.meta.url), 'utf8'))

test('the table of addresses is that of validator', () => {
  assert.ok(table.length >= 60)
  for (const [address, valid] of table) {
    assert.equal(validator.isEmail(address), valid, JSON.stringify(address))
  }
})
