// SPDX-License-Identifier: Apache-2.0
/**
 * Internal: the gateway between the cache and a {@link io.github.mtasts.store.PolicyStore}.
 *
 * <p>A store may be slow, broken or wrong. {@link io.github.mtasts.stored.StoreGateway} is what the
 * engine calls; it never throws, and tells "no policy is stored" from "the store could not be
 * asked". {@code StoreCalls} runs the calls on threads of their own, each within a deadline, and
 * {@code CircuitBreaker} stops them for a while when the store fails: once for reading and once for
 * writing. {@code StoreWriter} writes now, or later what could not be written. {@link
 * io.github.mtasts.stored.StoreMapper} converts rows to cache entries, back-off included, and
 * decides which rows are believed; {@code NewestFetch} doubts the clock before a row counts as
 * expired.
 */
@NullMarked
package io.github.mtasts.stored;

import org.jspecify.annotations.NullMarked;
