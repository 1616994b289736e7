package io.github.mockauth0;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A tenant that this process started. */
public final class StartedMockAuth0 extends MockAuth0 {
  private static final int PATIENCE = 60; // seconds for the program to be ready

  private final Process process;

  private StartedMockAuth0(Options options, Process process, String url) {
    super(url, options.clientId, options);
    this.process = process;
  }

  static StartedMockAuth0 start(Options options) {
    String file = Program.find().toString();
    List<String> command = new ArrayList<>(List.of(file, "serve", "--addr", "localhost:0", "--log", "none", "--stop-with-stdin"));
    command.addAll(options.flags);
    Process process = null;
    boolean started = false;
    try {
      Path said = Files.createTempFile("mockauth0-", ".log");
      try {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(said.toFile());
        options.into(builder.environment());
        process = builder.start();
        CompletableFuture<Void> ready = new CompletableFuture<>();
        Process late = process;
        ready.orTimeout(PATIENCE, TimeUnit.SECONDS).exceptionally(timeout -> {
          late.destroyForcibly();
          return null;
        });
        // The program's standard input stays open: it stops when this process ends, however that ends.
        String url = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        ready.complete(null);
        if (url == null || !url.startsWith("http://")) {
          if (url != null) {
            process.destroyForcibly();
          }
          int status = process.waitFor();
          String why = Files.readString(said).strip();
          String what = url == null ? "ended with status " + status + " before it was ready" : "is another program: it says " + url;
          throw new IllegalStateException(why.isEmpty() ? file + " " + what : why);
        }
        StartedMockAuth0 auth = new StartedMockAuth0(options, process, url);
        started = true;
        return auth;
      } finally {
        if (!said.toFile().delete()) { // Windows does not while the program has it open
          said.toFile().deleteOnExit();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("mockauth0 cannot be started: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      if (!started && process != null) {
        process.destroyForcibly();
      }
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
