import type {
  PlaywrightTestArgs, PlaywrightTestOptions, PlaywrightWorkerArgs, PlaywrightWorkerOptions, TestType,
} from '@playwright/test';
import type { StartedAuth0, StartOptions } from './index';

export { expect } from '@playwright/test';

export interface Auth0WorkerOptions {
  /** What each worker's tenant is started with: `use: { auth0Options: { fixture: 'strict' } }`. */
  auth0Options: StartOptions;
}

export interface Auth0WorkerFixtures extends Auth0WorkerOptions {
  /** The tenant of this worker. */
  auth: StartedAuth0;
}

/** Playwright's test with a tenant for each worker. */
export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & Auth0WorkerFixtures
>;
