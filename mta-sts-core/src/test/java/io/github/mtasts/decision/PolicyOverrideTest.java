// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.overrides.OverrideTable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an override can contain, where it applies, and where it does not. */
final class PolicyOverrideTest {
  private static final Instant END = Instant.parse("2027-01-01T00:00:00Z");

  private static PolicyOverride skip(String appliesTo) {
    return PolicyOverride.skip(appliesTo).by("alice").because("ticket 4711").until(END);
  }

  @ParameterizedTest
  @CsvSource({
    "example.com,        example.com",
    "EXAMPLE.Com.,       example.com",
    ".EXAMPLE.Com.,      .example.com",
    "straße.example,     xn--strae-oqa.example",
    ".STRASSE.example,   .strasse.example",
    ".bücher.example,    .xn--bcher-kva.example",
    "bücher。example,     xn--bcher-kva.example",
    ".example,           .example",
  })
  void convertsItsDomainToLowerCaseALabels(String given, String expected) {
    assertThat(skip(given).appliesTo()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..example.com",
        "。example.com",
        "．example.com",
        "*.example.com",
        "*",
        "com",
        "192.0.2.1",
        "[192.0.2.1]",
        "::1",
        "example..com",
        "exa mple.com",
        ".exa\nmple.com",
        ".example.com..",
      })
  void refusesWhatIsNoDomainAndNoSuffix(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PolicyOverride.skip(text))
        .withMessageContaining("expected")
        .withMessageNotContaining("\n");
  }

  static Stream<Arguments> wrong() {
    PolicyOverride.Draft draft = PolicyOverride.skip("example.com");
    return Stream.of(
        row("expected an author", () -> draft.because("a reason").until(END)),
        row("expected an author", () -> draft.by(" ").because("a reason").withoutEnd()),
        row("expected a reason", () -> draft.by("alice").until(END)),
        row("1 to 200 visible", () -> draft.by("alice").because("x".repeat(201)).until(END)),
        row("a\\u000ab", () -> draft.by("alice").because("a\nb").until(END)),
        row("\\u001b[31m", () -> draft.by("\u001b[31m").because("red").until(END)),
        row("\\u202e", () -> draft.by("alice").because("\u202eodd").until(END)),
        row("an MX pattern, found none", () -> allow()),
        row("mx: expected", () -> allow("*.*.example.com")),
        row("at most 200 MX patterns, found 201", () -> allow(hosts(201))),
        row("a policy exactly under pin, found action pin", () -> raw(PolicyOverride.Action.PIN)),
        row(
            "MX patterns exactly under allow-mx, found action allow-mx and 0",
            () -> raw(PolicyOverride.Action.ALLOW_MX)));
  }

  private static PolicyOverride allow(String... patterns) {
    return PolicyOverride.allowMx("example.com", patterns).by("alice").because("x").until(END);
  }

  private static String[] hosts(int count) {
    return Stream.iterate(0, i -> i + 1)
        .limit(count)
        .map(i -> "mx" + i + ".example.com")
        .toArray(String[]::new);
  }

  private static PolicyOverride raw(PolicyOverride.Action action) {
    return new PolicyOverride(
        "example.com", action, Optional.empty(), List.of(), "alice", "x", Optional.empty());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void refusesMissingAndWrongValues(String message, Supplier<PolicyOverride> call) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> call.get())
        .withMessageContaining(message);
  }

  private static Arguments row(String message, Supplier<PolicyOverride> call) {
    return Arguments.of(message, call);
  }

  @Test
  void describesItselfInOneLine() {
    assertThat(skip(".example.com"))
        .hasToString(
            "skip for .example.com, by alice, until 2027-01-01T00:00:00Z, because: ticket 4711");
    assertThat(PolicyOverride.skip("a.example").by("bob").because("x").withoutEnd())
        .hasToString("skip for a.example, by bob, without end, because: x");
  }

  @Test
  void endsAtItsEndToTheNanosecond() {
    assertThat(skip("example.com").isInForceAt(END.minusNanos(1))).isTrue();
    assertThat(skip("example.com").isInForceAt(END)).isFalse();
    assertThat(skip("example.com").isInForceAt(END.plusNanos(1))).isFalse();
    assertThat(
            PolicyOverride.skip("a.example")
                .by("bob")
                .because("x")
                .withoutEnd()
                .isInForceAt(Instant.MAX))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "example.com,          example.com",
    "mx.example.com,       .example.com",
    "a.b.c.example.com,    .example.com",
    "a.deep.example.com,   .deep.example.com",
    "b.a.deep.example.com, .deep.example.com",
    "deep.example.com,     .example.com",
    "exact.example.com,    exact.example.com",
    "x.exact.example.com,  .example.com",
    "badexample.com,       ",
    "example.com.evil.org, ",
    "xexample.com,         ",
    "example.org,          ",
    "com,                  ",
    "sub.only.example.org, .only.example.org",
    "only.example.org,     ",
  })
  void onlyTheMostSpecificMatchApplies(String domain, String expected) {
    OverrideTable table =
        OverrideTable.of(
            Stream.of(
                    "example.com",
                    ".example.com",
                    ".deep.example.com",
                    "exact.example.com",
                    ".only.example.org")
                .map(PolicyOverrideTest::skip)
                .toList());

    assertThat(table.find(domain, END.minusSeconds(1)).map(PolicyOverride::appliesTo))
        .isEqualTo(Optional.ofNullable(expected));
    assertThat(table.find(domain, END)).isEmpty();
  }

  @Test
  void afterItsEndTheLessSpecificOneApplies() {
    PolicyOverride lasting =
        PolicyOverride.enforce(".example.com").by("bob").because("agreed").withoutEnd();
    OverrideTable table = OverrideTable.of(List.of(skip("mx.example.com"), lasting));

    assertThat(table.find("mx.example.com", END.minusNanos(1))).contains(skip("mx.example.com"));
    assertThat(table.find("mx.example.com", END)).contains(lasting);
  }

  @Test
  void refusesTwoForTheSameDomain() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> PolicyResolver.builder().overrides(skip("example.com"), skip("EXAMPLE.com.")))
        .withMessageContaining("expected one for example.com, found several");
  }
}
