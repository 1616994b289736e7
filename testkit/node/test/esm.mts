// The types as a test in TypeScript with import sees them.
import { connect, ControlError, start, type Message } from 'mockauth0';
import { expect, test } from 'mockauth0/playwright';
import { MockAuth0Container } from 'mockauth0/testcontainers';

const auth = await start({ fixture: { users: [{ email: 'grace@example.com' }] }, clock: new Date(0), scenario: ['slow'] });
const message: Message = await auth.message('grace@example.com', { wait: '1s' });
const codes: string[] = message.codes;
const failure = await auth.inject({ name: 'mine', rules: [{ id: 'one', when: { endpoint: 'oauth.token' }, then: { delay: '1s' } }] });
const fired: number = await failure.fired();
const { accessToken } = await auth.tokens('grace@example.com', { scope: ['openid'] });
const environment: Record<string, string> = auth.env('nextjs');
const status: number = (await auth.requests())[0].status;
const other = await connect(auth.url);
other.env('vite');
const second = await auth.addTenant('second', { fixture: { users: [{ email: 'grace@example.com' }] }, seed: 'shop' });
const { cookies, origins, tokens } = await second.session('grace@example.com', { clientId: 'acme-web', organization: 'acme', mfa: true, ttl: '1h' });
await using container = await new MockAuth0Container().withClock(new Date(0)).withTenants(2).withNetworkAliases('auth').start();
await (await container.tenant(1)).tokens('ada@example.com', { clientId: container.auth.clientId });
// @ts-expect-error: there is no such endpoint
await auth.inject({ name: 'mine', rules: [{ id: 'one', when: { endpoint: 'nowhere' }, then: {} }] });
// @ts-expect-error: there is no such option
await start({ fixtur: 'default' });
await auth.control('GET', '/_mock/health').catch((error: ControlError) => error.status);
test.use({ auth0Options: { fixture: 'strict' }, auth0User: { user: 'ada@example.com', organization: 'acme' }, auth0Server: 'http://localhost:2884' });
test('types', async ({ auth, page, signedInPage, browser }) => {
  await page.goto(auth.url);
  await signedInPage.goto(auth.url);
  await browser.newContext({ storageState: await auth.session('ada@example.com') });
  expect([cookies, origins, tokens]).toBeTruthy();
  expect([codes, fired, accessToken, environment, status]).toBeTruthy();
});
