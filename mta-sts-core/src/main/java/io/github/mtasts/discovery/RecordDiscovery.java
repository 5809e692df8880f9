package io.github.mtasts.discovery;

import io.github.mtasts.policy.DomainName;
import java.util.concurrent.CompletableFuture;

/** Asks whether a domain announces a policy. RFC 8461 §3.1 */
@FunctionalInterface
public interface RecordDiscovery {
  /**
   * Looks up {@code _mta-sts.<domain>}; never completes exceptionally.
   *
   * @param domain the policy domain
   */
  CompletableFuture<DiscoveredRecord> discover(DomainName domain);
}
