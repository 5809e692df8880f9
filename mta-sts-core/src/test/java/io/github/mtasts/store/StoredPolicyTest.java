// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The values that a stored policy accepts and refuses. */
final class StoredPolicyTest {
  private static final Instant FETCHED_AT = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LONGEST_VALIDITY =
      Duration.ofSeconds(Policy.LONGEST_MAX_AGE_SECONDS).plusDays(1);

  private static StoredPolicy policy(String text, Instant expiresAt) {
    return new StoredPolicy(
        "example.com",
        "1",
        text,
        PolicyMode.NONE,
        FETCHED_AT,
        expiresAt,
        FETCHED_AT,
        Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\0b", "\0", "a\uD83D", "\uDE00a", "\uDE00\uD83D"})
  void refusesATextThatNotEveryStoreCanKeep(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy(text, FETCHED_AT.plusSeconds(60)))
        .withMessageStartingWith("text: expected ");
  }

  /** A max_age of 0 is legal. RFC 8461 §3.2 */
  @Test
  void acceptsAnExpiryAtTheTimeOfTheFetch() {
    StoredPolicy policy = policy("text", FETCHED_AT);

    assertThat(policy.expiresAt()).isEqualTo(FETCHED_AT);
    assertThat(policy.hasExpiredAt(FETCHED_AT.minusMillis(1))).isFalse();
    assertThat(policy.hasExpiredAt(FETCHED_AT)).isTrue();
  }

  @Test
  void acceptsAnExpiryOfAYearAndADayAfterTheFetch() {
    Instant latest = FETCHED_AT.plus(LONGEST_VALIDITY);

    assertThat(policy("text", latest).expiresAt()).isEqualTo(latest);
  }

  @Test
  void refusesAnExpiryBeforeTheFetchOrMoreThanAYearAndADayAfterIt() {
    for (Instant expiresAt :
        new Instant[] {
          FETCHED_AT.minusMillis(1), FETCHED_AT.plus(LONGEST_VALIDITY).plusMillis(1)
        }) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> policy("text", expiresAt))
          .withMessage(
              "expiry: expected not before the fetch of 2026-01-01T00:00:00Z and at most a year and"
                  + " a day after it, found "
                  + expiresAt);
    }
  }
}
