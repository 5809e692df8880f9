// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.stored.StoreQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A small pool of daemon threads of one resolver. */
final class ResolverThreads implements Executor, AutoCloseable {
  private static final int IDLE_SECONDS = 10;
  private static final int MOST_QUEUED_STORE_CALLS = 1_000;

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

  /** For calls to a store, which block; rejects calls when the queue is full. */
  static ResolverThreads forStores() {
    return new ResolverThreads(
        "mta-sts-store-", StoreQueue.AT_ONCE, new LinkedBlockingQueue<>(MOST_QUEUED_STORE_CALLS));
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
      } catch (RejectedExecutionException rejected) {
        step.run();
      }
    };
  }
}
