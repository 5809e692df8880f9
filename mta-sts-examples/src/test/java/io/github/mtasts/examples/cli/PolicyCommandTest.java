// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyCommandTest {
  private static final String POLICY =
      """
      version: STSv1
      mode: enforce
      mx: mail.example.com
      mx: *.example.net
      x-note: hello
      max_age: 604800
      """;

  @TempDir Path directory;

  @Test
  void writesAValidPolicyAsOneObject() throws IOException {
    String file = file("policy.txt", POLICY);

    CommandRun run = CommandRun.of("policy", "--json", file);

    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.objects())
        .containsExactly(
            Map.of(
                "file",
                file,
                "valid",
                true,
                "mode",
                "enforce",
                "mx",
                List.of("mail.example.com", "*.example.net"),
                "maxAge",
                604800L,
                "extensions",
                Map.of("x-note", "hello"),
                "warnings",
                List.of()));
  }

  @Test
  void writesAnInvalidPolicyAsOneObject() throws IOException {
    String file = file("policy.txt", POLICY.replace("enforce", "Enforce"));

    CommandRun run = CommandRun.of("policy", "--json", file);

    assertThat(run.status()).isEqualTo(1);
    Map<String, @Nullable Object> object = run.objects().get(0);
    assertThat(object).containsOnlyKeys("file", "valid", "error").containsEntry("valid", false);
    assertThat(object.get("error"))
        .asInstanceOf(MAP)
        .containsOnlyKeys("line", "message", "section")
        .containsEntry("line", 2L)
        .containsEntry("section", "RFC 8461 §3.2");
  }

  @Test
  void toleratesABlankLineWithAWarningUnlessStrict() throws IOException {
    String file = file("policy.txt", POLICY.replace("max_age", "\nmax_age"));

    CommandRun tolerant = CommandRun.of("policy", "--json", file);
    CommandRun strict = CommandRun.of("policy", "--json", "--strict", file);

    assertThat(tolerant.objects().get(0)).containsEntry("valid", true);
    assertThat((List<?>) tolerant.objects().get(0).get("warnings")).hasSize(1);
    assertThat(strict.objects().get(0)).containsEntry("valid", false);
    assertThat(strict.status()).isEqualTo(1);
  }

  /** U+009B starts an escape sequence, like ESC [. */
  @ParameterizedTest
  @ValueSource(strings = {"\u009b31mred", "\u202edesrever"})
  void removesEscapeSequences(String value) throws IOException {
    String file = file("policy.txt", POLICY.replace("hello", value));

    CommandRun text = CommandRun.of("policy", file);
    CommandRun json = CommandRun.of("policy", "--json", file);

    assertThat(text.out()).noneMatch(line -> line.contains(value.substring(0, 1)));
    assertThat(json.out()).noneMatch(line -> line.contains(value.substring(0, 1)));
    assertThat(json.objects().get(0)).containsEntry("extensions", Map.of("x-note", value));
  }

  @Test
  void readsStdin() {
    CommandRun run = CommandRun.withInput(POLICY, "policy", "-");

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("-: valid policy", "  mode      enforce");
  }

  @Test
  void reportsAMissingFile() {
    assertUsageError("no such file", directory.resolve("missing").toString());
  }

  @Test
  void reportsADirectory() {
    assertUsageError("expected a file, found a directory", directory.toString());
  }

  @Test
  void reportsBinaryDataOnOneLine() throws IOException {
    Path file = directory.resolve("binary");
    Files.write(file, new byte[] {0, (byte) 0xff, 0x1b, '[', '3', '1', 'm', '\n', (byte) 0x80});

    assertNotAPolicy("UTF-8", file.toString());
  }

  @Test
  void reportsAnEmptyFileOnOneLine() throws IOException {
    assertNotAPolicy("version", file("empty", ""));
  }

  @Test
  void reportsTenMegabytesOnOneLine() throws IOException {
    assertNotAPolicy("65536", file("large", "x".repeat(10_000_000)));
  }

  @Test
  void acceptsExactlySixtyFourKibibytes() throws IOException {
    String padding = "x: " + "y".repeat(65536 - POLICY.length() - 4) + "\n";

    assertThat(CommandRun.of("policy", file("full", POLICY + padding)).status()).isZero();
    assertThat(CommandRun.of("policy", file("over", POLICY + "x" + padding)).status()).isEqualTo(1);
  }

  @Test
  void continuesWithTheNextFileAfterAnUnreadableOne() throws IOException {
    String good = file("good", POLICY);

    CommandRun run = CommandRun.of("policy", "--json", directory.toString(), good);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.objects()).hasSize(1);
    assertThat(run.err()).hasSize(1);
  }

  private void assertUsageError(String text, String file) {
    CommandRun run = CommandRun.of("policy", "--json", file);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).singleElement().asString().contains(file).contains(text);
  }

  private void assertNotAPolicy(String text, String file) {
    CommandRun run = CommandRun.of("policy", file);

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).singleElement().asString().contains(file).contains(text);
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }
}
