// The types as a test in TypeScript with import sees them.
import { connect, ControlError, start, type Message } from 'mockauth0';
import { expect, test } from 'mockauth0/playwright';

const auth = await start({ fixture: { users: [{ email: 'grace@example.com' }] }, clock: new Date(0), scenario: ['slow'] });
const message: Message = await auth.message('grace@example.com', { wait: '1s' });
const codes: string[] = message.codes;
const failure = await auth.inject({ name: 'mine', rules: [{ id: 'one', when: { endpoint: 'oauth.token' }, then: { delay: '1s' } }] });
const fired: number = await failure.fired();
const { accessToken } = await auth.tokens('grace@example.com', { scope: ['openid'] });
const environment: Record<string, string> = auth.env('nextjs');
const status: number = (await auth.requests())[0].status;
const other = await connect(auth.url);
// @ts-expect-error: a tenant that runs already has no env
other.env();
// @ts-expect-error: there is no such endpoint
await auth.inject({ name: 'mine', rules: [{ id: 'one', when: { endpoint: 'nowhere' }, then: {} }] });
// @ts-expect-error: there is no such option
await start({ fixtur: 'default' });
await auth.control('GET', '/_mock/health').catch((error: ControlError) => error.status);
test.use({ auth0Options: { fixture: 'strict' } });
test('types', async ({ auth, page }) => {
  await page.goto(auth.url);
  expect([codes, fired, accessToken, environment, status]).toBeTruthy();
});
