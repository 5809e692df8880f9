package io.github.mtasts;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The few daemon threads on which the resolver's short steps run.
 *
 * <p>The queue needs no bound of its own: there are never more steps than lookups under way.
 */
final class OwnThreads implements Executor, AutoCloseable {
  private static final int IDLE_SECONDS = 10;

  private final AtomicInteger number = new AtomicInteger();
  private final ThreadPoolExecutor pool;

  OwnThreads() {
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            this::thread);
    pool.allowCoreThreadTimeOut(true);
  }

  private Thread thread(Runnable work) {
    Thread thread = new Thread(work, "mta-sts-resolver-" + number.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void execute(Runnable step) {
    pool.execute(step);
  }

  @Override
  public void close() {
    pool.shutdown();
  }

  /** A full or closed executor must not lose a step: those who wait for it would wait in vain. */
  static Executor neverRejecting(Executor executor) {
    return step -> {
      try {
        executor.execute(step);
      } catch (RejectedExecutionException full) {
        step.run();
      }
    };
  }
}
