// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store;

/**
 * The storage refused one row because of what is in it, for example a character that its character
 * set lacks. Other rows are not affected, and the same row would be refused again.
 */
public final class RowRefusedException extends PolicyStoreException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what was expected, what was found and what to do
   * @param cause the storage's own exception
   */
  public RowRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
