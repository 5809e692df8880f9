// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import java.net.SocketException;

/**
 * This machine has no socket for a fetch, for example because too many files are open.
 *
 * <p>A type of its own, because the JDK's is the same as for a connection that the host resets.
 */
final class NoSocketException extends SocketException {
  private static final long serialVersionUID = 1L;

  NoSocketException(SocketException cause) {
    super(cause.getMessage());
    initCause(cause);
  }
}
