// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.refresh;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.PolicyCache;
import io.github.mtasts.stored.StoreGateway;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Periodic work that no message triggers: writes, purges and renewals. One thread calls it. */
public final class Maintenance {
  private static final long WRITE_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long PURGE_NANOS = Duration.ofDays(1).toNanos();

  /** Late enough that a short command, which only reads a store, never purges it. */
  private static final long FIRST_PURGE_NANOS = Duration.ofMinutes(10).toNanos();

  private final Refresher refresher;
  private final StoreGateway gateway;
  private final PolicyCache<CacheEntry> cache;
  private final LongSupplier ticker;
  private long nextWriteNanos;
  private long nextPurgeNanos;

  /** Starts nothing yet. */
  public Maintenance(
      Refresher refresher,
      StoreGateway gateway,
      PolicyCache<CacheEntry> cache,
      LongSupplier ticker) {
    this.refresher = refresher;
    this.gateway = gateway;
    this.cache = cache;
    this.ticker = ticker;
    this.nextWriteNanos = ticker.getAsLong();
    this.nextPurgeNanos = ticker.getAsLong() + FIRST_PURGE_NANOS;
  }

  /** Does what is due; to be called about once a second. */
  public void tick() {
    long now = ticker.getAsLong();
    if (now - nextWriteNanos >= 0) {
      nextWriteNanos = now + WRITE_NANOS;
      gateway.writePending(cache::get);
    }
    if (now - nextPurgeNanos >= 0) {
      nextPurgeNanos = now + PURGE_NANOS;
      var unused = gateway.purgeExpired();
    }
    refresher.tick();
  }
}
