// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import java.io.IOException;

/**
 * DNS did not answer; it is unknown whether a policy host has an address.
 *
 * <p>{@link HostAddresses} fails with it after a timeout or a SERVFAIL. If DNS answers that there
 * is no address, it fails with {@link java.net.UnknownHostException} instead.
 */
public final class LookupUnavailableException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param detail what was asked and what happened, for a postmaster
   */
  public LookupUnavailableException(String detail) {
    super(detail);
  }
}
