// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.stored.StoreGateway.Answer.Unknown;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Stops calls to a store that fails.
 *
 * <p>It opens after {@value #FAILURES_TO_OPEN} failures in a row: one slow call does not take a
 * healthy store out of use. Open, it lets one trial call through after a pause, which doubles each
 * time; a success closes it. A trial reserves nothing, so one that never ends costs one pause.
 *
 * <p>Reading and writing have one each, so that a full or read-only store can still be read. The
 * listener is called under the lock, in order, and must not block. Thread-safe.
 */
final class CircuitBreaker {
  static final int FAILURES_TO_OPEN = 3;

  private static final long FIRST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(30).toNanos();

  private final String what;
  private final ResolverListener listener;
  private final InstantSource clock;
  private final LongSupplier ticker;

  private int failures;
  private Instant since = Instant.EPOCH;
  private String detail = "";
  private long pauseNanos;
  private long retryAtNanos;

  /** Creates a closed one; {@code what} is {@code reading} or {@code writing}, for events. */
  CircuitBreaker(String what, ResolverListener listener, InstantSource clock, LongSupplier ticker) {
    this.what = what;
    this.listener = listener;
    this.clock = clock;
    this.ticker = ticker;
  }

  /** Why no call is made now; empty if one is to be made. */
  synchronized Optional<Unknown> refusal() {
    long now = ticker.getAsLong();
    if (isOpen() && now - retryAtNanos >= 0) {
      pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
      retryAtNanos = now + pauseNanos;
      return Optional.empty();
    }
    return outage();
  }

  /** What is wrong with the store, while the circuit breaker is open. */
  synchronized Optional<Unknown> outage() {
    return isOpen() ? Optional.of(unknown()) : Optional.empty();
  }

  /** The last failure, unless a call has succeeded since. */
  synchronized Optional<String> trouble() {
    return failures > 0 ? Optional.of(detail) : Optional.empty();
  }

  /** Makes the next call a trial, without a pause. */
  synchronized void retryNow() {
    retryAtNanos = ticker.getAsLong();
  }

  synchronized void succeeded() {
    if (isOpen()) {
      listener.storeRecovered(what);
    }
    failures = 0;
  }

  /** Counts a failure of the store; returns the answer, with the time of the first in a row. */
  synchronized Unknown failed(String why) {
    if (failures == 0) {
      since = clock.instant();
    }
    failures++;
    detail = why;
    if (failures == FAILURES_TO_OPEN) {
      pauseNanos = FIRST_PAUSE_NANOS;
      retryAtNanos = ticker.getAsLong() + pauseNanos;
      listener.storeFailed(what, why);
    }
    return unknown();
  }

  private boolean isOpen() {
    return failures >= FAILURES_TO_OPEN;
  }

  private Unknown unknown() {
    return new Unknown(Cause.STORE_UNAVAILABLE, detail, Optional.of(since));
  }
}
