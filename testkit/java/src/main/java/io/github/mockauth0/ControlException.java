package io.github.mockauth0;

/** What the tenant refused. The message is the tenant's own sentence. */
public final class ControlException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final int status;

  ControlException(String message, int status) {
    super(message);
    this.status = status;
  }

  /** The HTTP status of the answer. */
  public int status() {
    return status;
  }
}
