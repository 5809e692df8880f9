package io.github.mtasts.fetch;

import java.io.IOException;

/**
 * DNS did not say where a policy host is; whether it has an address remains unknown.
 *
 * <p>What a {@link HostAddresses} fails with for silence, SERVFAIL and overload, as opposed to an
 * {@link java.net.UnknownHostException} for an answer that vouches for there being no address.
 */
public final class LookupUnavailableException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Keeps what happened.
   *
   * @param detail what was asked and what happened, fit for a postmaster
   */
  public LookupUnavailableException(String detail) {
    super(detail);
  }
}
