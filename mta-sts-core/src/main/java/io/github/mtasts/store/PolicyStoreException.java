// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store;

/**
 * The storage cannot be reached, or it refused an operation.
 *
 * <p>The resolver catches it, reports it to its listener, and works without the store for a while.
 */
public sealed class PolicyStoreException extends RuntimeException permits RowRefusedException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception without a cause.
   *
   * @param message what was expected, what was found and what to do
   */
  public PolicyStoreException(String message) {
    super(message);
  }

  /**
   * Creates an exception with the exception of the storage as its cause.
   *
   * @param message what was expected, what was found and what to do
   * @param cause the storage's own exception
   */
  public PolicyStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
