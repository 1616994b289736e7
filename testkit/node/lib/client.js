'use strict';
const http = require('node:http');
const https = require('node:https');
const { environment } = require('./env.js');

const PATIENCE = '5s'; // for a message to come
const TIMEOUT = 90_000; // milliseconds for a call: the longest wait of the tenant is 60 s

// Without a recipient the tenant has the newest message of anybody, which no test means.
const recipient = (to) => {
  if (typeof to === 'string' && to !== '') return to;
  throw new Error(`mockauth0: the recipient is ${to}; give an e-mail address or a phone number`);
};

/** What the tenant refused. The message is the tenant's own sentence. */
class ControlError extends Error {
  constructor(method, path, status, body) {
    super(`mockauth0: ${method} ${path}: ${body?.error_description ?? body?.description ?? body?.message ?? body?.error ?? `status ${status}`}`);
    this.name = 'ControlError';
    this.status = status;
    this.body = body;
  }
}

/** A tenant that runs, as a test sees it: what an app is configured with, and the methods of the control API. */
class Auth0Mock {
  #signingIn = Promise.resolve();
  #wanted; // the client that was asked for
  #program; // its flags that the command env takes, too, and its environment

  /** @param {string} url where the tenant answers http */
  constructor(url, { caPath = '', ...program } = {}) {
    this.url = url.replace(/\/+$/, '');
    this.domain = this.url.replace(/^https?:\/\//, '');
    this.tlsUrl = `https://${this.domain}`;
    this.caPath = caPath;
    this.#program = program;
  }

  /** Reads what the tenant says of itself. The client is the one asked for, else that which mockauth0 env takes. */
  async load(clientId) {
    this.tenant = await this.control('GET', '/_mock/tenant');
    if (!this.tenant.issuer) throw new Error(`mockauth0: what answers at ${this.url} is no tenant of mockauth0`);
    this.tenant.clients ??= []; // what is empty is left out
    this.tenant.resource_servers ??= [];
    this.tenant.connections ??= [];
    this.#wanted = clientId;
    const { clients } = this.tenant;
    if (!clients.length) throw new Error("mockauth0: the fixture has no clients; with extends: 'default' it has those of the built-in one");
    const client = clientId
      ? clients.find((c) => c.client_id === clientId)
      : (clients.find((c) => c.client_id === 'acme-web') ??
        clients.find((c) => c.client_secret && c.app_type === 'regular_web') ??
        clients[0]);
    if (!client) {
      throw new Error(`mockauth0: there is no client ${clientId}; there are ${clients.map((c) => c.client_id).join(', ')}`);
    }
    this.issuer = this.tenant.issuer;
    this.clientId = client.client_id;
    this.clientSecret = client.client_secret ?? '';
    return this;
  }

  /** The environment that points an app at the tenant: in general, or in the names that an SDK reads. */
  env(sdk) {
    return environment(this, sdk, { wanted: this.#wanted, ...this.#program });
  }

  /** Makes a tenant beside this one, on the same server. It ends with stop(). */
  async addTenant(name, { fixture, clientId, ...others } = {}) {
    const body = { name, ...others, ...(fixture && { fixture: typeof fixture === 'object' ? { version: 1, ...fixture } : fixture }) };
    const { url } = await this.control('POST', '/_mock/tenants', { body });
    const added = fixture ? [] : this.#program.added; // a fixture of its own has nothing of the flags
    const made = new AddedTenant(this, name, url, { ...this.#program, caPath: this.caPath, added });
    try {
      return await made.load(clientId);
    } catch (error) {
      await made.stop();
      throw error;
    }
  }

  /** Signs a user in without a page. The answer is what Playwright calls a storageState, and has the tokens of a client, if one is named. */
  async session(user, { clientId, ...others } = {}) {
    return this.control('POST', '/_mock/sessions', { body: { user, create: true, ...(clientId && { client_id: clientId }), ...others } });
  }

  /** Calls the control API, and returns the JSON or the text that it answers. */
  async control(method, path, { query, body } = {}) {
    const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
    const search = given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    return this.#send(method, path, search, body);
  }

  async #send(method, path, search, body) {
    const isText = typeof body === 'string';
    const data = body === undefined || isText ? body : JSON.stringify(body);
    const headers = data === undefined ? {} : { 'content-type': isText ? 'application/yaml' : 'application/json', 'content-length': Buffer.byteLength(data) };
    let answer;
    try {
      answer = await call(`${this.url}${path}${search && `?${search}`}`, { method, headers }, data);
    } catch (error) {
      throw new Error(`mockauth0: ${method} ${path}: the tenant at ${this.url} does not answer: ${error.message || error.code}`, { cause: error });
    }
    let said = answer.text;
    if (answer.type.startsWith('application/json') && said) {
      try {
        said = JSON.parse(said);
      } catch { /* it is text */ }
    }
    if (answer.status >= 400) throw new ControlError(method, path, answer.status, said);
    return said;
  }

  /** The live code that was sent to an address or a phone number. It waits up to 5 seconds for one. */
  async otp(to, filter) {
    return (await this.control('GET', '/_mock/outbox/code', { query: { to: recipient(to), wait: PATIENCE, ...filter } })).trim();
  }

  /** The live link that was sent. It waits as otp does. */
  async link(to, filter) {
    return (await this.control('GET', '/_mock/outbox/link', { query: { to: recipient(to), wait: PATIENCE, ...filter } })).trim();
  }

  /** The newest message. It waits as otp does. */
  async message(to, filter) {
    return this.control('GET', '/_mock/outbox/latest', { query: { to: recipient(to), wait: PATIENCE, ...filter } });
  }

  /** The messages of the outbox, the oldest first. */
  async messages(filter) {
    return (await this.control('GET', '/_mock/outbox', { query: filter })).items;
  }

  /** The place after the newest message, to use as since. */
  async cursor() {
    return (await this.control('GET', '/_mock/outbox/cursor')).trim();
  }

  /** Lets the live code of a recipient lapse. The clock does not move. */
  async expire(to) {
    const { id } = await this.message(to);
    await this.control('POST', `/_mock/outbox/${id}/expire`);
  }

  /** Signs a user in without an app: with the password of a database user, else with a code. */
  tokens(user, wanted = {}) {
    // A second code for the same user would make the first one useless.
    const result = this.#signingIn.then(() => this.#tokens(user, wanted));
    this.#signingIn = result.catch(() => {});
    return result;
  }

  async #tokens(user, wanted) {
    const wrong = Object.keys(wanted).find((name) => !['clientId', 'audience', 'scope'].includes(name));
    if (wrong) throw new Error(`mockauth0: tokens takes clientId, audience and scope, not ${wrong}`);
    const clients = this.tenant.clients;
    const client = clients.find((c) => c.client_id === (wanted.clientId ?? this.clientId));
    if (!client) throw new Error(`mockauth0: tokens: there is no client ${wanted.clientId}; there are ${clients.map((c) => c.client_id).join(', ')}`);
    const audience = wanted.audience ?? this.tenant.resource_servers[0]?.identifier;
    const api = this.tenant.resource_servers.find((one) => one.identifier === audience);
    const scope = (wanted.scope ?? ['openid', 'profile', 'email', 'offline_access', ...(api?.scopes ?? []).map((s) => s.value)]);
    const isPhone = user.startsWith('+');
    const strategy = isPhone ? 'sms' : 'email';
    const known = await this.control('GET', `/_mock/users/${encodeURIComponent(user)}`).catch((error) => {
      if (error.status !== 404) throw error;
    });
    const enabled = (c) => c.enabled_clients?.some((id) => id === '*' || id === client.client_id);
    const connection = this.tenant.connections.find((c) => (known ? c.name === known.connection : c.strategy === strategy && enabled(c)));
    const name = connection?.name ?? strategy;
    const credentials = { client_id: client.client_id, ...(client.client_secret && { client_secret: client.client_secret }) };

    const request = { ...credentials, realm: name, username: user, audience, scope: [scope].flat().join(' ') };
    if (connection?.strategy === 'auth0') {
      request.grant_type = 'http://auth0.com/oauth/grant-type/password-realm';
      const { users } = await this.control('GET', '/_mock/state'); // which has the passwords
      request.password = users.find((one) => one.user_id === known.user_id)?.password;
    } else {
      if (known?.blocked) throw new Error(`mockauth0: tokens: the user ${user} is blocked, and gets no code`);
      const since = await this.cursor();
      await this.#send('POST', '/passwordless/start', '', {
        ...credentials, connection: name, [isPhone ? 'phone_number' : 'email']: user, send: 'code',
      });
      request.grant_type = 'http://auth0.com/oauth/grant-type/passwordless/otp';
      request.otp = await this.otp(user, { since });
    }
    const answer = await this.#send('POST', '/oauth/token', '', request);
    return {
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token ?? '',
      idToken: answer.id_token ?? '',
      tokenType: answer.token_type,
      scope: answer.scope?.split(' ') ?? [],
      expiresIn: answer.expires_in,
      claims: answer.id_token ? JSON.parse(Buffer.from(answer.id_token.split('.')[1], 'base64url').toString()) : {},
    };
  }

  /** A token with any claims, signed by the tenant. */
  async mint(claims) {
    return (await this.control('POST', '/_mock/tokens', { body: { claims } })).token;
  }

  /** A token with any claims, signed by a key that the tenant does not publish: an app must refuse it. */
  async forge(claims) {
    return (await this.control('POST', '/_mock/tokens', { body: { claims, key: 'rogue' } })).token;
  }

  /** Switches a failure on: a built-in one by its name, or one that the test writes. */
  async inject(scenario, narrowed) {
    let body = scenario;
    const isOwn = typeof scenario === 'object' || scenario?.includes('\n');
    if (!isOwn) body = { name: scenario, ...narrowed };
    else if (narrowed) throw new Error(`mockauth0: inject: ${Object.keys(narrowed)} is for a built-in scenario; in one of your own it is in a rule`);
    else if (typeof scenario === 'object') body = { version: 1, ...scenario };
    return new Injection(this, await this.control('POST', '/_mock/scenarios', { body }));
  }

  /** Moves the tenant's clock forward: '3m', or as many seconds. */
  async advance(by) {
    return this.control('POST', '/_mock/clock', { body: { advance: by } });
  }

  /** The time of the tenant. */
  async now() {
    return new Date((await this.control('GET', '/_mock/clock')).now);
  }

  /** Adds a user, in the fields of a fixture. */
  async addUser(user) {
    return this.control('POST', '/_mock/users', { body: user });
  }

  /** The last 1,000 requests. */
  async requests() {
    return (await this.control('GET', '/_mock/requests')).items;
  }

  /** What happened: the requests, the outbox, the scenarios and the clock. */
  async report() {
    return this.control('GET', '/_mock/report');
  }

  /** Brings the tenant back to its fixture. */
  async reset() {
    await this.control('POST', '/_mock/reset');
  }

  /** Lets go of the tenant. One that start started ends. */
  async stop() {}

  async [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    await this.stop();
  }
}

/** A tenant that addTenant has made. */
class AddedTenant extends Auth0Mock {
  #beside;
  #name;
  #isStopped = false;

  constructor(beside, name, url, options) {
    super(url, options);
    this.#beside = beside;
    this.#name = name;
  }

  async stop() {
    if (!this.#isStopped) await this.#beside.control('DELETE', `/_mock/tenants/${this.#name}`);
    this.#isStopped = true;
  }
}

/** A failure that is on. */
class Injection {
  constructor(auth, status) {
    this.auth = auth;
    this.id = status.id;
  }

  /** What the scenario did up to now. */
  async status() {
    return this.auth.control('GET', `/_mock/scenarios/${encodeURIComponent(this.id)}`);
  }

  /** How often it acted. */
  async fired() {
    return (await this.status()).rules.reduce((sum, rule) => sum + rule.fired, 0);
  }

  /** Switches it off. */
  async remove() {
    await this.auth.control('DELETE', `/_mock/scenarios/${encodeURIComponent(this.id)}`);
  }
}

/**
 * Makes a request over a connection of its own. It is not fetch, which tests replace, jsdom does not have, and a proxy may be
 * set for.
 */
function call(url, options, data) {
  return new Promise((resolve, reject) => {
    const request = (url.startsWith('https:') ? https : http).request(url, { ...options, agent: false, timeout: TIMEOUT }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part) => { text += part; });
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode, type: answer.headers['content-type'] ?? '', text }));
    });
    request.on('timeout', () => request.destroy(new Error(`it took more than ${TIMEOUT / 1000} s`)));
    request.on('error', reject);
    request.end(data);
  });
}

module.exports = { Auth0Mock, ControlError, Injection };
