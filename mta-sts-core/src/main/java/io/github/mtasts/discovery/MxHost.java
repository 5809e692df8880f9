package io.github.mtasts.discovery;

/**
 * One MX record.
 *
 * <p>The host is kept as text and not as a {@link io.github.mtasts.policy.DomainName} because the
 * other side may write anything there; what is no host name matches no policy.
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param preference lower is better; 0 to 65535
 * @param host the exchange as lower-case text without its trailing dot, octets other than letters,
 *     digits and the like escaped as in zone files; empty for the null MX of RFC 7505 §3
 */
public record MxHost(int preference, String host) {
  /**
   * Says whether the domain takes no mail at all. RFC 7505 §3
   *
   * @return true for the null MX, which has no host
   */
  public boolean isNullMx() {
    return host.isEmpty();
  }
}
