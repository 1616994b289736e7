// npm mailhog (blueimp/mailhog-node), which reads MailHog's API.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import mailhog from 'mailhog';
import { recipient, send } from './send.js';

const { hostname, port } = new URL(process.env.MAIL_API);
const hog = mailhog({ host: hostname, port: Number(port) });

test('the code that the tenant sent', async () => {
  const mail = await hog.latestTo('tenant@example.com');
  assert.equal(mail.subject, process.env.MAIL_SUBJECT);
  assert.match(mail.from, /^Acme <no-reply@mockauth0\.test>$/);
  assert.equal(mail.to, 'tenant@example.com');
  assert.match(mail.text, new RegExp(`Your verification code is: ${process.env.MAIL_CODE}\r\n`));
  assert.match(mail.html, new RegExp(`<strong>${process.env.MAIL_CODE}</strong>`));
  assert.ok(Math.abs(Date.now() - mail.date) < 600_000);
});

test('mails of the app: decoded, found, deleted', async () => {
  const to = recipient('hog');
  await send(
    { to, subject: 'one', text: '.dots\n..and more\n.' },
    { to, subject: 'Grüße', text: 'Schöne Grüße', html: '<p>Schöne <b>Grüße</b> = 4711</p>' },
    { to, subject: 'with a file', text: 'see there', attachments: [{ filename: 'x.txt', content: 'hello' }] },
  );
  // One word: this client does not know that "_" is a space in an encoded subject.
  const found = await hog.search(to, 'to');
  assert.equal(found.total, 3);
  assert.deepEqual(found.items.map((m) => m.subject), ['with a file', 'Grüße', 'one']);
  const [file, greeting, one] = found.items;
  assert.equal(one.text, '.dots\r\n..and more\r\n.');
  assert.equal(greeting.text, 'Schöne Grüße');
  assert.equal(greeting.html, '<p>Schöne <b>Grüße</b> = 4711</p>');
  assert.equal(file.attachments.length, 1);
  assert.equal(file.attachments[0].name, 'x.txt');
  assert.equal((await hog.latestFrom('shop@acme.test')).ID, file.ID);
  assert.equal((await hog.latestContaining('4711')).ID, greeting.ID);

  const all = await hog.messages(0, 250);
  assert.equal(all.count, all.total);
  assert.equal((await hog.deleteMessage(greeting.ID)).statusCode, 200);
  assert.equal((await hog.search(to, 'to')).total, 2);
  assert.equal((await hog.deleteMessage(greeting.ID)).statusCode, 500); // as MailHog answers
  assert.equal((await hog.releaseMessage(one.ID, { host: 'localhost', port: '1', email: 'x@x.test' })).error, 'forbidden');
});
