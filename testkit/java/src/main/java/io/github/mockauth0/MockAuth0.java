package io.github.mockauth0;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.ToNumberPolicy;
import com.google.gson.reflect.TypeToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A tenant that runs, as a test sees it: what an app is configured with, and the methods of the control API. */
public class MockAuth0 implements AutoCloseable {
  private static final Gson GSON = new GsonBuilder().setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE).create(); // else 200 is 200.0
  private static final Pattern SETTING = Pattern.compile("^([A-Za-z][A-Za-z0-9_]*)=(?:(['\"])(.*)\\2|(.*))$", Pattern.MULTILINE);
  private static final Duration PATIENCE = Duration.ofSeconds(5); // for a message to come
  private static final Duration TIMEOUT = Duration.ofSeconds(90); // the longest wait of the tenant is 60 s
  private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).proxy(HttpClient.Builder.NO_PROXY).build();

  private final Object signingIn = new Object();
  private final String url;
  private final String wanted; // the client that was asked for; null if none
  private final JsonObject tenant;
  private final JsonObject client;
  private final Options options;

  /** The options are those that the program was started with, as far as the environment of an app depends on them. */
  MockAuth0(String url, String clientId, Options options) {
    this.url = url.replaceAll("/+$", "");
    this.options = options;
    this.wanted = clientId;
    JsonElement said = json("GET", "/_mock/tenant", null);
    if (!said.isJsonObject() || !said.getAsJsonObject().has("issuer")) {
      throw new IllegalStateException("what answers at " + this.url + " is no tenant of mockauth0");
    }
    this.tenant = said.getAsJsonObject();
    if (all("clients").isEmpty()) {
      throw new IllegalArgumentException("the fixture has no clients; with extends: default it has those of the built-in one");
    }
    List<Predicate<JsonObject>> choices = clientId == null
        ? List.of(c -> "acme-web".equals(text(c, "client_id")),
            c -> !text(c, "client_secret").isEmpty() && "regular_web".equals(text(c, "app_type")), c -> true)
        : List.of(c -> clientId.equals(text(c, "client_id")));
    this.client = choices.stream().flatMap(is -> all("clients").stream().filter(is)).findFirst().orElseThrow(() -> noClient(clientId));
  }

  /** Starts a tenant with the default fixture, on a free port. It ends with close, and at the latest with this process. */
  public static StartedMockAuth0 start() {
    return with().start();
  }

  /** What a tenant is started with. */
  public static Options with() {
    return new Options();
  }

  /** A tenant that runs already, at a URL such as that of a container. */
  public static MockAuth0 connect(String url) {
    return new MockAuth0(url, null, with());
  }

  /** Makes a tenant beside this one, on the same server, with what the server was started with. It ends with close. */
  public MockAuth0 addTenant(String name) {
    return addTenant(name, Map.of());
  }

  /**
   * The same with more: {@code fixture} (the name of a built-in one, or a whole one as a map), {@code seed} and {@code port}.
   */
  public MockAuth0 addTenant(String name, Map<String, ?> more) {
    Map<String, Object> body = new HashMap<>(more);
    body.put("name", name);
    if (more.get("fixture") instanceof Map<?, ?> fixture) {
      Map<Object, Object> whole = new HashMap<>(fixture);
      whole.putIfAbsent("version", 1);
      body.put("fixture", whole);
    }
    String at = text(json("POST", "/_mock/tenants", body).getAsJsonObject(), "url");
    try {
      return new AddedTenant(this, name, at, more.containsKey("fixture") ? options.withoutAdded() : options);
    } catch (RuntimeException e) {
      end(name);
      throw e;
    }
  }

  private void end(String name) {
    control("DELETE", "/_mock/tenants/" + name, null);
  }

  private static final class AddedTenant extends MockAuth0 {
    private final MockAuth0 beside;
    private final String name;
    private boolean isClosed;

    private AddedTenant(MockAuth0 beside, String name, String url, Options options) {
      super(url, null, options);
      this.beside = beside;
      this.name = name;
    }

    @Override
    public void close() {
      if (!isClosed) {
        beside.end(name);
      }
      isClosed = true;
    }
  }

  /** The environment that points an app at the tenant. */
  public Map<String, String> env() {
    return env(null);
  }

  /** The same in the names that an SDK reads, such as spring. */
  public Map<String, String> env(String sdk) {
    // The program does not ask the server, so it gets what the server has.
    Map<String, Object> fixture = Map.of("version", 1,
        "clients", all("clients").stream().map(c -> only(c, "client_id", "client_secret", "app_type")).toList(),
        "resource_servers", all("resource_servers").stream().map(api -> only(api, "identifier")).toList());
    List<String> command = new ArrayList<>(List.of(Program.find().toString(), "env", "--url", url));
    command.addAll(options.envFlags);
    command.addAll(options.added);
    if (wanted != null) {
      command.addAll(List.of("--client-id", wanted));
    }
    if (sdk != null) {
      command.addAll(List.of("--for", sdk));
    }
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      options.into(builder.environment());
      builder.environment().remove("MOCKAUTH0_FIXTURE");
      builder.environment().put("MOCKAUTH0_FIXTURE_YAML", GSON.toJson(fixture));
      Process env = builder.start();
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

  private static JsonObject only(JsonObject object, String... names) {
    JsonObject some = new JsonObject();
    for (String name : names) {
      if (object.has(name)) {
        some.add(name, object.get(name));
      }
    }
    return some;
  }

  /**
   * Signs a user in without a page. It returns what Playwright calls a storageState, as JSON: the cookies of a browser in
   * which the user is signed in at the tenant. A new address signs up.
   */
  public String session(String user) {
    return session(user, new SessionRequest(null, null, null, null, false, null));
  }

  /** The same through an organization, or with more. With a client the answer has its tokens, too. */
  public String session(String user, SessionRequest wanted) {
    Map<String, Object> body = new HashMap<>();
    body.put("user", user);
    body.put("create", true);
    body.put("client_id", wanted.clientId());
    body.put("organization", wanted.organization());
    body.put("audience", wanted.audience());
    body.put("scope", wanted.scope());
    body.put("mfa", wanted.mfa());
    body.put("ttl", wanted.ttl() == null ? null : wanted.ttl().toSeconds() + "s");
    return control("POST", "/_mock/sessions", body);
  }

  /** Where it answers http, without a slash at the end. */
  public String url() {
    return url;
  }

  /** The same port over https. A client of it trusts {@link #sslContext()}. */
  public String tlsUrl() {
    return "https://" + domain();
  }

  /** Host and port: what SDKs call domain. */
  public String domain() {
    return url.substring(url.indexOf("://") + 3);
  }

  /** The iss of the tokens that are got at url. */
  public String issuer() {
    return text(tenant, "issuer");
  }

  /** The client that the app is: acme-web, else the first web app with a secret, else the first client. */
  public String clientId() {
    return text(client, "client_id");
  }

  /** Its secret, or the empty string if it has none. */
  public String clientSecret() {
    return text(client, "client_secret");
  }

  /** The first API, or null if there is none. */
  public String audience() {
    return all("resource_servers").stream().findFirst().map(api -> text(api, "identifier")).orElse(null);
  }

  /** The certificate that a client of tlsUrl must trust, in PEM. */
  public String caPem() {
    return control("GET", "/_mock/ca.pem", null);
  }

  /** Trusts the tenant's certificate, and no other. */
  public SSLContext sslContext() {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int n = 0;
      byte[] pem = caPem().getBytes(StandardCharsets.US_ASCII);
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem))) {
        store.setCertificateEntry("mockauth0-" + n++, certificate);
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The live code that was sent to an address or a phone number. It waits up to 5 seconds for one. */
  public String otp(String to) {
    return sent("code", to);
  }

  /** The live link that was sent. It waits as otp does. */
  public String magicLink(String to) {
    return sent("link", to);
  }

  // Without a recipient the tenant has the newest message of anybody, which no test means.
  private static String recipient(String to) {
    if (to == null || to.isEmpty()) {
      throw new IllegalArgumentException("there is no recipient; give an e-mail address or a phone number");
    }
    return to;
  }

  private String sent(String what, String to) {
    return control("GET", "/_mock/outbox/" + what + "?to=" + encode(recipient(to)) + "&wait=" + PATIENCE.toSeconds() + "s", null).strip();
  }

  /** Lets the live code of a recipient lapse. The clock does not move. */
  public void expire(String to) {
    JsonObject message = json("GET", "/_mock/outbox/latest?to=" + encode(recipient(to)) + "&wait=" + PATIENCE.toSeconds() + "s", null).getAsJsonObject();
    control("POST", "/_mock/outbox/" + text(message, "id") + "/expire", null);
  }

  /** Signs a user in without an app: with the password of a database user, else with a code. */
  public Tokens tokens(String user) {
    return tokens(user, new TokenRequest(null, null, null));
  }

  /** The same, for a client, an API and scopes. */
  public Tokens tokens(String user, TokenRequest wanted) {
    String clientId = wanted.clientId() == null ? clientId() : wanted.clientId();
    JsonObject as = all("clients").stream().filter(c -> clientId.equals(text(c, "client_id"))).findFirst().orElseThrow(() -> noClient(clientId));
    String audience = wanted.audience() == null ? audience() : wanted.audience();
    List<String> scopes = wanted.scopes() == null ? scopesOf(audience) : wanted.scopes();
    boolean isPhone = user.startsWith("+");
    JsonObject known = userOf(user);
    JsonObject connection = all("connections").stream().filter(c -> known != null
        ? text(c, "name").equals(text(known, "connection"))
        : text(c, "strategy").equals(isPhone ? "sms" : "email") && isEnabled(c, clientId)).findFirst().orElse(new JsonObject());

    JsonObject request = credentials(as);
    request.addProperty("realm", text(connection, "name"));
    request.addProperty("username", user);
    request.addProperty("scope", String.join(" ", scopes));
    if (audience != null) {
      request.addProperty("audience", audience);
    }
    JsonObject answer;
    synchronized (signingIn) { // a second code for the same user would make the first one useless
      if (text(connection, "strategy").equals("auth0")) {
        request.addProperty("grant_type", "http://auth0.com/oauth/grant-type/password-realm");
        request.addProperty("password", passwordOf(text(known, "user_id")));
      } else {
        if (known != null && known.has("blocked") && known.get("blocked").getAsBoolean()) {
          throw new IllegalArgumentException("tokens: the user " + user + " is blocked, and gets no code");
        }
        JsonObject start = credentials(as);
        start.addProperty("connection", text(connection, "name"));
        start.addProperty(isPhone ? "phone_number" : "email", user);
        start.addProperty("send", "code");
        control("POST", "/passwordless/start", start);
        request.addProperty("grant_type", "http://auth0.com/oauth/grant-type/passwordless/otp");
        request.addProperty("otp", otp(user));
      }
      answer = json("POST", "/oauth/token", request).getAsJsonObject();
    }
    String idToken = text(answer, "id_token");
    Map<String, Object> claims = idToken.isEmpty() ? Map.of() : GSON.fromJson(
        new String(Base64.getUrlDecoder().decode(idToken.split("\\.")[1]), StandardCharsets.UTF_8), new TypeToken<Map<String, Object>>() {}.getType());
    return new Tokens(text(answer, "access_token"), text(answer, "refresh_token"), idToken, text(answer, "token_type"),
        Arrays.asList(text(answer, "scope").split(" ")), Duration.ofSeconds(answer.get("expires_in").getAsLong()), claims);
  }

  private List<String> scopesOf(String audience) {
    List<String> scopes = new ArrayList<>(List.of("openid", "profile", "email", "offline_access"));
    for (JsonObject api : all("resource_servers")) {
      if (text(api, "identifier").equals(audience) && api.has("scopes")) {
        api.getAsJsonArray("scopes").forEach(scope -> scopes.add(text(scope.getAsJsonObject(), "value")));
      }
    }
    return scopes;
  }

  private JsonObject userOf(String user) {
    try {
      return json("GET", "/_mock/users/" + encode(user), null).getAsJsonObject();
    } catch (ControlException e) {
      if (e.status() == 404) {
        return null;
      }
      throw e;
    }
  }

  private String passwordOf(String userId) {
    for (JsonElement user : json("GET", "/_mock/state", null).getAsJsonObject().getAsJsonArray("users")) { // which has the passwords
      if (text(user.getAsJsonObject(), "user_id").equals(userId)) {
        return text(user.getAsJsonObject(), "password");
      }
    }
    return "";
  }

  private static JsonObject credentials(JsonObject client) {
    JsonObject body = new JsonObject();
    body.add("client_id", client.get("client_id"));
    if (client.has("client_secret")) {
      body.add("client_secret", client.get("client_secret"));
    }
    return body;
  }

  private static boolean isEnabled(JsonObject connection, String clientId) {
    JsonArray enabled = connection.getAsJsonArray("enabled_clients");
    return enabled != null && StreamSupport.stream(enabled.spliterator(), false).map(JsonElement::getAsString)
        .anyMatch(id -> id.equals("*") || id.equals(clientId));
  }

  private IllegalArgumentException noClient(String id) {
    return new IllegalArgumentException("there is no client " + id + "; there are "
        + all("clients").stream().map(c -> text(c, "client_id")).collect(Collectors.joining(", ")));
  }

  /** A token with any claims, signed by the tenant. iss, iat and exp are filled in. */
  public String mintToken(Map<String, ?> claims) {
    return text(json("POST", "/_mock/tokens", Map.of("claims", claims)).getAsJsonObject(), "token");
  }

  /** The same, signed by a key that the tenant does not publish: an app must refuse it. */
  public String forgeToken(Map<String, ?> claims) {
    return text(json("POST", "/_mock/tokens", Map.of("claims", claims, "key", "rogue")).getAsJsonObject(), "token");
  }

  /** Switches a failure on: a built-in one by its name, or a scenario of the test's own as YAML. */
  public Injection inject(String nameOrYaml) {
    return new Injection(this, text(json("POST", "/_mock/scenarios",
        nameOrYaml.contains("\n") ? nameOrYaml : Map.of("name", nameOrYaml)).getAsJsonObject(), "id"));
  }

  /** Moves the tenant's clock forward. */
  public void advance(Duration by) {
    control("POST", "/_mock/clock", Map.of("advance", by.toNanos() / 1e9));
  }

  /** The time of the tenant. */
  public Instant now() {
    return Instant.parse(text(json("GET", "/_mock/clock", null).getAsJsonObject(), "now"));
  }

  /** Adds a user, in the fields of a fixture. */
  public void addUser(Map<String, ?> user) {
    control("POST", "/_mock/users", user);
  }

  /** The last 1,000 requests. */
  public List<Map<String, Object>> requests() {
    return GSON.fromJson(json("GET", "/_mock/requests", null).getAsJsonObject().get("items"), new TypeToken<List<Map<String, Object>>>() {}.getType());
  }

  /** What happened: the requests, the outbox, the scenarios and the clock. */
  public String report() {
    return control("GET", "/_mock/report", null);
  }

  /** Brings the tenant back to its fixture. */
  public void reset() {
    control("POST", "/_mock/reset", null);
  }

  /** Ends a tenant that start or addTenant has made. */
  @Override
  public void close() {}

  /**
   * Any call of the control API. It returns the body of the answer.
   *
   * @param body null, text, or what is sent as JSON
   * @throws ControlException if the tenant refuses
   */
  public String control(String method, String path, Object body) {
    boolean isText = body instanceof String;
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT).method(method, body == null
        ? HttpRequest.BodyPublishers.noBody()
        : HttpRequest.BodyPublishers.ofString(isText ? (String) body : GSON.toJson(body)));
    if (body != null) {
      request.header("Content-Type", isText ? "application/yaml" : "application/json");
    }
    try {
      HttpResponse<String> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() >= 400) {
        throw new ControlException(method + " " + path.replaceAll("\\?.*", "") + ": " + refusal(answer), answer.statusCode());
      }
      return answer.body();
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new UncheckedIOException(method + " " + path.replaceAll("\\?.*", "") + ": the tenant at " + url + " does not answer: " + why, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  JsonElement json(String method, String path, Object body) {
    return parsed(control(method, path, body));
  }

  /** What a text is in JSON; a string if it is none. */
  private static JsonElement parsed(String text) {
    try {
      return JsonParser.parseString(text);
    } catch (JsonParseException e) {
      return new JsonPrimitive(text);
    }
  }

  /** The sentence in the body of a refusal, else its status. */
  private static String refusal(HttpResponse<String> answer) {
    if (answer.headers().firstValue("Content-Type").orElse("").startsWith("application/json") && parsed(answer.body()) instanceof JsonObject body) {
      for (String name : List.of("error_description", "description", "message", "error")) {
        if (!text(body, name).isEmpty()) {
          return text(body, name);
        }
      }
    }
    return "status " + answer.statusCode();
  }

  private List<JsonObject> all(String section) {
    JsonArray items = tenant.getAsJsonArray(section);
    return items == null ? List.of() : StreamSupport.stream(items.spliterator(), false).map(JsonElement::getAsJsonObject).toList();
  }

  private static String text(JsonObject object, String name) {
    JsonElement value = object == null ? null : object.get(name);
    return value == null || value.isJsonNull() ? "" : value.getAsString();
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
