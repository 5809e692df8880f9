// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * Limits how many fetches run at a time; the others wait in order of arrival.
 *
 * <p>A waiting fetch uses no thread. Thread-safe.
 */
final class FetchPermits {
  private final Queue<BooleanSupplier> waiting = new ArrayDeque<>();
  private final int limit;
  private int taken;

  FetchPermits(int limit) {
    this.limit = limit;
  }

  /**
   * Asks for a permit.
   *
   * @param starter called once when there is a permit, in this thread or in the thread that
   *     releases one; returns whether it takes the permit. It must not throw. If it takes the
   *     permit it must hand over to an executor, because otherwise a long queue of fetches that
   *     fail at once would become a deep recursion
   */
  void acquire(BooleanSupplier starter) {
    synchronized (this) {
      if (taken == limit) {
        waiting.add(starter);
        return;
      }
      taken++;
    }
    if (!starter.getAsBoolean()) {
      release();
    }
  }

  /** Gives a permit back; the fetch that has waited longest and still wants it gets it. */
  void release() {
    BooleanSupplier next;
    do {
      synchronized (this) {
        next = waiting.poll();
        if (next == null) {
          taken--;
          return;
        }
      }
    } while (!next.getAsBoolean());
  }
}
