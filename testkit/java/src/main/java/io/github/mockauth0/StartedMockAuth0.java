package io.github.mockauth0;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A tenant that this process started. */
public final class StartedMockAuth0 extends MockAuth0 {
  private static final Pattern SETTING = Pattern.compile("^([A-Z][A-Z0-9_]*)=(?:(['\"])(.*)\\2|(.*))$", Pattern.MULTILINE);

  private final Path program;
  private final Options options;
  private final Process process;

  private StartedMockAuth0(Path program, Options options, Process process, String url) {
    super(url, options.clientId);
    this.program = program;
    this.options = options;
    this.process = process;
  }

  static StartedMockAuth0 start(Options options) {
    Path program = Program.find();
    List<String> command = new ArrayList<>(List.of(program.toString(), "serve", "--addr", "localhost:0", "--log", "none", "--stop-with-stdin"));
    command.addAll(options.flags);
    Process process = null;
    boolean started = false;
    try {
      Path said = Files.createTempFile("mockauth0-", ".log");
      try {
        process = builder(options, command).redirectError(said.toFile()).start();
        // The program's standard input stays open: it stops when this process ends, however that ends.
        String url = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        if (url == null) {
          int status = process.waitFor();
          String why = Files.readString(said).strip();
          throw new IllegalStateException(why.isEmpty() ? "mockauth0 ended with status " + status + " before it was ready" : why);
        }
        StartedMockAuth0 auth = new StartedMockAuth0(program, options, process, url);
        started = true;
        return auth;
      } finally {
        Files.deleteIfExists(said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("mockauth0 cannot be started", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      if (!started && process != null) {
        process.destroyForcibly();
      }
    }
  }

  private static ProcessBuilder builder(Options options, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(options.environ);
    return builder;
  }

  /** The environment that points an app at the tenant. */
  public Map<String, String> env() {
    return env(null);
  }

  /** The same in the names that an SDK reads, such as spring. */
  public Map<String, String> env(String sdk) {
    List<String> command = new ArrayList<>(List.of(program.toString(), "env", "--url", url()));
    command.addAll(options.envFlags);
    if (options.clientId != null) {
      command.addAll(List.of("--client-id", options.clientId));
    }
    if (sdk != null) {
      command.addAll(List.of("--for", sdk));
    }
    try {
      Process env = builder(options, command).redirectErrorStream(true).start();
      env.getOutputStream().close();
      String text = new String(env.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (env.waitFor() != 0) {
        throw new IllegalArgumentException(text.strip());
      }
      Map<String, String> all = new LinkedHashMap<>();
      for (Matcher m = SETTING.matcher(text); m.find();) {
        all.put(m.group(1), m.group(3) == null ? m.group(4) : m.group(3));
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
