package io.github.mockauth0.junit;

import io.github.mockauth0.MockAuth0;
import io.github.mockauth0.Options;
import io.github.mockauth0.StartedMockAuth0;
import java.io.UncheckedIOException;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test that has a parameter {@link MockAuth0} a tenant of its own, which stops with the test. A parameter of
 * a constructor or of a method with BeforeAll is one tenant for all tests of the class. If a test fails, it prints the
 * requests, the outbox, the scenarios and the clock.
 *
 * <pre>{@code
 * @ExtendWith(MockAuth0Extension.class)
 * class LoginTest {
 *   @Test
 *   void signsIn(MockAuth0 auth) {
 * }</pre>
 */
public final class MockAuth0Extension implements ParameterResolver, AfterTestExecutionCallback, LifecycleMethodExecutionExceptionHandler {
  private static final Namespace NAMESPACE = Namespace.create(MockAuth0Extension.class);
  private final Supplier<MockAuth0> tenants;
  private final Class<? extends MockAuth0> type;

  /**
   * For ExtendWith: tenants of the server that MOCKAUTH0_URL names, which mockauth0 exec sets; without it tenants with the
   * default fixture, each in a process of its own.
   */
  public MockAuth0Extension() {
    this(System.getenv("MOCKAUTH0_URL"));
  }

  private MockAuth0Extension(String url) {
    this(url == null || url.isEmpty() ? MockAuth0.with()::start : () -> tenantOf(MockAuth0.connect(url)), url == null || url.isEmpty() ? StartedMockAuth0.class : MockAuth0.class);
  }

  /** For a static field with RegisterExtension: each tenant is a process that is started with these options. */
  public MockAuth0Extension(Options options) {
    this(options::start, StartedMockAuth0.class);
  }

  /** For a static field with RegisterExtension: tenants of a server that runs, such as that of a container. */
  public MockAuth0Extension(MockAuth0 server) {
    this(() -> tenantOf(server), MockAuth0.class);
  }

  private MockAuth0Extension(Supplier<MockAuth0> tenants, Class<? extends MockAuth0> type) {
    this.tenants = tenants;
    this.type = type;
  }

  private static MockAuth0 tenantOf(MockAuth0 server) {
    return server.addTenant("junit-" + UUID.randomUUID());
  }

  /** Closes the tenant when JUnit closes the store of a test or of a class. */
  private record Held(MockAuth0 auth) implements CloseableResource, AutoCloseable {
    @Override
    public void close() {
      auth.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> wanted = parameter.getParameter().getType();
    return MockAuth0.class.isAssignableFrom(wanted) && wanted.isAssignableFrom(type);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context.getStore(NAMESPACE).getOrComputeIfAbsent(Held.class, key -> new Held(tenants.get()), Held.class).auth();
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      tell(context);
    }
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
    tell(context);
    throw failure;
  }

  private static void tell(ExtensionContext context) {
    Held held = context.getStore(NAMESPACE).get(Held.class, Held.class);
    if (held == null) {
      return;
    }
    String report;
    try {
      report = held.auth().report();
    } catch (UncheckedIOException e) { // the test has closed it
      report = e.getMessage();
    }
    System.err.println(context.getDisplayName() + ": what the tenant " + held.auth().url() + " saw\n" + report);
  }
}
