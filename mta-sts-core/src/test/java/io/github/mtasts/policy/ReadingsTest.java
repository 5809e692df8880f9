// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.mtasts.JsonLines;
import io.github.mtasts.policy.ConformanceCasesTest.Row;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of what {@link Reading#TOLERANT} accepts, and of what neither reading accepts. */
class ReadingsTest {
  static Stream<Row> policies() {
    return JsonLines.read("rfc8461/readings/policy.jsonl").stream().map(Row::new);
  }

  static Stream<Row> acceptedPolicies() {
    return policies().filter(row -> row.text("tolerant").equals("valid"));
  }

  static Stream<Row> rejectedPolicies() {
    return policies().filter(row -> row.text("tolerant").equals("invalid"));
  }

  static Stream<Row> records() {
    return JsonLines.read("rfc8461/readings/txt_record.jsonl").stream().map(Row::new);
  }

  @ParameterizedTest
  @MethodSource("policies")
  void strictRejectsEveryPolicyOfTheTable(Row row) {
    assertThatExceptionOfType(PolicySyntaxException.class)
        .isThrownBy(() -> parse(row.text("policy"), Reading.STRICT));
  }

  @ParameterizedTest
  @MethodSource("acceptedPolicies")
  void tolerantReadsAFlawedPolicyLikeStrictReadsTheCorrectedOne(Row row)
      throws PolicySyntaxException {
    Policy flawed = parse(row.text("policy"), Reading.TOLERANT);
    Policy corrected = parse(row.text("corrected"), Reading.STRICT);
    assertThat(flawed)
        .usingRecursiveComparison()
        .ignoringFields("text", "warnings")
        .isEqualTo(corrected);
    assertThat(flawed.warnings()).isEqualTo(row.texts("warnings")).isNotEmpty();
    assertThat(corrected.warnings()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("rejectedPolicies")
  void tolerantRejectsWhatWouldNeedAGuess(Row row) {
    assertThatExceptionOfType(PolicySyntaxException.class)
        .as(row.text("why"))
        .isThrownBy(() -> parse(row.text("policy"), Reading.TOLERANT));
  }

  private static Policy parse(String policy, Reading reading) throws PolicySyntaxException {
    return Policy.parse(policy.getBytes(UTF_8), reading);
  }

  @ParameterizedTest
  @MethodSource("records")
  void strictFindsNoRecordInTheTable(Row row) {
    assertThat(RecordAnswer.evaluate(row.texts("values"), Reading.STRICT).record()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("records")
  void tolerantReadsARecordAsTheTableSays(Row row) {
    RecordAnswer answer = RecordAnswer.evaluate(row.texts("values"), Reading.TOLERANT);
    assertThat(answer.status()).isEqualTo(ConformanceCasesTest.status(row.text("tolerant")));
    answer
        .record()
        .ifPresent(
            record -> {
              assertThat(record.id()).isEqualTo(row.text("id"));
              assertThat(record.warnings()).isEqualTo(row.texts("warnings")).isNotEmpty();
            });
  }
}
