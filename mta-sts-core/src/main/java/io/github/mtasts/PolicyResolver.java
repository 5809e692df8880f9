// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.decision.Resolution;
import java.util.concurrent.CompletableFuture;

/**
 * Finds, remembers and applies MTA-STS policies; the front door of the library.
 *
 * <p>One per application. Nothing here throws for what DNS, HTTPS or a store does. A lambda is a
 * complete fake. Safe for use by several threads.
 */
@FunctionalInterface
public interface PolicyResolver extends AutoCloseable {

  /**
   * {@return what is known about the domain; waits only if nothing is} RFC 8461 §5.1
   *
   * @param domain the next-hop domain: the recipient's, or the smart host's own (RFC 8461 §3.4); in
   *     any form
   */
  Resolution resolve(String domain);

  /**
   * As {@link #resolve}, without waiting; cancelling the future disturbs nobody else.
   *
   * @param domain the next-hop domain: the recipient's, or the smart host's own (RFC 8461 §3.4); in
   *     any form
   * @return the same, later; completed by a thread of the resolver, so hang slow work on it with
   *     the {@code …Async} methods
   */
  default CompletableFuture<Resolution> resolveAsync(String domain) {
    return CompletableFuture.completedFuture(resolve(domain));
  }

  /**
   * Looks for a newer policy, and waits for the outcome; to be called before a delivery is given
   * up. RFC 8461 §5.1
   *
   * @param domain the next-hop domain: the recipient's, or the smart host's own (RFC 8461 §3.4); in
   *     any form
   * @return what is in force after the look
   */
  default Resolution recheck(String domain) {
    return resolve(domain);
  }

  /**
   * As {@link #recheck}, without waiting.
   *
   * @param domain the next-hop domain: the recipient's, or the smart host's own (RFC 8461 §3.4); in
   *     any form
   * @return the same, later, as with {@link #resolveAsync}
   */
  default CompletableFuture<Resolution> recheckAsync(String domain) {
    return CompletableFuture.completedFuture(recheck(domain));
  }

  /** {@return what is remembered, for those who operate the resolver; empty for a fake} */
  default PolicyCacheAdmin cache() {
    return PolicyCacheAdmin.empty();
  }

  /** Ends every thread and connection; what is in memory still answers afterwards. */
  @Override
  default void close() {}

  /** {@return a builder with the defaults that are right for a mailer on the Internet} */
  static PolicyResolverBuilder builder() {
    return new PolicyResolverBuilder();
  }
}
