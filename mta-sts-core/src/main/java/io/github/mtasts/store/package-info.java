// SPDX-License-Identifier: Apache-2.0
/**
 * The port for durable and shared storage of policies.
 *
 * <p>A resolver caches policies in memory. After a restart that cache is empty, and the first
 * message to each domain is unprotected again if an attacker blocks the lookup; in a fleet, this
 * happens once per node. A {@link io.github.mtasts.store.PolicyStore} prevents both: it keeps one
 * row for each policy domain, and every process that uses the store sees it.
 *
 * <p>A row is a {@link io.github.mtasts.store.StoredPolicy} (text as fetched, id, fetch time,
 * expiry, last use, last failure) or an {@link io.github.mtasts.store.UnreadableRow}. The resolver
 * calls {@code find} when its cache has no entry, {@code save} after a fetch, {@code used} and
 * {@code failed} in the background, and {@code purgeExpired} from time to time. A store only moves
 * forward: a newer fetch replaces an older one, never the reverse. The resolver does not trust a
 * row blindly: it parses the text again, and no row outlives its own max_age.
 *
 * <p>To write a store of your own, implement {@code PolicyStore}, create rows with {@code
 * StoredRow.of}, and extend {@code PolicyStoreContract} of the test kit. The implementations of
 * this library are in the packages {@code jdbc} and {@code redis} below; {@code json} exports and
 * imports rows.
 */
@NullMarked
package io.github.mtasts.store;

import org.jspecify.annotations.NullMarked;
