// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import java.time.Duration;

/**
 * When a message last needed a domain's policy, to the hour.
 *
 * <p>Successive cache entries of a domain share it. Precise to the hour only, because it is read
 * for every message, and a write for each would be slow. Thread-safe.
 */
public final class LastUse {
  private static final long PRECISION_NANOS = Duration.ofHours(1).toNanos();

  private volatile long lastNanos;

  public LastUse(long lastNanos) {
    this.lastNanos = lastNanos;
  }

  /** Records a use; returns whether it is to be written to the store. */
  public boolean mark(long nowNanos) {
    if (nowNanos - lastNanos < PRECISION_NANOS) {
      return false;
    }
    lastNanos = nowNanos;
    return true;
  }

  /** How long ago the last use was. */
  public Duration agoAt(long nowNanos) {
    return Duration.ofNanos(Math.max(0, nowNanos - lastNanos));
  }
}
