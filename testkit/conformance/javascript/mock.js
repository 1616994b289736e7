// The mock, as the tests reach it: through the environment that mockauth0 exec
// sets, and through its control API.

export const domain = process.env.AUTH0_DOMAIN;
export const audience = process.env.AUTH0_AUDIENCE;
export const client = {
  domain,
  clientId: process.env.AUTH0_CLIENT_ID,
  clientSecret: process.env.AUTH0_CLIENT_SECRET,
};

async function control(method, path, body) {
  const answer = await fetch(process.env.MOCKAUTH0_URL + path, { method, body, signal: AbortSignal.timeout(30_000) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text;
}

// The live code that was sent to the recipient.
export async function code(to) {
  return (await control('GET', `/_mock/outbox/code?wait=10s&to=${encodeURIComponent(to)}`)).trim();
}

// The message that was sent last to the recipient.
export async function message(to) {
  return JSON.parse(await control('GET', `/_mock/outbox/latest?to=${encodeURIComponent(to)}`));
}

// Makes the code that was sent last to the recipient lapse.
export async function expire(to) {
  const { id } = await message(to);
  await control('POST', `/_mock/outbox/${id}/expire`);
}

// Answers for the user of a device.
export async function answerDevice(userCode, answer) {
  await control('POST', `/_mock/devices/${userCode}`, JSON.stringify(answer));
}

// A code of the same length that is not the given one.
export function wrong(code) {
  return (code[0] === '0' ? '1' : '0') + code.slice(1);
}

// Adds a user, in the fields of the fixture.
export async function addUser(user) { await control('POST', '/_mock/users', JSON.stringify(user)); }

// The code that the authenticator app of a user shows.
export async function totp(user) { return JSON.parse(await control('GET', `/_mock/users/${encodeURIComponent(user)}/totp`)).code; }

// Accepts the push notification that waits for a user.
export async function acceptPush(user) { await control('POST', '/_mock/push', JSON.stringify({ user, answer: 'accept' })); }
