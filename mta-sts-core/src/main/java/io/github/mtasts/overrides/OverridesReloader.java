// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.overrides;

import io.github.mtasts.PolicyResolverBuilder;
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
 * The overrides of a file, over given ones, as the file was at the last look at it.
 *
 * <p>There is no thread for it: whoever asks first when the last look is a few seconds old looks
 * again, while the others go on with what is known. A small local file costs less than a question
 * to DNS. Thread-safe.
 */
public final class OverridesReloader implements Supplier<OverrideTable> {
  private static final Logger LOG = System.getLogger(OverridesReloader.class.getName());

  private static final long BETWEEN_LOOKS_NANOS =
      Duration.ofSeconds(PolicyResolverBuilder.OVERRIDES_FILE_LOOK_SECONDS).toNanos();

  private final OverrideTable given;
  private final InstantSource clock;
  private final LongSupplier ticker;
  private final ResolverListener listener;

  /** Held by the one who looks; the next two fields are theirs. */
  private final AtomicBoolean looking = new AtomicBoolean();

  private OverridesFile file;
  private String trouble = "";

  private volatile OverrideTable table;
  private volatile long lookedAtNanos;

  public OverridesReloader(
      OverrideTable given,
      OverridesFile file,
      InstantSource clock,
      LongSupplier ticker,
      ResolverListener listener) {
    this.given = given;
    this.file = file;
    this.clock = clock;
    this.ticker = ticker;
    this.listener = listener;
    this.table = given.under(file.table());
    this.lookedAtNanos = ticker.getAsLong();
    tellEnded();
  }

  @Override
  public OverrideTable get() {
    long now = ticker.getAsLong();
    if (isLookDue(now) && looking.compareAndSet(false, true)) {
      try {
        if (isLookDue(now)) {
          lookedAtNanos = now;
          look();
        }
      } finally {
        looking.set(false);
      }
    }
    return table;
  }

  private boolean isLookDue(long nowNanos) {
    return nowNanos - lookedAtNanos >= BETWEEN_LOOKS_NANOS;
  }

  /** All of what the file says, or nothing of it. */
  private void look() {
    try {
      OverridesFile read = file.again(clock.instant());
      trouble = "";
      if (read != file) {
        file = read;
        table = given.under(read.table());
        LOG.log(Level.INFO, "Overrides read anew: {0} in the file", read.table().size());
        tellEnded();
      }
    } catch (UnreadableOverridesException e) {
      tell(e.detail());
    } catch (RuntimeException e) {
      // Such as a security manager's; trouble in our own house never stops mail.
      tell("overrides file: expected to read it, found " + e.getClass().getSimpleName());
    }
  }

  /** Who wrote the wrong year would else believe that the line counts. */
  private void tellEnded() {
    List<PolicyOverride> ended = file.table().endedAt(clock.instant());
    if (!ended.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "{0}: expected ends that lie ahead, found {1} that have passed, such as that of {2};"
              + " these lines have no effect, delete or mend them",
          file.shown(),
          ended.size(),
          ended.get(0));
      listener.overridesEnded(ended);
    }
  }

  private void tell(String detail) {
    if (!detail.equals(trouble)) {
      trouble = detail;
      LOG.log(Level.WARNING, "{0}; the overrides read last stay in force", detail);
      listener.overridesUnreadable(detail);
    }
  }
}
