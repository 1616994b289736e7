// Eight at a time, fifty times, one server, no reset. Each test has a recipient
// of its own, takes the cursor before it clicks, and reads since it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { app, freshRecipient, outbox, scenarios } from './mock.js';

describe('eight at a time on one server', { concurrency: 8 }, () => {
  for (let repeat = 1; repeat <= 8 * 50; repeat++) {
    test(`only the newest code counts, ${repeat}`, async () => {
      const recipient = freshRecipient();
      const clicks = [];
      // As in a browser: the click is over before the request is.
      const click = () => clicks.push(app.start(recipient));

      let since = await outbox.cursor();
      click();
      const first = await outbox.code(recipient, since);

      // Send it again. The first code is still there, and live: without the
      // cursor it would be read as the second.
      since = await outbox.cursor();
      assert.equal(await outbox.code(recipient), first);
      click();
      const second = await outbox.code(recipient, since);

      assert.equal((await app.redeem(recipient, first)).status, 403);
      assert.equal((await app.redeem(recipient, second)).status, 200);
      await Promise.all(clicks);
    });
  }

  for (let repeat = 1; repeat <= 8; repeat++) {
    test(`a failure is for one recipient, ${repeat}`, async () => {
      const recipient = freshRecipient();
      const id = await scenarios.on('rate-limited', recipient);
      assert.equal((await app.start(recipient)).status, 429);

      const since = await outbox.cursor();
      assert.equal((await app.start(recipient)).status, 200);
      assert.equal((await app.redeem(recipient, await outbox.code(recipient, since))).status, 200);
      await scenarios.off(id);
    });
  }
});
