// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery.record;

import io.github.mtasts.policy.DomainName;
import java.util.concurrent.CompletableFuture;

/**
 * Finds out whether a domain announces a policy; {@link TxtRecordDiscovery} queries DNS. RFC 8461
 * §3.1
 *
 * <p>Implementations are safe for use by several threads.
 */
@FunctionalInterface
public interface RecordDiscovery {
  /**
   * Looks up {@code _mta-sts.<domain>}.
   *
   * @param domain the policy domain
   * @return the record found there, or why there is none; completes exceptionally for a reason on
   *     this side, as {@link io.github.mtasts.discovery.DnsClient} says
   */
  CompletableFuture<DiscoveredRecord> discover(DomainName domain);
}
