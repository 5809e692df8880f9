// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait for their turn at a store: so many at once, and those that end a piece of work
 * before those that begin one, so that a burst of questions keeps no answer from being stored.
 * Thread-safe.
 */
public final class StoreQueue {
  /** Calls at the same time. */
  public static final int AT_ONCE = 8;

  private static final int MOST_WAITING = 20_000;

  private final Queue<Supplier<CompletableFuture<?>>> urgent = new ArrayDeque<>();
  private final Queue<Supplier<CompletableFuture<?>>> others = new ArrayDeque<>();
  private int running;

  /**
   * Takes a call, to be begun in its turn.
   *
   * @param call begins, and completes when the next may have its turn; never throws
   * @return false if too many wait already
   */
  boolean join(boolean isUrgent, Supplier<CompletableFuture<?>> call) {
    synchronized (this) {
      if (urgent.size() + others.size() >= MOST_WAITING) {
        return false;
      }
      (isUrgent ? urgent : others).add(call);
    }
    advance();
    return true;
  }

  /** A loop, because thousands may be turned away one after the other. */
  private void advance() {
    for (var next = next(); next != null; next = next()) {
      CompletableFuture<?> over = next.get();
      if (over.isDone()) {
        left();
      } else {
        var unused =
            over.whenComplete(
                (done, trouble) -> {
                  left();
                  advance();
                });
      }
    }
  }

  private synchronized @Nullable Supplier<CompletableFuture<?>> next() {
    if (running >= AT_ONCE) {
      return null;
    }
    var next = urgent.isEmpty() ? others.poll() : urgent.poll();
    if (next != null) {
      running++;
    }
    return next;
  }

  private synchronized void left() {
    running--;
  }
}
