// SPDX-License-Identifier: Apache-2.0
/**
 * Internal: renewal of policies in use, and periodic maintenance.
 *
 * <p>{@link io.github.mtasts.refresh.MaintenanceThread} calls {@link
 * io.github.mtasts.refresh.Maintenance} once a second: it writes recorded uses, retries failed
 * writes, purges long-expired rows, and lets {@link io.github.mtasts.refresh.Refresher} look for
 * policies to renew, in the cache every minute and in the store every quarter of an hour. {@link
 * io.github.mtasts.refresh.RefreshSchedule} says when a policy is due, well before it expires.
 * A renewal is an ordinary
 * lookup with the purpose REFRESH; after a failure it waits for the {@link
 * io.github.mtasts.cache.BackOff} of the cache entry or of the stored row. RFC 8461 §10.2
 */
@NullMarked
package io.github.mtasts.refresh;

import org.jspecify.annotations.NullMarked;
