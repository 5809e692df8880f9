// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.overrides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.policy.PolicyMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which overrides files are accepted, and the messages for those that are refused. */
final class OverridesFileTest {
  private static final String SIGNED = " until=never author=alice reason=x";
  private static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");

  @TempDir Path directory;

  private static OverrideTable parse(String text) throws UnreadableOverridesException {
    return OverridesParser.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsEveryActionWithAuthorReasonAndEnd() throws Exception {
    OverrideTable table =
        parse(
            """
            # overrides of the night shift

              # indented
            Example.COM.\ttesting  until=2027-01-01T00:00:00Z author=alice reason="expired = late"
            .example.net  skip reason="two words" author="Bob, NOC" until=never
            example.org   enforce  until=2027-01-01T01:00:00+01:00 author=a reason=b
            bücher.example allow-mx mx=mx9.example.edu,*.b.example until=never author=a reason=b
            example.gov   pin mode=enforce mx=mx1.example.gov,*.example until=never author=a reason=b
            """);

    assertThat(table.size()).isEqualTo(5);
    assertThat(table.find("example.com", NOW))
        .contains(
            PolicyOverride.treatAsTesting("example.com")
                .by("alice")
                .because("expired = late")
                .until(Instant.parse("2027-01-01T00:00:00Z")));
    assertThat(table.find("a.example.net", NOW))
        .contains(
            PolicyOverride.skip(".example.net").by("Bob, NOC").because("two words").withoutEnd());
    assertThat(table.find("example.org", NOW).orElseThrow().until())
        .contains(Instant.parse("2027-01-01T00:00:00Z"));
    assertThat(table.find("xn--bcher-kva.example", NOW))
        .contains(
            PolicyOverride.allowMx("bücher.example", "mx9.example.edu", "*.b.example")
                .by("a")
                .because("b")
                .withoutEnd());
    assertThat(table.find("example.gov", NOW).flatMap(PolicyOverride::pinned).orElseThrow())
        .satisfies(
            policy -> {
              assertThat(policy.mode()).isEqualTo(PolicyMode.ENFORCE);
              assertThat(policy.mx()).hasSize(2);
            });
  }

  @Test
  void readsFilesFromWindows() throws Exception {
    assertThat(parse("# none\r\nexample.com skip" + SIGNED + "\r\n").find("example.com", NOW))
        .isPresent();
    assertThat(parse("\uFEFF# none\r\nexample.com skip" + SIGNED + "\r\n").size()).isEqualTo(1);
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        row("found an empty file", ""),
        row("expected a line end after the last line", "example.com skip" + SIGNED),
        row("line 1: expected a domain and an action, found \"example.com\"", "example.com\n"),
        row(
            "line 2: expected skip, testing, enforce, pin or allow-mx, found \"SKIP\"",
            "#\nexample.com SKIP" + SIGNED + "\n"),
        row("line 3: expected until=", "#\n\nexample.com skip author=a reason=b\n"),
        row("expected author=", "example.com skip until=never reason=b\n"),
        row("expected reason=", "example.com skip until=never author=a reason=\"\"\n"),
        row(
            "or never, found \"2027-01-01\"",
            "example.com skip until=2027-01-01 author=a reason=b\n"),
        row(
            "expected a name, '=' and a value, found \"late\"",
            "example.com skip until=never author=a reason=too late\n"),
        row(
            "expected each field once, found another author",
            "example.com skip author=b" + SIGNED + "\n"),
        row(
            "expected no other fields with skip, found [mx]",
            "example.com skip mx=a.example" + SIGNED + "\n"),
        row("expected mx=", "example.com allow-mx" + SIGNED + "\n"),
        row("mx: expected", "example.com allow-mx mx=a.example," + SIGNED + "\n"),
        row("expected mode=", "example.com pin mx=a.example" + SIGNED + "\n"),
        row("pinned policy, line 2", "example.com pin mode=strict mx=a.example" + SIGNED + "\n"),
        row(
            "a closing quotation mark, found none after \"reason=x\"",
            "example.com skip until=never author=a reason=\"x\n"),
        row("expected example.com, or .example.com", "*.example.com skip" + SIGNED + "\n"),
        row(
            "line 2: expected one override for example.com, found another in line 1",
            "example.com skip" + SIGNED + "\nEXAMPLE.com. testing" + SIGNED + "\n"),
        row("\\u001b", "example.com \u001b[2J" + SIGNED + "\n"));
  }

  private static Arguments row(String message, String text) {
    return Arguments.of(message, text);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void refusesTheWholeFileForOneBadLine(String message, String text) throws Exception {
    Path file = directory.resolve("overrides.txt");
    Files.writeString(file, text);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PolicyResolver.builder().overridesFile(file))
        .withMessageStartingWith("overrides file ")
        .withMessageContaining("overrides.txt: ")
        .withMessageContaining(message)
        .withMessageNotContaining("\u001b");
  }

  @Test
  void refusesADirectoryALargeFileAndBinaryContent() throws Exception {
    refuses(directory.resolve("missing"), "expected a file, found none");
    refuses(directory, "expected a file, found something else");
    Path large = directory.resolve("large");
    Files.writeString(large, "#\n".repeat(PolicyOverride.MOST_FILE_OCTETS / 2));
    PolicyResolver.builder().overridesFile(large);
    Files.writeString(large, "#\n".repeat(PolicyOverride.MOST_FILE_OCTETS / 2) + "\n");
    refuses(large, "expected at most 262144 octets, found more");
    Path binary = directory.resolve("binary");
    Files.write(binary, new byte[] {'#', (byte) 0xff, '\n'});
    refuses(binary, "expected UTF-8");
  }

  private static void refuses(Path file, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PolicyResolver.builder().overridesFile(file))
        .withMessageContaining(message);
  }

  @Test
  void theFileWinsOverTheBuilderForTheSameDomainUntilItEnds() throws Exception {
    PolicyOverride given = PolicyOverride.skip("example.com").by("bob").because("x").withoutEnd();
    OverrideTable file =
        parse("example.com testing until=2027-01-01T00:00:00Z author=a reason=b\n");

    OverrideTable both = OverrideTable.of(List.of(given)).under(file);

    assertThat(both.find("example.com", NOW).map(PolicyOverride::action))
        .contains(PolicyOverride.Action.TESTING);
    assertThat(both.find("example.com", Instant.parse("2027-01-01T00:00:00Z")))
        .isEqualTo(Optional.of(given));
  }
}
