// SPDX-License-Identifier: Apache-2.0
/**
 * Internal: the gateway between the cache and a {@link io.github.mtasts.store.PolicyStore}.
 *
 * <p>A store may be slow, broken or wrong; the resolver must not notice. {@link
 * io.github.mtasts.stored.StoreGateway} is what the engine calls: find, save, record a failure or a
 * use, and retry what could not be written. It never throws; a store that does not answer gives an
 * empty result. {@link io.github.mtasts.stored.StoreCalls} gives each call a deadline, {@link
 * io.github.mtasts.stored.StoreQueue} limits how many run at once, and {@code CircuitBreaker} stops
 * calls for a while after a failure, once for reads and once for writes. {@link
 * io.github.mtasts.stored.StoreMapper} converts rows to cache entries, back-off included, and
 * rejects rows that are not plausible.
 */
@NullMarked
package io.github.mtasts.stored;

import org.jspecify.annotations.NullMarked;
