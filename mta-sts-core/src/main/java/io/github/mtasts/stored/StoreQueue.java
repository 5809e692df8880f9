// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits concurrent calls to a store and queues the rest. Urgent calls, which store results, go
 * before all others, so that a burst of reads does not delay writes. Thread-safe.
 */
public final class StoreQueue {
  /** How many calls run at the same time. */
  public static final int AT_ONCE = 8;

  private static final int MAX_WAITING = 20_000;

  private final Queue<Supplier<CompletableFuture<?>>> urgent = new ArrayDeque<>();
  private final Queue<Supplier<CompletableFuture<?>>> normal = new ArrayDeque<>();
  private int running;

  /**
   * Adds a call, which starts at once or when its turn comes.
   *
   * @param call starts the call; the future completes when the next call may start; never throws
   * @return false if the queue is full
   */
  boolean add(boolean isUrgent, Supplier<CompletableFuture<?>> call) {
    synchronized (this) {
      if (urgent.size() + normal.size() >= MAX_WAITING) {
        return false;
      }
      (isUrgent ? urgent : normal).add(call);
    }
    startWaiting();
    return true;
  }

  /** A loop and no recursion, because thousands of calls may end at once. */
  private void startWaiting() {
    for (var next = next(); next != null; next = next()) {
      CompletableFuture<?> end = next.get();
      if (end.isDone()) {
        ended();
      } else {
        var unused =
            end.whenComplete(
                (done, failure) -> {
                  ended();
                  startWaiting();
                });
      }
    }
  }

  private synchronized @Nullable Supplier<CompletableFuture<?>> next() {
    if (running >= AT_ONCE) {
      return null;
    }
    var next = urgent.isEmpty() ? normal.poll() : urgent.poll();
    if (next != null) {
      running++;
    }
    return next;
  }

  private synchronized void ended() {
    running--;
  }
}
