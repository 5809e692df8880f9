// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.address.AddressGuard;
import io.github.mtasts.policy.Reading;
import java.net.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.net.ssl.X509TrustManager;

/**
 * How an {@link OkHttpPolicyFetcher} fetches. The defaults belong to the resolver's builder.
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param guard which addresses policy hosts may have; checked before each connection
 * @param reading how strictly policies are parsed
 * @param trustManager what verifies the certificate chains of policy hosts, best an {@link
 *     javax.net.ssl.X509ExtendedTrustManager}; empty for the platform's trust anchors. Names are
 *     verified in addition. A trust manager that checks revocation makes fetches do so. RFC 8461
 *     §3.3
 * @param proxy the HTTP or SOCKS proxy, or {@link Proxy#NO_PROXY}; the proxy of the JVM is never
 *     used. A proxy receives the policy host's name and looks it up itself. The guard still refuses
 *     a host that has only special addresses in our DNS, but it cannot make the proxy use the
 *     vetted address: if a name can change its addresses in between, the proxy needs its own guard.
 *     The proxy's own address is not checked
 * @param port the TCP port of policy hosts, from 1 to 65535. Another port than {@value
 *     OkHttpPolicyFetcher#HTTPS_PORT} is for tests only; URL, Host and SNI then stay as they are
 *     for {@value OkHttpPolicyFetcher#HTTPS_PORT}
 * @param userAgent the User-Agent header, in visible ASCII; it should tell the operator of a policy
 *     host which software sends the request
 * @param deadline the wall-clock time for one fetch, everything included; above zero and at most a
 *     day. If an address does not respond, the next is tried after a quarter of it while
 *     connecting, after half of it later
 * @param maxConcurrentFetches how many fetches run at a time, from 1; others wait for a permit, and
 *     the wait counts towards their deadline
 * @param executor where fetches run, with one thread for each running fetch; empty for daemon
 *     threads of the fetcher. It must not run tasks in the calling thread, because fetches block
 * @param clock the clock that {@code Retry-After} dates are compared with
 */
public record FetchSettings(
    AddressGuard guard,
    Reading reading,
    Optional<X509TrustManager> trustManager,
    Proxy proxy,
    int port,
    String userAgent,
    Duration deadline,
    int maxConcurrentFetches,
    Optional<Executor> executor,
    InstantSource clock) {
  private static final Duration MAX_DEADLINE = Duration.ofDays(1);

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a value is out of its range
   * @throws IllegalStateException if both a proxy and another port than 443 are set
   */
  public FetchSettings {
    Objects.requireNonNull(guard, "guard");
    Objects.requireNonNull(reading, "reading");
    Objects.requireNonNull(trustManager, "trustManager");
    Objects.requireNonNull(proxy, "proxy");
    Objects.requireNonNull(executor, "executor");
    Objects.requireNonNull(clock, "clock");
    UserAgent.checked(userAgent);
    check(port >= 1 && port <= 65535, "port", "1 to 65535", port);
    check(maxConcurrentFetches >= 1, "maxConcurrentFetches", "1 or more", maxConcurrentFetches);
    check(
        !deadline.isNegative() && !deadline.isZero() && deadline.compareTo(MAX_DEADLINE) <= 0,
        "deadline",
        "above zero and at most a day",
        deadline);
    if (port != OkHttpPolicyFetcher.HTTPS_PORT && proxy.type() != Proxy.Type.DIRECT) {
      // A proxy connects to the port in the URL, which is always 443.
      throw new IllegalStateException(
          "fetcher: expected a proxy or a port other than 443, found both: " + proxy + ", " + port);
    }
  }

  private static void check(boolean valid, String setting, String expected, Object found) {
    if (!valid) {
      throw new IllegalArgumentException(setting + ": expected " + expected + ", found " + found);
    }
  }
}
