import type {
  Page, PlaywrightTestArgs, PlaywrightTestOptions, PlaywrightWorkerArgs, PlaywrightWorkerOptions, TestType,
} from '@playwright/test';
import type { Auth0Mock, SessionRequest, StartOptions } from './index';

export { expect } from '@playwright/test';

export interface Auth0WorkerOptions {
  /** A server that runs: each worker then has a tenant of its own there. Default MOCKAUTH0_URL, which `mockauth0 exec` sets; '' starts a server for each worker. */
  auth0Server: string;
  /** What each worker's tenant is started with: `use: { auth0Options: { fixture: 'strict' } }`. */
  auth0Options: StartOptions;
}

export interface Auth0WorkerFixtures extends Auth0WorkerOptions {
  /** The tenant of this worker. */
  auth: Auth0Mock;
}

export interface Auth0TestFixtures {
  /** Who is signed in to signedInPage, and how. Default ada@example.com. */
  auth0User: string | ({ user: string } & SessionRequest);
  /** A page of a browser in which auth0User is signed in at the tenant: the app's redirect to the login comes back at once. */
  signedInPage: Page;
}

/** Playwright's test with a tenant for each worker. */
export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & Auth0TestFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & Auth0WorkerFixtures
>;
