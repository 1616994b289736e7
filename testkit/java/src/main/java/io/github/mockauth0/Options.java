package io.github.mockauth0;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a tenant is started with. The names are those of the Go module. */
public final class Options {
  final List<String> flags = new ArrayList<>();
  final List<String> envFlags = new ArrayList<>(); // those that mockauth0 env takes, too
  final List<String> added = new ArrayList<>(); // those that add to the fixture
  final Map<String, String> environ = new HashMap<>();
  String clientId;

  Options() {}

  /** A fixture: the name of a built-in one, or a file. */
  public Options fixture(String nameOrFile) {
    return flag("--fixture", nameOrFile);
  }

  /** A fixture: the YAML itself. */
  public Options fixtureYaml(String yaml) {
    environ.put("MOCKAUTH0_FIXTURE_YAML", yaml);
    return this;
  }

  /** Failures that are on from the start: built-in scenarios by name, and files. */
  public Options scenario(String... namesOrFiles) {
    for (String name : namesOrFiles) {
      flag("--scenario", name);
    }
    return this;
  }

  /** What codes, ids and refresh tokens derive from. */
  public Options seed(String seed) {
    return flag("--seed", seed);
  }

  /** Stops the tenant's clock there. */
  public Options clock(Instant at) {
    return flag("--clock", at.truncatedTo(ChronoUnit.SECONDS).toString());
  }

  /** Pins the iss of every token. */
  public Options issuer(String issuer) {
    return flag("--issuer", issuer);
  }

  /** Lets https answer for these names, too. */
  public Options tlsHosts(String... names) {
    for (String name : names) {
      both("--tls-host", name);
    }
    return this;
  }

  /** Adds a client, as id, id:secret or id:secret@type. */
  public Options client(String client) {
    return adds("--client", client);
  }

  /** Adds an API, as URL or URL=scope,scope. */
  public Options audience(String audience) {
    return adds("--audience", audience);
  }

  /** The client that the app is. */
  public Options clientId(String id) {
    this.clientId = id;
    return this;
  }

  /** Keeps the certificate authority in this folder. */
  public Options tlsDir(Path folder) {
    return both("--tls-dir", folder.toString());
  }

  /** Any other flag of mockauth0 serve, with its value if it takes one. */
  public Options flag(String... flagAndValue) {
    if (flagAndValue[0].matches("--?log(=.*)?")) {
      throw new IllegalArgumentException("--log is no option of a test: report() of the tenant says what happened");
    }
    flags.addAll(List.of(flagAndValue));
    return this;
  }

  /** Sets the variables of the program. */
  void into(Map<String, String> environment) {
    environment.putAll(environ);
    if (environ.containsKey("MOCKAUTH0_FIXTURE_YAML")) {
      environment.remove("MOCKAUTH0_FIXTURE");
    }
  }

  private Options adds(String flag, String value) {
    added.addAll(List.of(flag, value));
    return flag(flag, value);
  }

  /** These options, for a tenant with a fixture of its own. */
  Options withoutAdded() {
    Options own = new Options();
    own.envFlags.addAll(envFlags);
    own.environ.putAll(environ);
    return own;
  }

  private Options both(String flag, String value) {
    envFlags.addAll(List.of(flag, value));
    return flag(flag, value);
  }

  /** Starts the tenant on a free port. */
  public StartedMockAuth0 start() {
    return StartedMockAuth0.start(this);
  }
}
