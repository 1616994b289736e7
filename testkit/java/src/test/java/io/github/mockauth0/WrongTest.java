package io.github.mockauth0;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.github.mockauth0.junit.MockAuth0Extension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong has one sentence, which says what to do. */
@ExtendWith(MockAuth0Extension.class)
class WrongTest {
  private static void says(String regex, Class<? extends Throwable> type, Executable what) {
    String said = assertThrows(type, what).getMessage();
    assertTrue(said.matches(regex), said);
  }

  @Test
  void aTenantThatIsGoneDoesNotAnswerAndCanBeClosed() {
    Set<Long> before = ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
    StartedMockAuth0 auth = MockAuth0.start();
    List<ProcessHandle> started = ProcessHandle.current().children().filter(one -> !before.contains(one.pid())).toList();
    assertEquals(1, started.size());
    CompletableFuture<String> waits = CompletableFuture.supplyAsync(() -> auth.otp("ada@example.com"));
    started.get(0).destroyForcibly();
    assertEquals(UncheckedIOException.class, assertThrows(ExecutionException.class, waits::get).getCause().getClass());
    auth.close();
    auth.close();
    says("POST /passwordless/start: the tenant at http:\\S+ does not answer: .+|GET /_mock/users/.*: the tenant at http:\\S+ does not answer: .+",
        UncheckedIOException.class, () -> auth.tokens("ada@example.com"));
  }

  @Test
  void aRecipientMustBeGiven() {
    try (StartedMockAuth0 auth = MockAuth0.start()) {
      for (String to : new String[] {null, ""}) {
        says("there is no recipient; give .*", IllegalArgumentException.class, () -> auth.otp(to));
        says("there is no recipient; give .*", IllegalArgumentException.class, () -> auth.expire(to));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200, text/html, <h1>Hello, what answers at http:.* is no tenant of mockauth0",
    "502, application/json, {oops, GET /_mock/tenant: status 502",
    "401, application/json, '{\"message\": \"Missing authentication\"}', GET /_mock/tenant: Missing authentication",
  })
  void whatAnswersMayBeAnotherServer(int status, String type, String body, String said) throws IOException {
    HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext("/", exchange -> {
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, body.length());
      exchange.getResponseBody().write(body.getBytes());
      exchange.close();
    });
    other.start();
    says(said, RuntimeException.class, () -> MockAuth0.connect("http://127.0.0.1:" + other.getAddress().getPort()));
    other.stop(0);
  }

  @Test
  void wrongOptionsAndRequestsAreRefused(MockAuth0 auth) {
    says("--log is no option of a test: .*", IllegalArgumentException.class, () -> MockAuth0.with().flag("--log", "json"));
    says("the fixture has no clients; with extends: default .*", IllegalArgumentException.class, () -> MockAuth0.with().fixtureYaml("version: 1\n").start());
    says("tokens: the user alan@example.com is blocked.*", IllegalArgumentException.class, () -> auth.tokens("alan@example.com"));
    says("there is no client nobody; there are acme-native, .*", IllegalArgumentException.class, () -> MockAuth0.with().clientId("nobody").start());
  }

  @Test
  void aTenantThatCannotBeUsedIsNotLeftBehind(MockAuth0 auth) {
    assertThrows(IllegalArgumentException.class, () -> auth.addTenant("empty", Map.of("fixture", Map.of("users", List.of()))));
    try (MockAuth0 own = auth.addTenant("empty", Map.of("fixture", Map.of("extends", "default")))) {
      assertEquals("acme-web", own.clientId());
    }
  }

  @Test
  void aPathMayHaveSpaces(@TempDir Path folder) throws IOException {
    Path file = Files.createDirectory(folder.resolve("my files")).resolve("mine.yaml");
    Files.writeString(file, "version: 1\nextends: default\nusers: [{email: grace@example.com}]\n");
    try (MockAuth0 auth = MockAuth0.with().fixture(file.toString()).tlsDir(folder.resolve("c a")).start()) {
      assertEquals("grace@example.com", auth.tokens("grace@example.com").claims().get("email"));
      assertTrue(auth.env().get("NODE_EXTRA_CA_CERTS").startsWith(folder.resolve("c a").toString()));
    }
  }
}
