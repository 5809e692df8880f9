package io.github.mtasts.store;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mtasts.policy.PolicyMode;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no store is asked to keep. */
final class StoredPolicyTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "a\0b", "\0", "a\uD83D", "\uDE00a", "\uDE00\uD83D"})
  void refusesATextThatNotEveryStoreCanKeep(String text) {
    Instant fetchedAt = Instant.parse("2026-01-01T00:00:00Z");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new StoredPolicy(
                    "example.com",
                    "1",
                    text,
                    PolicyMode.NONE,
                    fetchedAt,
                    fetchedAt.plusSeconds(60),
                    fetchedAt,
                    Optional.empty()))
        .withMessageStartingWith("text: expected ");
  }
}
