'use strict';
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { AbstractStartedContainer, GenericContainer, Wait, getContainerRuntimeClient } = require('testcontainers');
const { Auth0Mock } = require('./client.js');

const PORT = 2884; // http and https; those behind it are of further tenants
const SMTP = 1025;
const MAIL_API = 8025;
const FOLDER = '/etc/mockauth0'; // where the image looks for a fixture, and for scenario files

/** A tenant that will run in a container. The options are those of the Go module testkit/container. */
class MockAuth0Container extends GenericContainer {
  #scenarioFiles = 0;
  #isWaitedFor;

  constructor(image = 'ghcr.io/mockauth0/mockauth0') {
    super(image);
    this.withExposedPorts(PORT, SMTP, MAIL_API);
    // Not the image's own health check, which not every engine runs.
    this.withWaitStrategy(Wait.forHttp('/_mock/health', PORT, { abortOnContainerExit: true }));
  }

  withFixture(file) {
    return this.#copy(file, `${FOLDER}/mockauth0.yaml`);
  }

  withFixtureYAML(yaml) {
    return this.withEnvironment({ MOCKAUTH0_FIXTURE_YAML: yaml });
  }

  withScenario(...namesOrFiles) {
    for (const name of namesOrFiles) {
      const { ext } = path.parse(name);
      const isFile = ext === '.yaml' || ext === '.yml';
      const inside = isFile ? `${FOLDER}/scenario-${++this.#scenarioFiles}${ext}` : name;
      if (isFile) this.#copy(name, inside);
      this.#add('MOCKAUTH0_SCENARIO', inside);
    }
    return this;
  }

  withSeed(seed) {
    return this.withEnvironment({ MOCKAUTH0_SEED: seed });
  }

  withClock(at) {
    return this.withEnvironment({ MOCKAUTH0_CLOCK: new Date(at).toISOString() });
  }

  withIssuer(issuer) {
    return this.withEnvironment({ MOCKAUTH0_ISSUER: issuer });
  }

  withTLSHosts(...names) {
    return this.#add('MOCKAUTH0_TLS_HOST', ...('MOCKAUTH0_TLS_HOST' in this.environment ? [] : ['mockauth0']), ...names);
  }

  withTenants(number) {
    for (let n = 1; n < number; n++) this.withExposedPorts(PORT + n);
    return this.withEnvironment({ MOCKAUTH0_TENANTS: String(number) });
  }

  /** Puts values behind those that a variable has. An engine that gets a variable twice may take the first. */
  #add(name, ...values) {
    const all = [this.environment[name] ?? [], values].flat();
    this.createOpts.Env = this.createOpts.Env?.filter((one) => !one.startsWith(`${name}=`));
    return this.withEnvironment({ [name]: all.join(',') });
  }

  #copy(source, target) {
    return this.withCopyFilesToContainer([{ source, target, mode: 0o644 }]);
  }

  async containerStarting() {
    this.#isWaitedFor = true;
  }

  /**
   * What a container says that ends while it starts. Testcontainers itself tells nothing while it waits for the ports: without
   * the container that wait ends. The next wait, for the tenant, removes the container itself.
   */
  async #logOfEnd(containers, container, abortSignal) {
    await container.wait({ condition: 'next-exit', abortSignal });
    let log = '';
    for await (const part of await containers.logs(container)) log += part;
    if (!this.#isWaitedFor) await containers.remove(container, { removeVolumes: true });
    return log.trim();
  }

  async start() {
    const client = await getContainerRuntimeClient();
    // The certificate names the host of an engine on another machine.
    const { host } = client.info.containerRuntime;
    if (host !== 'localhost') this.withTLSHosts(host);
    const watch = new AbortController();
    const refused = new Promise((_, reject) => {
      this.containerCreated = async (id) => {
        this.#isWaitedFor = false;
        this.#logOfEnd(client.container, client.container.getById(id), watch.signal).then((log) => reject(new Error(log)), () => {});
      };
    });
    const starting = super.start();
    starting.catch(() => {}); // the log says more
    let container;
    try {
      container = new StartedMockAuth0Container(await Promise.race([refused, starting]));
    } finally {
      watch.abort();
    }
    try {
      await container.connect();
    } catch (error) {
      await container.stop();
      throw error;
    }
    return container;
  }
}

class StartedMockAuth0Container extends AbstractStartedContainer {
  #folder = mkdtempSync(path.join(tmpdir(), 'mockauth0-'));
  #clean = () => rmSync(this.#folder, { recursive: true, force: true });

  /** Gets what start returns only when it is there. */
  async connect() {
    process.once('exit', this.#clean);
    this.auth = await this.tenant(0);
    writeFileSync(this.auth.caPath, await this.auth.control('GET', '/_mock/ca.pem'));
  }

  async tenant(number) {
    return new Auth0Mock(`http://${this.#at(PORT + number)}`, { caPath: path.join(this.#folder, 'ca.pem') }).load();
  }

  get smtpAddress() {
    return this.#at(SMTP);
  }

  get mailApiUrl() {
    return `http://${this.#at(MAIL_API)}`;
  }

  #at(port) {
    return `${this.getHost()}:${this.getMappedPort(port)}`;
  }

  async containerStopped() {
    process.off('exit', this.#clean);
    this.#clean();
  }
}

module.exports = { MockAuth0Container, StartedMockAuth0Container };
