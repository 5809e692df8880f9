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
 * that end what ran out of time.
 *
 * <p>They are apart because all but the first run what others wrote: a DNS library, and whatever
 * callers attach to their futures. Whoever blocks the readers makes no deadline late. All are
 * daemons, start when first needed and end in {@link #close()}; all but the first also when idle.
 *
 * <p>Safe for use by several threads.
 */
final class DnsThreads implements Executor, AutoCloseable {
  /** How many threads read answers at most. */
  static final int WORKERS = Math.max(2, Runtime.getRuntime().availableProcessors());

  /** How many threads end late questions at most: as many as may block before one is late. */
  static final int ENDERS = 32;

  static final String CLOCK = "mta-sts-dns-deadlines";
  static final String WORKER = "mta-sts-dns";
  static final String ENDER = "mta-sts-dns-late";

  private static final int IDLE_SECONDS = 10;

  private final ScheduledThreadPoolExecutor clock;
  private final ThreadPoolExecutor workers;
  private final ThreadPoolExecutor enders;

  DnsThreads() {
    this(DnsThreads::named);
  }

  /** Also lets tests run out of threads; the function takes the name of a kind of thread. */
  DnsThreads(Function<String, ThreadFactory> factories) {
    clock = new ScheduledThreadPoolExecutor(1, factories.apply(CLOCK));
    clock.setRemoveOnCancelPolicy(true);
    workers =
        new ThreadPoolExecutor(
            WORKERS,
            WORKERS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), // bounded by the questions under way and waiting
            factories.apply(WORKER));
    workers.allowCoreThreadTimeOut(true);
    enders =
        new ThreadPoolExecutor(
            0,
            ENDERS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(), // one that is taken blocks nobody behind it
            factories.apply(ENDER));
  }

  @Override
  public void execute(Runnable task) {
    workers.execute(task);
  }

  Future<?> later(Duration delay, Runnable task) {
    return clock.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Runs the end of a question when its time is up, whatever the other threads are doing. */
  Future<?> atDeadline(Duration delay, Runnable end) {
    return later(delay, () -> end(end));
  }

  private void end(Runnable end) {
    try {
      enders.execute(end);
    } catch (RuntimeException | Error noThread) { // all are taken, or the JVM can start no more
      end.run();
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    workers.shutdown(); // no interrupt: a caller's continuation may be running there
    enders.shutdown(); // the same
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
