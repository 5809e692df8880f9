// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.resolver;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.fetch.FetchResult;
import io.github.mtasts.policy.DomainName;
import java.util.Optional;

/** What {@link FleetFetch} returns: the policy host's answer, or what another node has stored. */
sealed interface FetchOutcome {

  /**
   * The policy host was asked.
   *
   * @param result its answer
   * @param leased the domain whose lease must be released; empty if none is held
   */
  record FromHost(FetchResult result, Optional<DomainName> leased) implements FetchOutcome {}

  /**
   * Another node has fetched the policy, or has just failed to.
   *
   * @param entry what it has stored
   */
  record FromStore(CacheEntry entry) implements FetchOutcome {}
}
