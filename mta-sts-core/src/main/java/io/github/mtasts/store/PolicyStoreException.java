package io.github.mtasts.store;

/**
 * A store cannot be asked, or refuses.
 *
 * <p>The resolver catches it, tells its listeners, and goes on without the store for a while.
 */
public final class PolicyStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Says what failed.
   *
   * @param message what was expected, what was found and what to do
   */
  public PolicyStoreException(String message) {
    super(message);
  }

  /**
   * Says what failed, and why.
   *
   * @param message what was expected, what was found and what to do
   * @param cause the storage's own exception
   */
  public PolicyStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
