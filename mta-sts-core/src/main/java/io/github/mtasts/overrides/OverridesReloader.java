// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.overrides;

import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.ResolverListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The overrides of a file combined with those of the builder, as of the last check of the file.
 *
 * <p>Has no thread of its own: the first caller after a few seconds checks the file, while other
 * callers get the current table without waiting. Reading a small local file costs less than a DNS
 * query. Thread-safe.
 */
public final class OverridesReloader implements Supplier<OverrideTable> {
  /** Operators configure this name, which is documented; it is not the name of this class. */
  private static final Logger LOG = System.getLogger("io.github.mtasts.PolicyResolver");

  private static final long CHECK_INTERVAL_NANOS =
      Duration.ofSeconds(PolicyOverride.FILE_CHECK_SECONDS).toNanos();

  private final OverrideTable configured;
  private final InstantSource clock;
  private final LongSupplier ticker;
  private final ResolverListener listener;

  /** Set by the thread that checks the file; guards the next two fields. */
  private final AtomicBoolean checking = new AtomicBoolean();

  private OverridesFile file;
  private String lastError = "";

  private volatile OverrideTable table;
  private volatile long checkedAtNanos;

  public OverridesReloader(
      OverrideTable configured,
      OverridesFile file,
      InstantSource clock,
      LongSupplier ticker,
      ResolverListener listener) {
    this.configured = configured;
    this.file = file;
    this.clock = clock;
    this.ticker = ticker;
    this.listener = listener;
    this.table = configured.under(file.table());
    this.checkedAtNanos = ticker.getAsLong();
    reportEnded();
  }

  @Override
  public OverrideTable get() {
    long now = ticker.getAsLong();
    if (isCheckDue(now) && checking.compareAndSet(false, true)) {
      try {
        if (isCheckDue(now)) {
          checkedAtNanos = now;
          check();
        }
      } finally {
        checking.set(false);
      }
    }
    return table;
  }

  private boolean isCheckDue(long nowNanos) {
    return nowNanos - checkedAtNanos >= CHECK_INTERVAL_NANOS;
  }

  /** Uses the whole file, or nothing of it. */
  private void check() {
    try {
      OverridesFile read = file.reread(clock.instant());
      lastError = "";
      if (read != file) {
        file = read;
        table = configured.under(read.table());
        LOG.log(Level.INFO, "Overrides file read again: {0} overrides", read.table().size());
        reportEnded();
      }
    } catch (UnreadableOverridesException e) {
      reportError(e.detail());
    } catch (RuntimeException e) {
      // A failure to read a local file must not stop mail.
      reportError("overrides file: expected to read it, found " + e.getClass().getSimpleName());
    }
  }

  /** Otherwise an operator who wrote a wrong year would think that the line has an effect. */
  private void reportEnded() {
    List<PolicyOverride> ended = file.table().endedAt(clock.instant());
    if (!ended.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "{0}: expected ends in the future, found {1} in the past, such as that of {2};"
              + " these lines have no effect, delete or correct them",
          file.shown(),
          ended.size(),
          ended.get(0));
      listener.overridesEnded(ended);
    }
  }

  private void reportError(String detail) {
    if (!detail.equals(lastError)) {
      lastError = detail;
      LOG.log(Level.WARNING, "{0}; the overrides read last stay in force", detail);
      listener.overridesUnreadable(detail);
    }
  }
}
