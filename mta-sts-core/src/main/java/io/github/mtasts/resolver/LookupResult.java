// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.resolver;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.decision.Resolution;

/**
 * The result of one lookup.
 *
 * @param answer the answer for the callers that wait
 * @param entry the entry to cache
 * @param next what follows this lookup
 */
record LookupResult(Resolution answer, CacheEntry entry, Next next) {

  /** What follows a lookup. */
  enum Next {
    NOTHING,
    /**
     * Another lookup, in the background: the answer came from the store and DNS must confirm it.
     */
    LOOKUP
  }

  LookupResult(Resolution answer, CacheEntry entry) {
    this(answer, entry, Next.NOTHING);
  }
}
