import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { app, clock, freshRecipient, outbox } from './mock.js';

afterEach(clock.reset);

for (const [age, status] of [['2m', 200], ['3m', 403]]) {
  test(`a code that is ${age} old is answered with ${status}`, async () => {
    const recipient = freshRecipient();
    const since = await outbox.cursor();
    await app.start(recipient);
    const code = await outbox.code(recipient, since);
    await clock.advance(age);
    assert.equal((await app.redeem(recipient, code)).status, status);
  });
}
