// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.JsonLines;
import io.github.mtasts.decision.DomainNames;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The conformance cases for texts, read with {@link Reading#STRICT}. */
class ConformanceCasesTest {

  /** A row, displayed by its number and title. */
  record Row(Map<String, Object> members) {
    String text(String name) {
      return String.valueOf(members.get(name));
    }

    List<String> texts(String name) {
      return ((List<?>) members.getOrDefault(name, List.of())).stream().map(Row::string).toList();
    }

    /** The outcomes that the RFC allows; usually one. */
    List<String> accepted() {
      return members.containsKey("accept") ? texts("accept") : List.of(text("expect"));
    }

    private static String string(Object element) {
      return String.valueOf(element);
    }

    @Override
    public String toString() {
      return text("n") + " " + text("case");
    }
  }

  static Stream<Row> policies() {
    return JsonLines.read("rfc8461/cases/policy.jsonl").stream().map(Row::new);
  }

  static Stream<Row> records() {
    return JsonLines.read("rfc8461/cases/txt_record.jsonl").stream().map(Row::new);
  }

  static Stream<Row> matches() {
    return JsonLines.read("rfc8461/cases/mx_match.jsonl").stream().map(Row::new);
  }

  @ParameterizedTest
  @MethodSource("policies")
  void parsesThePolicyAsTheGrammarSays(Row row) {
    Map<String, Object> expected = new LinkedHashMap<>();
    if (row.members().get("fields") instanceof Map<?, ?> fields) {
      fields.forEach((name, value) -> expected.put(String.valueOf(name), value));
    }
    try {
      Policy policy = Policy.parse(body(row), Reading.STRICT);
      assertThat(row.accepted()).contains("valid");
      assertThat(fields(policy)).isEqualTo(expected);
    } catch (PolicySyntaxException e) {
      assertThat(row.accepted()).as(e.getMessage()).contains("invalid");
    }
  }

  private static byte[] body(Row row) {
    return row.members().containsKey("policy_hex")
        ? HexFormat.of().parseHex(row.text("policy_hex"))
        : row.text("policy").getBytes(UTF_8);
  }

  private static Map<String, Object> fields(Policy policy) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("version", "STSv1");
    fields.put("mode", policy.mode().label());
    fields.put("max_age", policy.maxAge().toSeconds());
    fields.put("mx", policy.mx().stream().map(MxPattern::text).toList());
    fields.put(
        "ext",
        policy.extensions().entrySet().stream()
            .map(extension -> List.of(extension.getKey(), extension.getValue()))
            .toList());
    return fields;
  }

  @ParameterizedTest
  @MethodSource("records")
  void readsTheRecordsAsTheGrammarSays(Row row) {
    RecordAnswer answer = RecordAnswer.evaluate(row.texts("values"), Reading.STRICT);
    assertThat(row.accepted())
        .as(answer.detail())
        .map(ConformanceCasesTest::status)
        .contains(answer.status());
    answer.record().ifPresent(record -> assertThat(record.id()).isEqualTo(row.text("id")));
  }

  static RecordAnswer.Status status(String outcome) {
    return switch (outcome) {
      case "record" -> RecordAnswer.Status.FOUND;
      case "none" -> RecordAnswer.Status.ABSENT;
      case "invalid", "multiple" -> RecordAnswer.Status.INVALID;
      default -> throw new AssertionError("unknown outcome " + outcome);
    };
  }

  @Tag("rfc-item-61")
  @Tag("rfc-item-64")
  @Tag("rfc-item-65")
  @Tag("rfc-item-80")
  @ParameterizedTest
  @MethodSource("matches")
  void matchesTheMxHostAsThePatternsSay(Row row) {
    boolean listed =
        row.texts("patterns").stream().anyMatch(pattern -> lists(pattern, row.text("mx")));
    assertThat(listed).isEqualTo(row.members().get("match"));
  }

  /** An invalid pattern lists nothing, and an invalid name is not listed. */
  private static boolean lists(String pattern, String mx) {
    try {
      return MxPattern.of(pattern).matches(DomainNames.parse(mx));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  static Stream<Row> publishedRecords() {
    return JsonLines.read("rfc8461/corpus/txt_records.jsonl").stream().map(Row::new);
  }

  /**
   * The corpus calls two kinds of records ambiguous: an only record with blanks before its first
   * semicolon, and one with two ids. Both are valid here: the grammar allows the blanks, and the
   * first of a repeated field counts.
   */
  @ParameterizedTest
  @MethodSource("publishedRecords")
  void readsAPublishedRecordByTheGrammar(Row row) {
    RecordAnswer answer = RecordAnswer.evaluate(List.of(row.text("value")), Reading.STRICT);
    boolean expected = !row.text("strict").startsWith("invalid");
    assertThat(answer.record().isPresent()).as(answer.detail()).isEqualTo(expected);
  }
}
