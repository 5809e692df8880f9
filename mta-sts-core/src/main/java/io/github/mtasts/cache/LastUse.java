// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import java.time.Duration;

/**
 * When a message last needed a domain's policy, to the hour, and whether more than one has.
 *
 * <p>Successive cache entries of a domain share it. Precise to the hour only, because it is read
 * for every message, and a write for each would be slow. Thread-safe.
 */
public final class LastUse {
  private static final long PRECISION_NANOS = Duration.ofHours(1).toNanos();

  private volatile long lastNanos;
  private volatile boolean usedTwice;

  /** The first message needs the policy now. */
  public LastUse(long lastNanos) {
    this(lastNanos, false);
  }

  /**
   * As it was stored.
   *
   * @param usedTwice whether at least two messages have needed the policy
   */
  public LastUse(long lastNanos, boolean usedTwice) {
    this.lastNanos = lastNanos;
    this.usedTwice = usedTwice;
  }

  /** Records a use; returns whether it is to be written to the store. */
  public boolean mark(long nowNanos) {
    if (nowNanos - lastNanos < PRECISION_NANOS) {
      return false;
    }
    lastNanos = nowNanos;
    return true;
  }

  /** Records that a second message needs the policy; returns whether that is new. */
  public boolean markSecond() {
    if (usedTwice) {
      return false;
    }
    usedTwice = true;
    return true;
  }

  public boolean isUsedTwice() {
    return usedTwice;
  }

  /** How long ago the last use was. */
  public Duration agoAt(long nowNanos) {
    return Duration.ofNanos(Math.max(0, nowNanos - lastNanos));
  }
}
