// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a store is called, when it is not, and what is reported about that. */
final class CircuitBreakerTest {
  private final SettableClock clock = new SettableClock();
  private final StoreEvents events = new StoreEvents();
  private final CircuitBreaker breaker =
      new CircuitBreaker("reading", events, clock, clock.nanoTicker());

  private void open() {
    for (int failure = 0; failure < CircuitBreaker.FAILURES_TO_OPEN; failure++) {
      breaker.failed("refused");
    }
  }

  @Test
  void opensAfterThreeFailuresInARow() {
    breaker.failed("refused");
    breaker.failed("refused");
    assertThat(breaker.refusal()).isEmpty();

    breaker.failed("refused for the third time");

    assertThat(breaker.refusal().orElseThrow().detail()).isEqualTo("refused for the third time");
  }

  @Test
  void staysClosedWhileEveryThirdCallSucceeds() {
    for (int call = 0; call < 1_000; call++) {
      if (call % 3 == 2) {
        breaker.succeeded();
      } else {
        breaker.failed("refused");
      }
      assertThat(breaker.refusal()).isEmpty();
    }
    assertThat(events.all()).isEmpty();
  }

  @Test
  void makesOneTrialCallAfterEachPauseUpToThirtySeconds() {
    open();

    List<Long> trials = new ArrayList<>();
    for (long second = 1; second <= 100; second++) {
      clock.advance(Duration.ofSeconds(1));
      if (breaker.refusal().isEmpty()) {
        assertThat(breaker.refusal()).as("a second call at the same time").isPresent();
        trials.add(second);
        breaker.failed("refused");
      }
    }

    assertThat(trials).containsExactly(1L, 3L, 7L, 15L, 31L, 61L, 91L);
  }

  @Test
  void makesTheNextTrialCallEvenIfTheLastOneNeverEnds() {
    open();
    clock.advance(Duration.ofSeconds(1));
    assertThat(breaker.refusal()).isEmpty();

    clock.advance(Duration.ofSeconds(2));

    assertThat(breaker.refusal()).isEmpty();
  }

  @Test
  void makesATrialCallAtOnceOnRequest() {
    open();
    assertThat(breaker.refusal()).isPresent();

    breaker.retryNow();

    assertThat(breaker.refusal()).isEmpty();
    assertThat(breaker.refusal()).isPresent();
  }

  @Test
  void closesAfterASuccessAndPausesBrieflyNextTime() {
    open();
    for (int trial = 0; trial < 5; trial++) {
      clock.advance(Duration.ofSeconds(30));
      assertThat(breaker.refusal()).isEmpty();
      breaker.failed("refused");
    }

    breaker.succeeded();
    assertThat(breaker.refusal()).isEmpty();

    open();
    clock.advance(Duration.ofSeconds(1));
    assertThat(breaker.refusal()).isEmpty();
  }

  @Test
  void namesTheTimeOfTheFirstFailureInTheUnbrokenSeries() {
    breaker.failed("an earlier series");
    breaker.succeeded();
    clock.advance(Duration.ofHours(1));
    Instant first = clock.instant();

    assertThat(breaker.failed("refused").since()).contains(first);
    clock.advance(Duration.ofMinutes(1));
    assertThat(breaker.failed("refused").since()).contains(first);
    clock.advance(Duration.ofMinutes(1));
    assertThat(breaker.failed("refused").since()).contains(first);
    clock.advance(Duration.ofDays(1));
    assertThat(breaker.failed("refused").since()).contains(first);

    assertThat(breaker.outage().orElseThrow().since()).contains(first);
  }

  @Test
  void reportsFailureAndRecoveryOnceEachInOrder() {
    open();
    open();
    breaker.succeeded();
    breaker.succeeded();
    open();

    assertThat(events.all())
        .containsExactly("failed reading refused", "recovered reading", "failed reading refused");
  }
}
