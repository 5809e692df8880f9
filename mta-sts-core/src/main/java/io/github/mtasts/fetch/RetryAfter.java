// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** Parses the Retry-After header of an overloaded host. RFC 9110 §10.2.3 */
final class RetryAfter {
  /** The longest accepted wait: a host must not delay the next fetch for a year. */
  static final Duration MAX = Duration.ofDays(1);

  private static final int MAX_DIGITS = 10;

  private RetryAfter() {}

  /** The wait, above zero and at most {@link #MAX}; empty if the value is not valid. */
  static Optional<Duration> parse(String value, InstantSource clock) {
    Optional<Duration> wait = isNumber(value) ? seconds(value) : until(value, clock.instant());
    return wait.filter(w -> !w.isNegative() && !w.isZero())
        .map(w -> w.compareTo(MAX) > 0 ? MAX : w);
  }

  private static boolean isNumber(String value) {
    return !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static Optional<Duration> seconds(String digits) {
    return Optional.of(
        digits.length() > MAX_DIGITS ? MAX : Duration.ofSeconds(Long.parseLong(digits)));
  }

  private static Optional<Duration> until(String date, Instant now) {
    try {
      ZonedDateTime then = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME);
      return Optional.of(Duration.between(now, then.toInstant()));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
