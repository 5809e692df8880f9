// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Resolution.Undetermined;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** "Not known" decides by whether mail must wait, and explains its cause. */
final class UndeterminedTest {
  private static final Instant SINCE = Instant.parse("2026-12-01T10:00:00Z");

  private static Undetermined of(Cause cause, boolean defers, Enforcement enforcement) {
    return new Undetermined(
        "example.com",
        cause,
        "what the engine has found",
        SINCE,
        defers,
        new MxTlsSettings(
            Optional.empty(), Optional.empty(), new ResolverListener() {}, enforcement));
  }

  private static Undetermined live(Cause cause, boolean defers) {
    return of(cause, defers, Enforcement.LIVE);
  }

  @ParameterizedTest
  @EnumSource
  void refusesEveryHostWhileMailMustWait(Cause cause) {
    MxDecision decision = live(cause, true).decide("MX.Example.com.");

    assertThat(decision.requirement()).isEqualTo(Requirement.REFUSED);
    assertThat(decision.mxHost()).isEqualTo("mx.example.com");
    assertThat(decision.isListed()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void usesEveryHostWithoutAPolicyIfMailNeedNotWait(Cause cause) {
    assertThat(live(cause, false).decide("mx.example.com").requirement())
        .isEqualTo(Requirement.OPPORTUNISTIC);
  }

  @Test
  void refusesNothingInShadowModeAndSaysWhatItWouldRefuse() {
    MxDecision decision = of(Cause.BUSY, true, Enforcement.SHADOW).decide("mx.example.com");

    assertThat(decision.requirement()).isEqualTo(Requirement.OPPORTUNISTIC);
    assertThat(decision.wouldBe()).isEqualTo(Requirement.REFUSED);
    assertThat(decision.explain()).contains("Shadow mode: would be refused");
  }

  static Stream<Arguments> whatEachCauseSays() {
    return Stream.of(
        row(Cause.DNS_UNAVAILABLE, "no answer from DNS", "Check the DNS servers"),
        row(Cause.STORE_UNAVAILABLE, "no answer from the store", "Repair the store"),
        row(Cause.BUSY, "this sender overloaded", "Send fewer messages at once"),
        row(Cause.CLOSING, "closing", "Close the resolver only after the last delivery"),
        row(Cause.INTERRUPTED, "interrupted", "on a thread that is not interrupted"),
        row(Cause.INTERNAL_ERROR, "an error inside this sender", "See the log"));
  }

  private static Arguments row(Cause cause, String found, String whatToDo) {
    return Arguments.of(cause, found, whatToDo);
  }

  @Test
  void everyCauseHasARow() {
    assertThat(whatEachCauseSays().map(row -> row.get()[0]).toArray())
        .containsExactlyInAnyOrderElementsOf(Arrays.asList((Object[]) Cause.values()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("whatEachCauseSays")
  void explainsWhatWasExpectedAndFoundAndWhatToDo(Cause cause, String found, String whatToDo) {
    String explanation = live(cause, true).explain();

    assertThat(explanation)
        .startsWith("MTA-STS policy of example.com: expected to find out whether there is one")
        .contains(found, whatToDo, "2026-12-01T10:00:00Z", "what the engine has found")
        .doesNotContain("no MTA-STS policy in force", "\n");
  }

  @Test
  void aRefusalSaysThatMailWaits() {
    assertThat(live(Cause.STORE_UNAVAILABLE, true).decide("mx.example.com").explain())
        .contains("no MX host is tried, mx.example.com included", "keep the message queued");
    assertThat(live(Cause.STORE_UNAVAILABLE, false).decide("mx.example.com").explain())
        .contains("mx.example.com is used with TLS if it offers it")
        .doesNotContain("queued");
  }

  @Test
  void hasAProblemWithoutAResultType() {
    assertThat(live(Cause.DNS_UNAVAILABLE, false).problem())
        .contains(new Problem(Optional.empty(), "what the engine has found", SINCE));
  }
}
