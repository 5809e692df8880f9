// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-25T04:00:00Z"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | PT1S",
        "0000120 | PT2M",
        "86400 | P1D",
        "86401 | P1D",
        "99999999999999999999999 | P1D",
        "Wed, 25 Nov 2026 04:05:00 GMT | PT5M",
        "Fri, 25 Dec 2026 04:05:00 GMT | P1D",
      })
  void parsesSecondsAndDatesUpToADay(String value, Duration expected) {
    assertThat(RetryAfter.parse(value, CLOCK)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "-1",
        "+1",
        "1.5",
        "soon",
        "٣",
        "Wed, 25 Nov 2026 03:59:59 GMT",
        "2026-11-25"
      })
  void ignoresEverythingElse(String value) {
    assertThat(RetryAfter.parse(value, CLOCK)).isEmpty();
  }
}
