// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.refresh;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The daemon thread that runs maintenance about once a second. */
public final class MaintenanceThread implements AutoCloseable {
  /** Operators configure this name, which is documented; it is not the name of this class. */
  private static final Logger LOG = System.getLogger("io.github.mtasts.PolicyResolver");

  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private volatile boolean closed;
  private volatile Thread thread = new Thread(() -> {});

  /** Starts the thread; the work runs for the first time a second later. */
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
      } catch (Throwable bug) {
        LOG.log(Level.ERROR, "Maintenance failed: internal error; please report it", bug);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
