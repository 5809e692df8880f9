// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The end of the time that one delivery may take: sockets that are open then are closed.
 *
 * <p>A read timeout does not stop a server that sends one octet at a time, and writes have no
 * timeout. So every socket is watched from before it connects. The JDK's timer thread closes them.
 * Thread-safe.
 */
final class Deadline implements AutoCloseable {
  private final long endNanos;
  private final CompletableFuture<Void> timer = new CompletableFuture<>();
  private final Set<Closeable> watched = new HashSet<>(); // guarded by this
  private boolean over; // guarded by this

  Deadline(Duration time) {
    endNanos = System.nanoTime() + time.toNanos();
    var unused =
        timer
            .orTimeout(time.toNanos(), TimeUnit.NANOSECONDS)
            .whenComplete(
                (done, late) -> {
                  if (late != null) {
                    expire();
                  }
                });
  }

  /** Closes it when the time is over, or now if it is. */
  void watch(Closeable open) {
    synchronized (this) {
      if (!over) {
        watched.add(open);
        return;
      }
    }
    close(open);
  }

  synchronized void unwatch(Closeable open) {
    watched.remove(open);
  }

  synchronized boolean isOver() {
    return over || leftNanos() <= 0;
  }

  /** The time left for a socket timeout: at least one millisecond, at most the given time. */
  int leftMillis(Duration max) {
    long left = Math.min(leftNanos(), max.toNanos());
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(left)));
  }

  /** Waits until the deadline at most. An interrupt ends the wait and stays set. */
  <T> T await(CompletableFuture<T> answer, T otherwise) {
    try {
      return answer.get(Math.max(1, leftNanos()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return otherwise;
    } catch (ExecutionException | TimeoutException e) {
      return otherwise;
    }
  }

  /** Ends the time now, as when the transport is closed during a delivery. */
  void expire() {
    Set<Closeable> open;
    synchronized (this) {
      over = true;
      open = Set.copyOf(watched);
      watched.clear();
    }
    open.forEach(Deadline::close);
  }

  private long leftNanos() {
    return endNanos - System.nanoTime();
  }

  private static void close(Closeable open) {
    try {
      open.close();
    } catch (IOException e) {
      // It is closed all the same; its user gets an exception.
    }
  }

  @Override
  public void close() {
    timer.complete(null);
  }
}
