// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.decision.Resolution;
import java.util.concurrent.CompletableFuture;

/**
 * Finds, caches and applies MTA-STS policies; the entry point of the library.
 *
 * <p>Create one per application. A failure of DNS, HTTPS or a store is part of the result, never an
 * exception. For tests, a lambda is a complete fake. Safe for use by several threads.
 */
@FunctionalInterface
public interface PolicyResolver extends AutoCloseable {

  /**
   * {@return what is known about the domain; waits only if nothing is cached} RFC 8461 §5.1
   *
   * @param domain the next-hop domain: the recipient's, or the smart host's own (RFC 8461 §3.4); in
   *     any form
   */
  Resolution resolve(String domain);

  /**
   * As {@link #resolve}, without waiting; cancelling the future does not affect other callers.
   *
   * @param domain the next-hop domain: the recipient's, or the smart host's own (RFC 8461 §3.4); in
   *     any form
   * @return the future result; completed by a thread of the resolver, so use the {@code …Async}
   *     methods for slow dependent steps
   */
  default CompletableFuture<Resolution> resolveAsync(String domain) {
    return CompletableFuture.completedFuture(resolve(domain));
  }

  /**
   * Looks for a newer policy and waits for the result; call it before a delivery fails for good.
   * RFC 8461 §5.1
   *
   * @param domain the next-hop domain: the recipient's, or the smart host's own (RFC 8461 §3.4); in
   *     any form
   * @return the result after the lookup
   */
  default Resolution recheck(String domain) {
    return resolve(domain);
  }

  /**
   * As {@link #recheck}, without waiting.
   *
   * @param domain the next-hop domain: the recipient's, or the smart host's own (RFC 8461 §3.4); in
   *     any form
   * @return the future result, as with {@link #resolveAsync}
   */
  default CompletableFuture<Resolution> recheckAsync(String domain) {
    return CompletableFuture.completedFuture(recheck(domain));
  }

  /**
   * Begins one delivery attempt to a domain; waits only if nothing is cached.
   *
   * <p>Prefer this to {@link #resolve} for sending: a session cannot lose a policy that it has
   * seen.
   *
   * @param domain the next-hop domain: the recipient's, or the smart host's own (RFC 8461 §3.4); in
   *     any form
   * @return the session; for this attempt only
   */
  default PolicySession begin(String domain) {
    return new PolicySession(this, resolve(domain));
  }

  /** {@return the operator's view of the cache; empty for a fake} */
  default PolicyCacheAdmin cache() {
    return PolicyCacheAdmin.empty();
  }

  /**
   * Closes the resolver: ends its own threads and connections.
   *
   * <p>A given store, DNS client and executor stay open. OkHttp, Okio and dnsjava each keep one
   * daemon thread for the whole JVM, which this cannot end. A lookup that is running ends as {@link
   * Resolution.Undetermined}. Afterwards every call except this one throws {@link
   * IllegalStateException}.
   */
  @Override
  default void close() {}

  /** {@return a builder with the defaults that are right for a mailer on the Internet} */
  static PolicyResolverBuilder builder() {
    return new PolicyResolverBuilder();
  }
}
