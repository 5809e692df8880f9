package io.github.mtasts.fetch;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** Reads the header field by which an overloaded host asks for patience. RFC 9110 §10.2.3 */
final class RetryAfter {
  /** The longest patience: a host must not be able to keep us away from a new policy for a year. */
  static final Duration MOST = Duration.ofDays(1);

  private static final int MAX_DIGITS = 10;

  private RetryAfter() {}

  /** How long to wait, above zero and at most {@link #MOST}; empty for what is no such value. */
  static Optional<Duration> parse(String value, InstantSource clock) {
    Optional<Duration> wait = isNumber(value) ? seconds(value) : until(value, clock.instant());
    return wait.filter(w -> !w.isNegative() && !w.isZero())
        .map(w -> w.compareTo(MOST) > 0 ? MOST : w);
  }

  private static boolean isNumber(String value) {
    return !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static Optional<Duration> seconds(String digits) {
    return Optional.of(
        digits.length() > MAX_DIGITS ? MOST : Duration.ofSeconds(Long.parseLong(digits)));
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
