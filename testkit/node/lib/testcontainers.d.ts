import type { AbstractStartedContainer, GenericContainer } from 'testcontainers';
import type { Auth0Mock } from './index';

/** A tenant that will run in a container. The options are those of the Go module testkit/container; for other flags use withEnvironment. */
export class MockAuth0Container extends GenericContainer {
  /** A container of the image; default ghcr.io/mockauth0/mockauth0. */
  constructor(image?: string);
  /** A fixture: a YAML file of this machine. */
  withFixture(file: string): this;
  /** A fixture: the YAML itself. */
  withFixtureYAML(yaml: string): this;
  /** Switches failures on: built-in scenarios by name, and files of this machine, which end in .yaml or .yml. */
  withScenario(...namesOrFiles: string[]): this;
  /** What codes, ids and refresh tokens derive from. */
  withSeed(seed: string): this;
  /** Stops the tenant's clock there. */
  withClock(at: string | Date): this;
  /** Pins the iss of every token, by whatever name it was got. */
  withIssuer(issuer: string): this;
  /** Lets https answer for these names, too, such as the container's alias on a network if that is not mockauth0. */
  withTLSHosts(...names: string[]): this;
  /** Serves so many tenants, each at a port of its own: auth, and tenant(1), tenant(2) and so on. */
  withTenants(number: number): this;
  /** Starts the container, and waits until the tenant in it is healthy. */
  start(): Promise<StartedMockAuth0Container>;
}

/** A tenant that runs in a container. It ends with stop(), and with `await using`. */
export class StartedMockAuth0Container extends AbstractStartedContainer {
  private constructor();
  /** The tenant, as the test reaches it. */
  readonly auth: Auth0Mock;
  /** The tenant with this number of those of withTenants; 0 is the first. */
  tenant(number: number): Promise<Auth0Mock>;
  /** The mail server's host and port. */
  readonly smtpAddress: string;
  /** Where MailHog's HTTP API is. */
  readonly mailApiUrl: string;
}
