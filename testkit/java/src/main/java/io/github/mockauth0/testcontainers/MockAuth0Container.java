package io.github.mockauth0.testcontainers;

import io.github.mockauth0.MockAuth0;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** A tenant that runs in a container. The options are those of the Go module testkit/container. */
public class MockAuth0Container extends GenericContainer<MockAuth0Container> {
  private static final int PORT = 2884; // http and https
  private static final int SMTP = 1025;
  private static final int MAIL_API = 8025;
  private static final String FOLDER = "/etc/mockauth0"; // where the image looks for a fixture, and for scenario files
  private int scenarioFiles;

  /** A container of the image, such as ghcr.io/mockauth0/mockauth0. */
  public MockAuth0Container(String image) {
    this(DockerImageName.parse(image));
  }

  /** A container of the image. */
  public MockAuth0Container(DockerImageName image) {
    super(image);
    withExposedPorts(PORT, SMTP, MAIL_API);
    waitingFor(Wait.forHttp("/_mock/health").forPort(PORT)); // not the image's own health check, which not every engine runs
  }

  /** A fixture: a file of this machine. */
  public MockAuth0Container withFixture(Path file) {
    return withCopyFileToContainer(MountableFile.forHostPath(file), FOLDER + "/mockauth0.yaml");
  }

  /** A fixture: the YAML itself. */
  public MockAuth0Container withFixtureYAML(String yaml) {
    return withEnv("MOCKAUTH0_FIXTURE_YAML", yaml);
  }

  /** Switches failures on: built-in scenarios by name, and files of this machine, which end in .yaml or .yml. */
  public MockAuth0Container withScenario(String... namesOrFiles) {
    for (String name : namesOrFiles) {
      if (name.endsWith(".yaml") || name.endsWith(".yml")) {
        String inside = FOLDER + "/scenario-" + ++scenarioFiles + name.substring(name.lastIndexOf('.'));
        withCopyFileToContainer(MountableFile.forHostPath(name), inside);
        name = inside;
      }
      add("MOCKAUTH0_SCENARIO", name);
    }
    return this;
  }

  /** What codes, ids and refresh tokens derive from. */
  public MockAuth0Container withSeed(String seed) {
    return withEnv("MOCKAUTH0_SEED", seed);
  }

  /** Stops the tenant's clock at a time. */
  public MockAuth0Container withClock(Instant at) {
    return withEnv("MOCKAUTH0_CLOCK", at.truncatedTo(ChronoUnit.SECONDS).toString());
  }

  /** Pins the iss of every token, by whatever name it was got. */
  public MockAuth0Container withIssuer(String issuer) {
    return withEnv("MOCKAUTH0_ISSUER", issuer);
  }

  /** Lets https answer for these names, too, such as the container's alias on a network if that is not mockauth0. */
  public MockAuth0Container withTLSHosts(String... names) {
    if (!getEnvMap().containsKey("MOCKAUTH0_TLS_HOST")) {
      add("MOCKAUTH0_TLS_HOST", "mockauth0");
    }
    for (String name : names) {
      add("MOCKAUTH0_TLS_HOST", name);
    }
    return this;
  }

  /**
   * Serves so many tenants, each at a port of its own: the first is {@link #auth()}, and the others are {@link #tenant}
   * 1, 2 and so on, which the server calls w1, w2 and so on.
   */
  public MockAuth0Container withTenants(int number) {
    for (int n = 1; n < number; n++) {
      addExposedPort(PORT + n);
    }
    return withEnv("MOCKAUTH0_TENANTS", Integer.toString(number));
  }

  private void add(String variable, String value) {
    String had = getEnvMap().get(variable);
    withEnv(variable, had == null ? value : had + "," + value);
  }

  /** The tenant, as the test reaches it. */
  public MockAuth0 auth() {
    return tenant(0);
  }

  /** The tenant with this number of those of {@link #withTenants}; 0 is the first. */
  public MockAuth0 tenant(int number) {
    return MockAuth0.connect("http://" + getHost() + ":" + getMappedPort(PORT + number));
  }

  /** The mail server's host and port. */
  public String smtpAddress() {
    return getHost() + ":" + getMappedPort(SMTP);
  }

  /** Where MailHog's HTTP API is. */
  public String mailApiUrl() {
    return "http://" + getHost() + ":" + getMappedPort(MAIL_API);
  }
}
