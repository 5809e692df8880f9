// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.refresh;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The one daemon thread that does what no message waits for, about once a second. */
public final class MaintenanceThread implements AutoCloseable {
  private static final Logger LOG = System.getLogger(MaintenanceThread.class.getName());
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private volatile boolean closed;
  private volatile Thread thread = new Thread(() -> {});

  /** Starts; the first work is done a second later. */
  public void start(Runnable work) {
    thread = new Thread(() -> run(work), "mta-sts-refresh");
    thread.setDaemon(true);
    thread.start();
  }

  private void run(Runnable work) {
    while (!closed) {
      LockSupport.parkNanos(PAUSE_NANOS);
      if (closed) {
        return;
      }
      try {
        work.run();
      } catch (Throwable flaw) {
        LOG.log(
            Level.ERROR,
            "Maintenance of policies failed by a flaw of ours; please report it",
            flaw);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
