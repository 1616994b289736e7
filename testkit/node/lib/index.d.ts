import type {
  ClockState, Fixture, Message, Request, ScenarioRequest, Setup, Status, StorageState, User,
} from './control';

export * from './control';

declare global {
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol; // where neither lib nor @types/node has it
  }
}

/** What a tenant is started with. Each option is the flag of its name: `mockauth0 serve --help` lists them. */
export interface StartOptions {
  /** What the tenant knows: the name of a built-in fixture, a file, its URL, or the fixture itself, as YAML or as an object. */
  fixture?: string | { readonly href: string } | Partial<Fixture>;
  /** The client that the app is: default acme-web, else the first web app with a secret, else the first client. */
  clientId?: string;
  /** The port of localhost; default a free one. */
  port?: number;
  /** Failures that are on from the start: names of built-in scenarios, or files. */
  scenario?: string | string[];
  /** What codes, ids and refresh tokens derive from. */
  seed?: string;
  /** How codes are made: hmac, fixed:000000, sequence:111111,222222 or random. */
  otp?: string;
  /** Stops the tenant's clock there. */
  clock?: string | Date;
  /** The iss of every token; default the URL of the request. */
  issuer?: string;
  /** More clients, as ID[:SECRET][@TYPE]. */
  client?: string | string[];
  /** More APIs, as URL[=SCOPE,…]. */
  audience?: string | string[];
  /** A callback, logout URL and origin of an app that is not on loopback. */
  callback?: string | string[];
  /** A file with the tenant's state: read at the start, written at the end. */
  state?: string;
  /** Takes mail by SMTP there, as in localhost:1025. */
  smtp?: string | string[];
  /** Answers MailHog's HTTP API there. */
  mailApi?: string | string[];
  /** Takes text messages there as Twilio's API does. */
  twilio?: string | string[];
  /** Hosts beyond loopback that the tenant may call. */
  allowOutbound?: string | string[];
  /** More names for which https answers. */
  tlsHost?: string | string[];
  /** The folder of the certificate authority. */
  tlsDir?: string;
  /** More variables for the program. */
  env?: Record<string, string>;
}

/** Narrows what is looked for in the outbox. */
export interface MessageFilter {
  /** A cursor: only messages after it count. */
  since?: string;
  /** How long to wait, as in '10s'; default 5 s, at most 60 s. */
  wait?: string;
  /** email, sms, voice, smtp or twilio. */
  kind?: string;
  /** passwordless, or Auth0's type of the message, such as verify_email. */
  purpose?: string;
  connection?: string;
  client?: string;
  state?: string;
}

export interface TokenRequest {
  /** The client that signs the user in; default auth.clientId. */
  clientId?: string;
  /** The API that the access token is for; default the first one. */
  audience?: string;
  /** Default: openid, profile, email, offline_access and all scopes of the API. */
  scope?: string | string[];
}

export interface Tokens {
  accessToken: string;
  /** '' without the scope offline_access. */
  refreshToken: string;
  /** '' without the scope openid. */
  idToken: string;
  tokenType: string;
  /** The scopes that were granted. */
  scope: string[];
  /** In seconds. */
  expiresIn: number;
  /** Those of the ID token. */
  claims: Record<string, unknown>;
}

/** How a user is signed in. */
export interface SessionRequest {
  /** An app: then the answer has its tokens, too. */
  clientId?: string;
  /** The organization through which the user signs in, by its name or id. Who is no member becomes one. */
  organization?: string;
  /** The API of the access token, with clientId. */
  audience?: string;
  /** The scopes of the tokens, with clientId. Default: openid profile email. */
  scope?: string;
  /** Whether the user has given a second factor, too. */
  mfa?: boolean;
  /** How long the session lasts, as in '1h'. */
  ttl?: string;
  /** Whether to create the user if there is none. Default: true. */
  create?: boolean;
}

/** What a tenant beside another one has. */
export interface TenantOptions {
  /** The name of a built-in fixture, or the fixture itself; default what the server was started with. */
  fixture?: string | Partial<Fixture>;
  /** What codes, ids and refresh tokens derive from; default the first tenant's. */
  seed?: string;
  /** The port of the tenant; default a free one. */
  port?: number;
  /** The client that the app is; default as for start. */
  clientId?: string;
}

/** Where and how often a failure happens. */
export interface Narrowed {
  when?: Record<string, unknown>;
  times?: number;
  /** As in '1m'. */
  ttl?: string;
}

/** A scenario of the test's own, in the fields of a scenario file. */
export type Scenario = Omit<Extract<ScenarioRequest, { rules: unknown }>, 'version'>;

/** What the tenant refused. The message is the tenant's own sentence. */
export class ControlError extends Error {
  status: number;
  body: unknown;
}

/** A failure that is on. */
export interface Injection {
  readonly id: string;
  /** How often it acted. */
  fired(): Promise<number>;
  status(): Promise<Status>;
  /** Switches it off. */
  remove(): Promise<void>;
}

/** A tenant that runs. */
export class Auth0Mock {
  /** Where it answers http, without a slash at the end. */
  readonly url: string;
  /** The same port over https. */
  readonly tlsUrl: string;
  /** Host and port: what SDKs call domain. */
  readonly domain: string;
  /** The iss of the tokens that are got at url. */
  readonly issuer: string;
  readonly clientId: string;
  /** '' for a client without a secret. */
  readonly clientSecret: string;
  /** A file with the certificate that a client of tlsUrl must trust. */
  readonly caPath: string;
  /** What an app needs to know of the tenant. */
  readonly tenant: Setup;

  /** The live code that was sent to an address or a phone number. It waits up to 5 seconds; the error tells what did arrive. */
  otp(to: string, filter?: MessageFilter): Promise<string>;
  /** The live link that was sent. It waits as otp does. */
  link(to: string, filter?: MessageFilter): Promise<string>;
  /** The newest message. It waits as otp does. */
  message(to: string, filter?: MessageFilter): Promise<Message>;
  /** The messages, the oldest first. */
  messages(filter?: Omit<MessageFilter, 'wait'> & { to?: string; limit?: number }): Promise<Message[]>;
  /** The place after the newest message, to use as since. */
  cursor(): Promise<string>;
  /** Lets the live code of a recipient lapse. The clock does not move. */
  expire(to: string): Promise<void>;
  /** Signs a user in without an app: with the password of a database user, else with a code. */
  tokens(user: string, request?: TokenRequest): Promise<Tokens>;
  /** Signs a user in without a page: `browser.newContext({ storageState: await auth.session('ada@example.com') })`. */
  session(user: string, request?: SessionRequest): Promise<StorageState>;
  /** Makes a tenant beside this one, on the same server. It ends with its stop(). */
  addTenant(name: string, options?: TenantOptions): Promise<Auth0Mock>;
  /** The environment that points an app at the tenant: in general, or in the names that an SDK reads, such as 'nextjs'. */
  env(sdk?: string): Record<string, string>;
  /** A token with any claims, signed by the tenant. iss, iat and exp are filled in. */
  mint(claims: Record<string, unknown>): Promise<string>;
  /** The same, signed by a key that the tenant does not publish: an app must refuse it. */
  forge(claims: Record<string, unknown>): Promise<string>;
  /** Switches a failure on: a built-in one by its name, or a scenario as an object or as YAML. */
  inject(scenario: string | Scenario, narrowed?: Narrowed): Promise<Injection>;
  /** Moves the tenant's clock forward: '3m', or as many seconds. */
  advance(by: string | number): Promise<ClockState>;
  /** The time of the tenant. */
  now(): Promise<Date>;
  /** Adds a user, in the fields of a fixture. */
  addUser(user: User): Promise<User>;
  /** The last 1,000 requests. */
  requests(): Promise<Request[]>;
  /** What happened, in lines for people: the requests, the outbox, the scenarios and the clock. */
  report(): Promise<string>;
  /** Brings the tenant back to its fixture. */
  reset(): Promise<void>;
  /** Any other call of the control API, such as control('GET', '/_mock/health'). */
  control<T = any>(method: string, path: string, options?: { query?: Record<string, unknown>; body?: unknown }): Promise<T>;
  /** Ends a tenant that start or addTenant has made. */
  stop(): Promise<void>;
  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a tenant on a free port. It ends with stop(), and at the latest with this process. */
export function start(options?: StartOptions): Promise<Auth0Mock>;

/** A tenant that runs already, such as that of `mockauth0 exec`, whose URL is MOCKAUTH0_URL. */
export function connect(url?: string, options?: { clientId?: string }): Promise<Auth0Mock>;

/** The file of the program. */
export function program(): string;
