// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.refresh;

import io.github.mtasts.stored.StoreGateway;
import java.time.Duration;
import java.util.function.LongSupplier;

/** What has to be done from time to time, whether mail is sent or not. One thread calls it. */
public final class Maintenance {
  private static final long WRITE_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long PURGE_NANOS = Duration.ofDays(1).toNanos();

  /** A command that only looks at a store is over by then, and must not change it. */
  private static final long FIRST_PURGE_NANOS = Duration.ofMinutes(10).toNanos();

  private final Refresher refresher;
  private final StoreGateway archive;
  private final Runnable writeLate;
  private final LongSupplier ticker;
  private long nextWriteNanos;
  private long nextPurgeNanos;

  public Maintenance(
      Refresher refresher, StoreGateway archive, Runnable writeLate, LongSupplier ticker) {
    this.refresher = refresher;
    this.archive = archive;
    this.writeLate = writeLate;
    this.ticker = ticker;
    this.nextWriteNanos = ticker.getAsLong();
    this.nextPurgeNanos = ticker.getAsLong() + FIRST_PURGE_NANOS;
  }

  public void tick() {
    long now = ticker.getAsLong();
    if (now - nextWriteNanos >= 0) {
      nextWriteNanos = now + WRITE_NANOS;
      var unused = archive.writeUses();
      writeLate.run();
    }
    if (now - nextPurgeNanos >= 0) {
      nextPurgeNanos = now + PURGE_NANOS;
      var unused = archive.purgeExpired();
    }
    refresher.tick();
  }
}
