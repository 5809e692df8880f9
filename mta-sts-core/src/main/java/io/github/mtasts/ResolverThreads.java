// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A small pool of daemon threads of one resolver. */
final class ResolverThreads implements Executor, AutoCloseable {
  private static final int IDLE_SECONDS = 10;
  private static final int STORE_READS = 24;
  private static final int STORE_WRITES = 8;
  private static final int MOST = 100_000;

  private final AtomicInteger number = new AtomicInteger();
  private final String name;
  private final ThreadPoolExecutor pool;

  private ResolverThreads(String name, int threads, BlockingQueue<Runnable> queue) {
    this.name = name;
    this.pool =
        new ThreadPoolExecutor(
            threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, queue, this::thread);
    pool.allowCoreThreadTimeOut(true);
  }

  /**
   * For the short steps of lookups. The queue needs no bound: there are never more steps than
   * running lookups.
   */
  static ResolverThreads forSteps() {
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    return new ResolverThreads("mta-sts-resolver-", threads, new LinkedBlockingQueue<>());
  }

  /**
   * For calls to a store that read. The number of threads limits how many run at once, and the
   * queue holds one for each lookup.
   */
  static ResolverThreads forStoreReads(int lookups) {
    return new ResolverThreads(
        "mta-sts-store-read-", STORE_READS, new LinkedBlockingQueue<>(3 * Math.min(lookups, MOST)));
  }

  /** For calls to a store that write; apart from the reads, so that neither delays the other. */
  static ResolverThreads forStoreWrites() {
    return new ResolverThreads(
        "mta-sts-store-write-", STORE_WRITES, new LinkedBlockingQueue<>(MOST));
  }

  private Thread thread(Runnable task) {
    Thread thread = new Thread(task, name + number.incrementAndGet());
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

  /** Runs a rejected step in the calling thread: a lost step would leave callers waiting. */
  static Executor neverRejecting(Executor executor) {
    return step -> {
      try {
        executor.execute(step);
      } catch (RuntimeException | Error rejected) {
        step.run();
      }
    };
  }
}
