// npm twilio, by which applications send their own text messages. Its hosts
// are Twilio's; a RequestClient of one's own is the documented way to others.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import twilio from 'twilio';

const from = '+15005550006';

class LocalClient extends twilio.RequestClient {
  request(options) {
    const { pathname, search } = new URL(options.uri);
    return super.request({ ...options, uri: process.env.TWILIO_API + pathname + search });
  }
}

const client = twilio('AC' + '0'.repeat(32), 'any token', { httpClient: new LocalClient() });

test('a message is sent, read and listed', async () => {
  const to = process.env.TWILIO_TO;
  const created = await client.messages.create({ to, from, body: process.env.TWILIO_BODY });
  assert.match(created.sid, /^SM[0-9a-f]{32}$/);
  assert.equal(created.status, 'queued');
  assert.equal(created.to, to);
  assert.equal(created.from, from);
  assert.equal(created.body, process.env.TWILIO_BODY);
  assert.equal(created.numSegments, '1');
  assert.equal(created.errorCode, null);
  assert.ok(created.dateCreated instanceof Date && !Number.isNaN(created.dateCreated.getTime()));

  const read = await client.messages(created.sid).fetch();
  assert.equal(read.status, 'delivered');
  assert.equal(read.body, created.body);

  for (let i = 0; i < 3; i++) await client.messages.create({ to: '+12025550199', from, body: `number ${i}` });
  const listed = await client.messages.list({ to: '+12025550199', pageSize: 2 });
  assert.deepEqual(listed.map((m) => m.body), ['number 2', 'number 1', 'number 0']);
});

// https://www.twilio.com/docs/iam/test-credentials
for (const [role, numbers] of Object.entries({
  from: { '+15005550001': 21212, '+15005550007': 21606, '+15005550008': 21611 },
  to: { '+15005550001': 21211, '+15005550002': 21612, '+15005550003': 21408, '+15005550004': 21610, '+15005550009': 21614 },
})) {
  for (const [number, code] of Object.entries(numbers)) {
    test(`${role} ${number} is ${code}`, async () => {
      await assert.rejects(client.messages.create({ to: '+12025550101', from, body: 'x', [role]: number }), (e) => {
        assert.ok(e instanceof twilio.RestException);
        assert.equal(e.code, code);
        assert.equal(e.status, 400);
        assert.equal(e.moreInfo, `https://www.twilio.com/docs/errors/${code}`);
        return true;
      });
    });
  }
}

test('what is not there is 404', async () => {
  await assert.rejects(client.messages('SM' + '0'.repeat(32)).fetch(), { code: 20404, status: 404 });
});
