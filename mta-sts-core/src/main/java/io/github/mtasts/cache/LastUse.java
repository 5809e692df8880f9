// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import java.time.Duration;

/**
 * When a message last needed what is known of one domain, to the hour.
 *
 * <p>Shared by everything that is known of the domain one after the other. To the hour, because the
 * question is asked for every message and a write would cost each of them.
 */
public final class LastUse {
  private static final long GRAIN_NANOS = Duration.ofHours(1).toNanos();

  private volatile long lastNanos;

  public LastUse(long lastNanos) {
    this.lastNanos = lastNanos;
  }

  /** Notes a use; returns whether it is worth telling a store. */
  public boolean mark(long nowNanos) {
    if (nowNanos - lastNanos < GRAIN_NANOS) {
      return false;
    }
    lastNanos = nowNanos;
    return true;
  }

  public Duration agoAt(long nowNanos) {
    return Duration.ofNanos(Math.max(0, nowNanos - lastNanos));
  }
}
