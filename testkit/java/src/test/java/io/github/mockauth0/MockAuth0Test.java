package io.github.mockauth0;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mockauth0.junit.MockAuth0Extension;
import io.github.mockauth0.testcontainers.MockAuth0Container;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(MockAuth0Extension.class)
class MockAuth0Test {
  private static final Set<String> URLS = new HashSet<>();

  @RepeatedTest(3)
  void eachTestHasATenantOfItsOwn(MockAuth0 auth) {
    assertTrue(URLS.add(auth.url()), "two tests have the tenant " + auth.url());
    assertEquals(List.of(), auth.requests());
    auth.tokens("ada@example.com");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ada@example.com", "+12025550101", "dora@example.com", "new@example.com"})
  void tokensOfAnyUser(String user, MockAuth0 auth) {
    Tokens tokens = auth.tokens(user);
    assertEquals(auth.issuer(), tokens.claims().get("iss"));
    assertEquals(Duration.ofHours(24), tokens.expiresIn());
    assertEquals(List.of("openid", "profile", "email", "offline_access", "read:orders", "write:orders"), tokens.scopes());
    List<String> some = auth.tokens(user, TokenRequest.scopes("openid", "read:orders")).scopes();
    assertTrue(some.contains("read:orders") && !some.contains("write:orders"), some.toString());
  }

  @Test
  void aFailureHappensOnDemand(MockAuth0 auth) {
    Injection failure = auth.inject("rate-limited");
    assertEquals(429, assertThrows(ControlException.class, () -> auth.tokens("ada@example.com")).status());
    failure.mustFire(1);
    failure.remove();
    auth.tokens("ada@example.com");
    Injection own = auth.inject("version: 1\nname: mine\nrules:\n  - {id: one, when: {endpoint: oauth.token}, then: {respond: {status: 418}}}\n");
    assertEquals(418, assertThrows(ControlException.class, () -> auth.tokens("ada@example.com")).status());
    assertEquals(1, own.fired());
    assertThrows(AssertionError.class, () -> own.mustFire(2));
  }

  @Test
  void theClockIsTheTests() {
    Instant at = Instant.parse("2030-01-01T00:00:00Z");
    try (MockAuth0 auth = MockAuth0.with().clock(at).start()) {
      auth.advance(Duration.ofMinutes(3));
      assertEquals(at.plusSeconds(180), auth.now());
    }
  }

  @Test
  void optionsReachTheTenantAndTheEnvironment() {
    try (StartedMockAuth0 auth = MockAuth0.with().client("mine:secret").clientId("mine").fixtureYaml("version: 1\nextends: default\nusers: [{email: grace@example.com}]\n").start()) {
      assertEquals("secret", auth.clientSecret());
      assertEquals("mine", auth.env().get("AUTH0_CLIENT_ID"));
      assertEquals("grace@example.com", auth.tokens("grace@example.com").claims().get("email"));
      assertThrows(IllegalArgumentException.class, () -> auth.env("cobol"));
    }
  }

  @Test
  void httpsWithTheAuthority(MockAuth0 auth) throws IOException, InterruptedException {
    HttpClient client = HttpClient.newBuilder().sslContext(auth.sslContext()).build();
    assertEquals(200, client.send(HttpRequest.newBuilder(URI.create(auth.tlsUrl() + "/.well-known/jwks.json")).build(), BodyHandlers.ofString()).statusCode());
  }

  @Test
  void tokensOfTheTestsOwn(MockAuth0 auth) {
    Map<String, Object> claims = Map.of("sub", "ada", "iat", 0, "exp", 10);
    assertEquals(auth.mintToken(claims), auth.mintToken(claims));
    assertNotEquals(auth.mintToken(claims), auth.forgeToken(claims));
  }

  @Test
  void errorsAreTheTenantsOwn(MockAuth0 auth) {
    assertTrue(assertThrows(ControlException.class, () -> auth.inject("rate-limitd")).getMessage().contains("did you mean \"rate-limited\""));
    String said = assertThrows(IllegalStateException.class, () -> MockAuth0.with().fixture("no-such").start()).getMessage();
    assertTrue(said.contains("--fixture no-such: there is no such file"), said);
  }

  @Test
  void aTenantBesideAnother(MockAuth0 auth) {
    Map<String, Object> fixture = Map.of("version", 1, "extends", "default", "users", List.of(Map.of("email", "eve@example.com")));
    MockAuth0 own = auth.addTenant("w3", Map.of("fixture", fixture, "seed", "shop"));
    own.advance(Duration.ofHours(1));
    assertEquals("eve@example.com", own.tokens("eve@example.com").claims().get("email"));
    assertEquals(own.url(), own.env().get("MOCKAUTH0_URL"));
    assertTrue(auth.now().isBefore(own.now()) && auth.requests().isEmpty());
    own.close();
    own.close();
    assertThrows(UncheckedIOException.class, own::now);
    try (MockAuth0 heir = auth.addTenant("w4")) {
      assertEquals("acme-web", heir.env().get("AUTH0_CLIENT_ID"));
    }
  }

  @Test
  void aSessionNeedsNoPage(MockAuth0 auth) {
    String state = auth.session("new@example.com", SessionRequest.tokensOf("acme-web", "openid"));
    assertTrue(state.startsWith("{\"cookies\":[{\"name\":\"auth0\"") && state.contains("\"id_token\""), state);
    assertTrue(assertThrows(ControlException.class, () -> auth.session("ada@example.com", SessionRequest.through("acme"))).getMessage().contains("there is no organization"));
  }

  private static void send(MockAuth0 auth, String email, String how) {
    auth.control("POST", "/passwordless/start", Map.of("client_id", auth.clientId(), "client_secret", auth.clientSecret(),
        "connection", "email", "email", email, "send", how));
  }

  @Test
  void codesAndLinksAreFoundAndWaitedFor(MockAuth0 auth) {
    CompletableFuture<String> waits = CompletableFuture.supplyAsync(() -> auth.otp("late+1@example.com"));
    send(auth, "late+1@example.com", "code");
    assertTrue(waits.join().matches("[0-9]{6}"));
    send(auth, "ada@example.com", "link");
    assertTrue(auth.magicLink("ada@example.com").startsWith(auth.url() + "/passwordless/verify_redirect?"));
    auth.expire("late+1@example.com");
    assertTrue(assertThrows(ControlException.class, () -> auth.control("GET", "/_mock/outbox/code?to=late%2B1@example.com", null)).getMessage().contains("no live code"));
  }

  @Test
  void resetForgetsWhatHappened(MockAuth0 auth) {
    auth.addUser(Map.of("email", "mary@example.com", "name", "Mary"));
    assertEquals("Mary", auth.tokens("mary@example.com").claims().get("name"));
    assertTrue(auth.report().contains("email to mary@example.com"));
    assertEquals(200L, auth.requests().get(0).get("status"));
    auth.reset();
    assertEquals(List.of(), auth.requests());
    assertThrows(ControlException.class, () -> auth.control("GET", "/_mock/users/mary@example.com", null));
  }

  @Test
  void eachOptionIsAFlag() {
    Options options = MockAuth0.with().scenario("slow", "sms-lost").seed("shop").issuer("https://login.example/").audience("urn:mine=read:it")
        .flag("--otp", "fixed:123456");
    try (StartedMockAuth0 auth = options.start()) {
      assertEquals("https://login.example/", auth.issuer());
      assertTrue(auth.report().contains("scenarios: 2"), auth.report());
      Tokens tokens = auth.tokens("ada@example.com", new TokenRequest(null, "urn:mine", List.of("openid", "read:it")));
      assertTrue(tokens.scopes().contains("read:it"), tokens.scopes().toString());
      assertEquals("https://login.example/", tokens.claims().get("iss"));
      assertTrue(auth.report().contains("code 123456 (used)"), auth.report());
      assertEquals("urn:mine", auth.env().get("AUTH0_AUDIENCE"));
    }
  }

  @Test
  void closeEndsTheTenant() {
    StartedMockAuth0 auth = MockAuth0.start();
    auth.close();
    assertThrows(UncheckedIOException.class, auth::now);
  }

  @Test
  void theContainerHasTheOptionsOfTheGoModule() {
    try (MockAuth0Container container = new MockAuth0Container("ghcr.io/mockauth0/mockauth0")
        .withSeed("shop").withClock(Instant.EPOCH).withIssuer("http://mock:2884/").withScenario("slow", "sms-lost").withTLSHosts("mock").withFixtureYAML("version: 1").withTenants(3)) {
      assertEquals(Map.of(
          "MOCKAUTH0_SEED", "shop", "MOCKAUTH0_CLOCK", "1970-01-01T00:00:00Z", "MOCKAUTH0_ISSUER", "http://mock:2884/",
          "MOCKAUTH0_SCENARIO", "slow,sms-lost", "MOCKAUTH0_TLS_HOST", "mockauth0,mock", "MOCKAUTH0_FIXTURE_YAML", "version: 1",
          "MOCKAUTH0_TENANTS", "3"), container.getEnvMap());
      assertEquals(List.of(2884, 1025, 8025, 2885, 2886), container.getExposedPorts());
    }
  }
}
