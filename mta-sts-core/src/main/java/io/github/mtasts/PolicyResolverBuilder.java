package io.github.mtasts;

import io.github.mtasts.policy.Reading;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.security.Provider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import javax.net.ssl.X509TrustManager;

/**
 * Sets up a {@link PolicyResolver}. The signatures are the contract; the owner of the root package
 * fills them.
 */
@SuppressWarnings("all")
public final class PolicyResolverBuilder {
  PolicyResolverBuilder() {}

  /** DNS servers, each asked in turn; default: the system's. */
  public PolicyResolverBuilder dnsServers(InetSocketAddress... servers) {
    return this;
  }

  /** DNS over HTTPS instead. RFC 8484 §4.1 */
  public PolicyResolverBuilder dnsOverHttps(URI endpoint) {
    return this;
  }

  /** Deadline of one DNS question. */
  public PolicyResolverBuilder dnsDeadline(Duration deadline) {
    return this;
  }

  /** Wall-clock deadline of one policy fetch, everything included. */
  public PolicyResolverBuilder fetchDeadline(Duration deadline) {
    return this;
  }

  /** Trust anchors for policy hosts. */
  public PolicyResolverBuilder policyHostTrust(X509TrustManager trustManager) {
    return this;
  }

  /** Trust anchors for MX hosts. */
  public PolicyResolverBuilder mxHostTrust(X509TrustManager trustManager) {
    return this;
  }

  /** The JCA provider of TLS contexts for MX hosts. */
  public PolicyResolverBuilder tlsProvider(Provider provider) {
    return this;
  }

  /**
   * Address ranges of policy hosts allowed although special, CIDR notation such as {@code
   * 10.0.0.0/8}.
   */
  public PolicyResolverBuilder allowPolicyHostAddresses(String... ranges) {
    return this;
  }

  /** TCP port of policy hosts, default 443; another one only for tests and laboratories. */
  public PolicyResolverBuilder policyHostPort(int port) {
    return this;
  }

  /** An HTTP proxy for fetches; default none. */
  public PolicyResolverBuilder proxy(Proxy proxy) {
    return this;
  }

  /** How strictly published text is read. */
  public PolicyResolverBuilder reading(Reading reading) {
    return this;
  }

  /** What to do when nothing is known because DNS does not answer. */
  public PolicyResolverBuilder whenUnavailable(WhenUnavailable choice) {
    return this;
  }

  /** How long a TXT answer is believed at least, whatever its TTL; down to zero. */
  public PolicyResolverBuilder recordRecheckFloor(Duration floor) {
    return this;
  }

  /** Bounds of negative answers. */
  public PolicyResolverBuilder negativeTtl(Duration least, Duration most) {
    return this;
  }

  /** Bounds of the back-off after a failed fetch. */
  public PolicyResolverBuilder fetchBackOff(Duration least, Duration most) {
    return this;
  }

  /** How many enforce policies, other policies and negative answers are remembered at most. */
  public PolicyResolverBuilder memory(int enforcePolicies, int otherPolicies, int negativeAnswers) {
    return this;
  }

  /** Who hears events; each call adds one. */
  public PolicyResolverBuilder listener(ResolverListener listener) {
    return this;
  }

  /** The wall clock and the ticker (nanoseconds, monotonic) in its stead. */
  public PolicyResolverBuilder clock(InstantSource clock, LongSupplier nanoTicker) {
    return this;
  }

  /** Where continuations run; default: a small pool of daemon threads of our own. */
  public PolicyResolverBuilder executor(Executor executor) {
    return this;
  }

  /** Builds the resolver; no network is touched. */
  public PolicyResolver build() {
    throw new IllegalStateException(String.valueOf(List.of()));
  }
}
