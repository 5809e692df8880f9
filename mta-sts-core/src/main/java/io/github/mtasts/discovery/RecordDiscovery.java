package io.github.mtasts.discovery;

import io.github.mtasts.policy.DomainName;
import java.util.concurrent.CompletableFuture;

/**
 * Asks whether a domain announces a policy; {@link TxtRecordDiscovery} asks DNS. RFC 8461 §3.1
 *
 * <p>Implementations are safe for use by several threads.
 */
@FunctionalInterface
public interface RecordDiscovery {
  /**
   * Looks up {@code _mta-sts.<domain>}.
   *
   * @param domain the policy domain
   * @return the judgement on what is there; never completes exceptionally
   */
  CompletableFuture<DiscoveredRecord> discover(DomainName domain);
}
