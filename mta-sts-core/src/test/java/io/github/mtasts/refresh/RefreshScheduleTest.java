// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A renewal is due well before expiry, at an unpredictable time. RFC 8461 §10.2 */
final class RefreshScheduleTest {
  private static final Instant FETCHED_AT = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  @Test
  void renewalsAreDueLateEnoughToBeFewAndEarlyEnoughForRetriesAtDifferentTimes() {
    List<Duration> due = new ArrayList<>();
    for (int secret = 0; secret < 200; secret++) {
      due.add(new RefreshSchedule(secret).dueAfter("nmrc.org", FETCHED_AT, DAY));
    }

    assertThat(due)
        .allMatch(time -> time.toSeconds() >= DAY.toSeconds() * 62 / 100)
        .allMatch(time -> time.toSeconds() <= DAY.toSeconds() * 72 / 100);
    assertThat(due.stream().distinct().count()).isGreaterThan(190);
  }

  @Test
  void aLongLivedPolicyIsRenewedAboutOnceADay() {
    assertThat(new RefreshSchedule(1).dueAfter("nmrc.org", FETCHED_AT, Duration.ofDays(365)))
        .isBetween(Duration.ofHours(25), Duration.ofHours(30));
  }
}
