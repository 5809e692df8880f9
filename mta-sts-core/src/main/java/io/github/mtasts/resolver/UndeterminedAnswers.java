// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.resolver;

import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Resolution.Undetermined;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.WhenUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Makes the answers about domains that could not be looked up, and decides whether mail waits.
 *
 * @param whenDnsUnavailable what to do while DNS does not answer
 * @param whenStoreUnavailable what to do while the store does not answer
 * @param settings for the answers
 * @param clock the wall clock
 */
public record UndeterminedAnswers(
    WhenUnavailable whenDnsUnavailable,
    WhenUnavailable whenStoreUnavailable,
    MxTlsSettings settings,
    InstantSource clock) {

  /** An answer about trouble that has just begun. */
  public Undetermined of(String domain, Cause cause, String detail) {
    return of(domain, cause, detail, clock.instant(), false);
  }

  /**
   * An answer about trouble that goes on.
   *
   * @param since the time of the first failure in the current unbroken series
   * @param defersAnyway whether mail waits for another reason
   */
  Undetermined of(String domain, Cause cause, String detail, Instant since, boolean defersAnyway) {
    Duration lasting = Duration.between(since, clock.instant());
    boolean defers =
        switch (cause) {
          case DNS_UNAVAILABLE -> whenDnsUnavailable.defersAfter(lasting);
          case STORE_UNAVAILABLE -> whenStoreUnavailable.defersAfter(lasting);
          // Trouble of this sender passes, and mail can wait for that.
          case BUSY, CLOSING, INTERRUPTED, INTERNAL_ERROR -> true;
        };
    return new Undetermined(domain, cause, detail, since, defers || defersAnyway, settings);
  }
}
