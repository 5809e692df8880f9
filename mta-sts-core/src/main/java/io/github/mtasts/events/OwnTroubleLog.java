// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.events;

import io.github.mtasts.decision.OwnTrouble;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Logs own trouble, at most one line a minute for each kind, and limits its events.
 *
 * <p>Thread-safe.
 */
final class OwnTroubleLog {
  /** How many events of a kind listeners receive in a minute at most: {@value}. */
  static final int MOST_EVENTS = 60;

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  /** Operators configure this name, which is documented; it is not the name of this class. */
  private static final Logger LOG = System.getLogger("io.github.mtasts.PolicyResolver");

  private final LongSupplier ticker;
  private final Map<OwnTrouble, Minute> minutes = new EnumMap<>(OwnTrouble.class);

  /** A minute that begins with a logged line. */
  private static final class Minute {
    private final long start;
    private int troubles;

    Minute(long start) {
      this.start = start;
    }
  }

  /**
   * Creates a log.
   *
   * @param ticker elapsed time in nanoseconds
   */
  OwnTroubleLog(LongSupplier ticker) {
    this.ticker = ticker;
  }

  /** Logs trouble unless its kind was logged within a minute; returns whether to report it. */
  boolean log(OwnTrouble kind, String detail) {
    int suppressed = 0;
    int number;
    synchronized (this) {
      long now = ticker.getAsLong();
      Minute minute = minutes.get(kind);
      if (minute == null || now - minute.start >= MINUTE) {
        suppressed = minute == null ? 0 : minute.troubles - 1;
        minute = new Minute(now);
        minutes.put(kind, minute);
      }
      number = ++minute.troubles;
    }
    if (number == 1) {
      write(kind + ": " + detail + (suppressed == 0 ? "" : suppressedText(suppressed)));
    }
    return number <= MOST_EVENTS;
  }

  private static String suppressedText(int suppressed) {
    return " (and " + suppressed + " more of this kind since the last line)";
  }

  /** A logging system that fails must not fail a lookup. */
  private static void write(String line) {
    try {
      LOG.log(Level.WARNING, line);
    } catch (Throwable broken) {
      return;
    }
  }

  /** Logs what a listener threw. */
  static void listenerThrew(Throwable failure) {
    try {
      LOG.log(Level.WARNING, "A ResolverListener threw; mail is not affected", failure);
    } catch (Throwable broken) {
      return;
    }
  }
}
