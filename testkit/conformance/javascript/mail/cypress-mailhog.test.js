// npm cypress-mailhog, with a stand-in for cy: its commands are called as
// Cypress would, and its requests are real.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { recipient, send } from './send.js';

// A chain is what a command of Cypress returns.
class Chain extends Promise {
  its(name) {
    return this.then((v) => v[name]);
  }
  should(chainer, value) {
    return this.then((v) => {
      const checks = {
        'not.have.length': () => assert.notEqual(v.length, value),
        'to.have.length.greaterThan': () => assert.ok(v.length > value),
        eq: () => assert.equal(v, value),
        contain: () => assert.ok(v.includes(value)),
      };
      checks[chainer]();
      return v;
    });
  }
}

const cy = {
  wrap: (v) => Chain.resolve(v),
  request: ({ method, url, failOnStatusCode = true }) =>
    Chain.resolve(fetch(url, { method })).then(async (res) => {
      if (failOnStatusCode) assert.ok(res.ok, `${method} ${url}: ${res.status}`);
      // cy.request parses JSON by its Content-Type, which MailHog calls text/json.
      return { status: res.status, body: await res.text() };
    }),
  verifyUpcomingAssertions: (v) => Chain.resolve(v),
};
globalThis.cy = cy;
globalThis.Cypress = {
  env: (name) => (name === 'mailHogUrl' ? `${process.env.MAIL_API}/` : undefined),
  config: () => undefined,
  Commands: {
    add(name, options, command = options) {
      cy[name] = (...args) => Chain.resolve(command(...args));
      Chain.prototype[name] = function (...args) {
        return this.then((subject) => command(subject, ...args));
      };
    },
  },
};
createRequire(import.meta.url)('cypress-mailhog');

test('the code that the tenant sent', async () => {
  const mails = await cy.mhGetMailsByRecipient('tenant@example.com');
  assert.equal(mails.length, 1);
  await cy.mhGetMailsBySubject(process.env.MAIL_SUBJECT).mhFirst().mhGetRecipients().should('contain', 'tenant@example.com');
  await cy.mhGetMailsBySender('no-reply@mockauth0.test').mhFirst().mhGetSubject().should('eq', process.env.MAIL_SUBJECT);
});

test('mails of the app', async () => {
  const to = recipient('Cypress');
  await send({ to, subject: 'plain subject', text: 'hello 4711 there' }, { to, subject: 'another', text: 'x' });
  assert.equal((await cy.mhGetAllMails()).length >= 3, true);
  assert.equal((await cy.mhGetMailsByRecipient(to)).length, 2);
  assert.equal((await cy.mhSearchMails('containing', 'hello 4711')).length, 1);
  await cy.mhSearchMails('to', to).mhFilterBySubject('plain subject').mhFirst().mhGetBody().should('contain', 'hello 4711 there');
  await cy.mhSearchMails('to', to).mhFilterBySender('shop@acme.test').mhFilterByRecipient(to).should('not.have.length', 0);
  await cy.mhHasMailFrom('shop@acme.test');
  await cy.mhHasMailTo(to);
  await cy.mhWaitForMails(1);
  assert.equal(await cy.mhGetJimMode(), false);
  assert.equal((await cy.mhSetJimMode(true)).status, 403);
});
