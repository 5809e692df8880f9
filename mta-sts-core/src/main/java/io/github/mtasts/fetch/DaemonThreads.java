package io.github.mtasts.fetch;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes daemon threads with a name of ours. Thread-safe. */
final class DaemonThreads implements ThreadFactory {
  private final AtomicInteger count = new AtomicInteger();
  private final String prefix;

  DaemonThreads(String prefix) {
    this.prefix = prefix;
  }

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(task, prefix + count.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }
}
