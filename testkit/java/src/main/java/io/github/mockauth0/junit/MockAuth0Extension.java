package io.github.mockauth0.junit;

import io.github.mockauth0.MockAuth0;
import io.github.mockauth0.Options;
import io.github.mockauth0.StartedMockAuth0;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;
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
public final class MockAuth0Extension implements ParameterResolver, AfterTestExecutionCallback {
  private static final Namespace NAMESPACE = Namespace.create(MockAuth0Extension.class);
  private final Options options;

  /** For ExtendWith: tenants with the default fixture. */
  public MockAuth0Extension() {
    this(MockAuth0.with());
  }

  /** For a static field with RegisterExtension. */
  public MockAuth0Extension(Options options) {
    this.options = options;
  }

  /** Closes the tenant when JUnit closes the store of a test or of a class. */
  private record Held(StartedMockAuth0 auth) implements CloseableResource, AutoCloseable {
    @Override
    public void close() {
      auth.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType().isAssignableFrom(StartedMockAuth0.class) && MockAuth0.class.isAssignableFrom(parameter.getParameter().getType());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context.getStore(NAMESPACE).getOrComputeIfAbsent(Held.class, key -> new Held(options.start()), Held.class).auth();
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    Held held = context.getStore(NAMESPACE).get(Held.class, Held.class);
    if (held != null && context.getExecutionException().isPresent()) {
      System.err.println(context.getDisplayName() + ": what the tenant " + held.auth().url() + " saw\n" + held.auth().report());
    }
  }
}
