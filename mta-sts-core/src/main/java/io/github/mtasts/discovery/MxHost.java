// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import static java.util.Objects.requireNonNull;

/**
 * One MX record.
 *
 * <p>The host is text and not a {@link io.github.mtasts.policy.DomainName} because a zone can
 * contain any text there; a text that is not a host name matches no policy.
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param preference lower is preferred; 0 to 65535
 * @param host the host as lower-case text without its trailing dot, special octets escaped as in
 *     zone files; empty for the null MX of RFC 7505 §3
 */
public record MxHost(int preference, String host) {
  /**
   * Refuses null.
   *
   * @param preference lower is preferred
   * @param host the host as text; empty for the null MX
   */
  public MxHost {
    requireNonNull(host, "host");
  }

  /**
   * Returns whether the domain accepts no mail. RFC 7505 §3
   *
   * @return true for the null MX, which has no host
   */
  public boolean isNullMx() {
    return host.isEmpty();
  }
}
