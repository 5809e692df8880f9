// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.resolver;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.fetch.FetchResult;
import java.util.Optional;

/** What {@link FleetFetch} returns. */
sealed interface FetchOutcome {

  /**
   * The policy host was asked.
   *
   * @param result its answer
   * @param stored the unexpired policy in the store right before, if it was not good enough
   */
  record FromHost(FetchResult result, Optional<CacheEntry> stored) implements FetchOutcome {}

  /** Another node has fetched the policy, or has just failed to; what it has stored. */
  record FromStore(CacheEntry entry) implements FetchOutcome {}
}
