// SPDX-License-Identifier: Apache-2.0
/**
 * Internal: the in-memory cache, and everything about <em>when</em>.
 *
 * <p>{@link io.github.mtasts.cache.PolicyCache} holds one {@link io.github.mtasts.cache.CacheEntry}
 * per domain: the answer, when it expires, and when DNS must be asked again. {@link
 * io.github.mtasts.cache.CacheTier} gives enforced policies, other policies and negative answers a
 * budget each. {@link io.github.mtasts.cache.TtlBounds} turns TTL and max_age into lifetimes.
 * {@link io.github.mtasts.cache.BackOff} is the only back-off: it says how long to wait after a
 * failed fetch. {@link io.github.mtasts.cache.FetchHistory} keeps it per id, limits the fetches of
 * a domain, and says whether a fetch is allowed now. {@link io.github.mtasts.cache.LastUse} says
 * whether a policy is still in use.
 *
 * <p>Nothing here calls DNS, HTTPS or a store, or reads a clock: callers pass the time.
 */
@NullMarked
package io.github.mtasts.cache;

import org.jspecify.annotations.NullMarked;
