package io.github.mtasts.discovery;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of one DNS client: one that watches deadlines, and a few that read answers.
 *
 * <p>They are apart so that a slow answer never makes a deadline late. All are daemons, start with
 * the first question and end in {@link #close()}; the readers also when idle.
 *
 * <p>Safe for use by several threads.
 */
final class DnsThreads implements Executor, AutoCloseable {
  /** How many threads read answers at most. */
  static final int WORKERS = Math.max(2, Runtime.getRuntime().availableProcessors());

  private static final int IDLE_SECONDS = 10;

  private final ScheduledThreadPoolExecutor clock;
  private final ThreadPoolExecutor workers;

  DnsThreads() {
    clock = new ScheduledThreadPoolExecutor(1, named("mta-sts-dns-deadlines"));
    clock.setRemoveOnCancelPolicy(true);
    workers =
        new ThreadPoolExecutor(
            WORKERS,
            WORKERS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), // bounded by the questions under way and waiting
            named("mta-sts-dns"));
    workers.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable task) {
    workers.execute(task);
  }

  Future<?> later(Duration delay, Runnable task) {
    return clock.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    clock.shutdownNow();
    workers.shutdown(); // no interrupt: a caller's continuation may be running there
  }

  private static ThreadFactory named(String name) {
    AtomicInteger threads = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + threads.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
