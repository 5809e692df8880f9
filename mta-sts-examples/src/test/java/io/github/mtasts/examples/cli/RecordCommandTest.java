// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordCommandTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "v=STSv1; id=20240627092600; | found   | 20240627092600 | 0",
        "v=spf1 -all                 | absent  |                | 0",
        "v=STSv1; id=a_b             | invalid |                | 1",
      })
  void evaluatesOneRecord(String text, String status, String id, int exitStatus) {
    CommandRun run = CommandRun.of("record", "--json", text);

    assertThat(run.status()).isEqualTo(exitStatus);
    assertThat(run.objects())
        .singleElement()
        .satisfies(
            object ->
                assertThat(object)
                    .containsOnlyKeys("status", "id", "detail")
                    .containsEntry("status", status)
                    .containsEntry("id", id));
  }

  @Test
  void evaluatesAllArgumentsAsOneAnswer() {
    CommandRun run = CommandRun.of("record", "--json", "v=STSv1; id=1", "v=STSv1; id=2");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.objects())
        .singleElement()
        .satisfies(o -> assertThat(o).containsEntry("status", "invalid"));
  }

  @Test
  void evaluatesEachLineOfAFileSeparately() {
    String sets =
        """
        ["v=STSv1; id=1"]
        []
        ["unrelated", "v=STSv1; id=2"]
        """;

    CommandRun run = CommandRun.withInput(sets, "record", "--json", "-f", "-");

    assertThat(run.status()).isZero();
    assertThat(run.objects())
        .extracting(object -> object.get("id"))
        .containsExactly("1", null, "2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {"[1]", "{}", "[\"a\"", "[\"a\"] []", "\"a\"", "nonsense"})
  void reportsALineThatIsNotAnArrayOfStrings(String line) {
    CommandRun run = CommandRun.withInput("[]\n" + line + "\n", "record", "--json", "-f", "-");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .singleElement()
        .asString()
        .contains("line 2")
        .contains("array of strings");
  }

  @Test
  void toleratesBlanksUnlessStrict() {
    String spaced = " v=STSv1; id=1 ";

    assertThat(CommandRun.of("record", spaced).status()).isZero();
    assertThat(CommandRun.of("record", "--json", "--strict", spaced).objects().get(0))
        .isNotEqualTo(Map.of())
        .doesNotContainEntry("status", "found");
  }

  @Test
  void removesEscapeSequences() {
    CommandRun run = CommandRun.of("record", "v=STSv1; id=\u001b[31mred\u202e");

    assertThat(String.join("", run.out())).doesNotContain("\u001b").doesNotContain("\u202e");
  }

  @Test
  void usesColourOnlyOnATerminal() {
    assertThat(CommandRun.inColour("record", "v=STSv1; id=1").out().get(0)).contains("\u001b[32m");
    assertThat(CommandRun.of("record", "v=STSv1; id=1").out().get(0)).doesNotContain("\u001b");
  }
}
