// What Node sees of each transport fault, as lines of client, fault and words:
// faults_test.go holds the README's table against them.

import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';

const faults = ['reset', 'empty', 'hang', 'garbage', 'truncate', 'dribble'];
const path = '/.well-known/jwks.json';
const plain = process.env.MOCKAUTH0_URL;
const secure = `https://${process.env.AUTH0_DOMAIN}`;

// Each client sends one request with the headers, hands the status to onHead,
// and is done when the body has ended.
const clients = {
  '`fetch`, http': (...args) => byFetch(plain, ...args),
  '`fetch`, https': (...args) => byFetch(secure, ...args),
  '`node:http`': (...args) => byRequest(http, plain, ...args),
  '`node:https`': (...args) => byRequest(https, secure, ...args),
  '`node:http2`': (...args) => byHTTP2(secure, ...args),
};

async function byFetch(base, headers, signal, onHead) {
  const answer = await fetch(base + path, { headers, signal });
  onHead(answer.status);
  await answer.text();
}

function byRequest(module, base, headers, signal, onHead) {
  return new Promise((resolve, reject) => {
    module.get(base + path, { headers, signal, agent: false }, (answer) => {
      onHead(answer.statusCode);
      answer.on('error', reject).on('end', resolve).resume();
    }).on('error', reject);
  });
}

function byHTTP2(base, headers, signal, onHead) {
  return new Promise((resolve, reject) => {
    const session = http2.connect(base).on('error', reject);
    session.request({ ...headers, ':path': path }, { signal })
      .on('response', (head) => onHead(head[':status']))
      .on('error', reject).on('end', resolve).on('close', () => session.close())
      .resume();
  });
}

async function control(method, path, body) {
  const answer = await fetch(plain + path, { method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

// What the client sees, in words that are the same each time. Where nothing
// comes it gives up when the server has got the request.
async function see(client, name, fault) {
  const scenario = `${name.replace(/\W+/g, '')}-${fault}`;
  const rule = { id: 'it', when: { header: { 'X-Fault': scenario } }, then: { fault } };
  await control('POST', '/_mock/scenarios', { version: 1, name: scenario, rules: [rule] });
  const patience = new AbortController();
  let status, over = false;
  const start = performance.now();
  const outcome = client({ 'x-fault': scenario }, patience.signal, (s) => { status = s; }).then(
    () => `${status}${performance.now() - start >= 2000 ? ', slowly' : ''}`,
    (e) => `${status ? `${status}, then ` : ''}${patience.signal.aborted ? 'timeout' : word(e)}`,
  ).finally(() => { over = true; });
  while (fault === 'hang' && !over) {
    const { rules } = await control('GET', `/_mock/scenarios/${scenario}`);
    if (rules[0].fired > 0) patience.abort();
  }
  return outcome;
}

function word(e) {
  const { code, message } = e.cause ?? e;
  const reason = /NGHTTP2_(\w+)/.exec(message); // the code is the same for all
  return reason ? `\`${code}\` ${reason[1]}` : `\`${code ?? message}\``;
}

await Promise.all(Object.entries(clients).flatMap(([name, client]) => faults.map(async (fault) => {
  console.log([name, fault, await see(client, name, fault)].join('\t'));
})));
