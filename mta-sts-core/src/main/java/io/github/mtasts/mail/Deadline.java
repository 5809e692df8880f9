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
 * The end of the time that one delivery may take: whatever is open then is cut.
 *
 * <p>A time-out for each read does not end a server that drips, and none at all ends a write. So
 * every socket is watched from before it connects. The JDK's own timer thread does the cutting.
 * Thread-safe.
 */
final class Deadline implements AutoCloseable {
  private final long endNanos;
  private final CompletableFuture<Void> alarm = new CompletableFuture<>();
  private final Set<Closeable> watched = new HashSet<>(); // guarded by this
  private boolean over; // guarded by this

  Deadline(Duration time) {
    endNanos = System.nanoTime() + time.toNanos();
    var unused =
        alarm
            .orTimeout(time.toNanos(), TimeUnit.NANOSECONDS)
            .whenComplete(
                (done, late) -> {
                  if (late != null) {
                    cut();
                  }
                });
  }

  /** Closes the thing when time is up, or now if it is. */
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

  /** The time left, one millisecond at least and the given one at most, as sockets want it. */
  int leftMillis(Duration most) {
    long left = Math.min(leftNanos(), most.toNanos());
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(left)));
  }

  /** Waits as long as there is time. An interrupt ends the wait and is left for the caller. */
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

  /** Ends everything now: the transport is closed under way. */
  void cut() {
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
      // It is cut, which is what was wanted; who uses it finds out.
    }
  }

  @Override
  public void close() {
    alarm.complete(null);
  }
}
