// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The threads of one DNS client: one that watches deadlines, a few that read answers, and a few
 * that complete timed-out queries.
 *
 * <p>They are separate because all but the first run foreign code: the DNS library, and what
 * callers attach to their futures. Code that blocks the readers cannot delay a deadline. All are
 * daemon threads, start on first use and end in {@link #close()}; all but the first also end when
 * idle.
 *
 * <p>Thread-safe.
 */
final class DnsThreads implements Executor, AutoCloseable {
  /** The maximum number of threads that read answers. */
  static final int WORKERS = Math.max(2, Runtime.getRuntime().availableProcessors());

  /** The maximum number of threads for timed-out queries; if all block, deadlines are late. */
  static final int TIMEOUT_WORKERS = 32;

  static final String TIMER = "mta-sts-dns-deadlines";
  static final String WORKER = "mta-sts-dns";
  static final String TIMEOUT_WORKER = "mta-sts-dns-late";

  private static final int IDLE_SECONDS = 10;

  private final ScheduledThreadPoolExecutor timer;
  private final ThreadPoolExecutor workers;
  private final ThreadPoolExecutor timeoutWorkers;

  DnsThreads() {
    this(DnsThreads::named);
  }

  /** For tests that run out of threads; the function gets the name of a kind of thread. */
  DnsThreads(Function<String, ThreadFactory> factories) {
    timer = new ScheduledThreadPoolExecutor(1, factories.apply(TIMER));
    timer.setRemoveOnCancelPolicy(true);
    workers =
        new ThreadPoolExecutor(
            WORKERS,
            WORKERS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), // bounded by the limits of running and waiting queries
            factories.apply(WORKER));
    workers.allowCoreThreadTimeOut(true);
    timeoutWorkers =
        new ThreadPoolExecutor(
            0,
            TIMEOUT_WORKERS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(), // a busy thread blocks no other task
            factories.apply(TIMEOUT_WORKER));
  }

  @Override
  public void execute(Runnable task) {
    workers.execute(task);
  }

  Future<?> later(Duration delay, Runnable task) {
    return timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Runs a task at a deadline, even if the other threads are busy. */
  Future<?> atDeadline(Duration delay, Runnable task) {
    return later(delay, () -> runTimeout(task));
  }

  private void runTimeout(Runnable task) {
    try {
      timeoutWorkers.execute(task);
    } catch (RuntimeException | Error noThread) { // all are busy, or the JVM can start no more
      task.run();
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    workers.shutdown(); // no interrupt: a caller's continuation may be running there
    timeoutWorkers.shutdown(); // the same
  }

  static ThreadFactory named(String name) {
    AtomicInteger threads = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + threads.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
