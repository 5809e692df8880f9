// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads of a fetcher: named daemon threads that start on demand and end when idle. */
final class FetchThreads {
  private static final int IDLE_SECONDS = 2;

  private FetchThreads() {}

  /** One thread for each running fetch. */
  static ExecutorService forFetches() {
    AtomicInteger count = new AtomicInteger();
    // Unbounded: FetchPermits is the limit, and a pool that rejects tasks would lose a fetch.
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> daemon(task, "mta-sts-fetch-" + count.incrementAndGet()));
  }

  /** One thread for all deadlines; none while no deadline is pending. */
  static ScheduledExecutorService forDeadlines() {
    ThreadFactory threads = task -> daemon(task, "mta-sts-fetch-deadline");
    ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, threads);
    executor.setRemoveOnCancelPolicy(true);
    executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
