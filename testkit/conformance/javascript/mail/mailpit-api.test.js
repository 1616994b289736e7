// npm mailpit-api, which reads Mailpit's API.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MailpitClient } from 'mailpit-api';
import { recipient, send } from './send.js';

const pit = new MailpitClient(process.env.MAILPIT_API);

test('the code that the tenant sent', async () => {
  const mail = await pit.waitForMessage({ query: 'to:tenant@example.com' });
  assert.equal(mail.Subject, process.env.MAIL_SUBJECT);
  assert.deepEqual(mail.From, { Name: 'Acme', Address: 'no-reply@mockauth0.test' });
  assert.match(mail.Text, new RegExp(`Your verification code is: ${process.env.MAIL_CODE}\r\n`));
  assert.match(await pit.renderMessageHTML(mail.ID), new RegExp(`<strong>${process.env.MAIL_CODE}</strong>`));
});

test('mails of the app: found, waited for, deleted', async () => {
  const to = recipient('pit');
  const query = `to:${to}`;
  const waiting = pit.waitForMessages({ query, count: 2 }, { interval: 20 });
  await send({ to, subject: 'first', text: 'hello\nthere' }, { to, subject: 'second', html: '<p>4711</p>', attachments: [{ filename: 'x.txt', content: 'hello' }] });
  const found = await waiting;
  assert.deepEqual(found.messages.map((m) => m.Subject), ['second', 'first']);
  assert.equal(found.messages[0].Attachments, 1);
  assert.equal(found.messages[0].Snippet, '4711');

  const second = await pit.getMessageSummary(found.messages[0].ID);
  assert.equal(second.Attachments[0].FileName, 'x.txt');
  assert.equal(await (await pit.getMessageAttachment(second.ID, second.Attachments[0].PartID)).text(), 'hello');
  assert.deepEqual((await pit.getMessageHeaders(second.ID)).Subject, ['second']);
  assert.match(await pit.getMessageSource(second.ID), /^Return-Path: <shop@acme\.test>\r\n/);
  assert.match(await pit.renderMessageText(found.messages[1].ID), /^hello\r\nthere/);
  assert.equal((await pit.searchMessages({ query: `${query} has:attachment` })).messages_count, 1);
  assert.ok((await pit.getInfo()).Messages >= 3);
  assert.deepEqual(await pit.getTags(), []);

  assert.equal(await pit.deleteMessages({ IDs: [second.ID] }), 'ok');
  assert.equal((await pit.searchMessages({ query })).messages_count, 1);
  assert.equal(await pit.deleteMessagesBySearch({ query }), 'ok');
  assert.equal((await pit.searchMessages({ query })).messages_count, 0);
  await assert.rejects(pit.getMessageSummary(second.ID), /404/);
  assert.ok((await pit.listMessages()).total >= 1);
});
