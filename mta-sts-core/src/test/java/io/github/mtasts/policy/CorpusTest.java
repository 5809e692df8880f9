// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.JsonLines;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Policies that real domains published, in both readings. */
class CorpusTest {
  /** Where the RFC leaves a choice, or the hint accepts more than we do; each with a reason. */
  private static final Map<String, Map<String, Object>> CHOICES =
      Corpus.byFile("rfc8461/readings/corpus_choices.jsonl");

  static List<Corpus.Entry> policies() {
    return Corpus.policies();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void strictAcceptsAPublishedPolicyByTheGrammar(Corpus.Entry entry) {
    assertThat(entry.isValid(Reading.STRICT)).isEqualTo(expected(entry, "strict", entry.strict()));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void tolerantAcceptsAPublishedPolicyAsDocumented(Corpus.Entry entry) {
    assertThat(entry.isValid(Reading.TOLERANT))
        .isEqualTo(expected(entry, "tolerant", entry.tolerantHint()));
  }

  private static boolean expected(Corpus.Entry entry, String reading, String byDefault) {
    Map<String, Object> choice = CHOICES.get(entry.file());
    Object expected = choice == null ? byDefault : choice.getOrDefault(reading, byDefault);
    return expected.equals("valid");
  }

  @Test
  void everyChoiceIsNeeded() {
    Map<String, Corpus.Entry> entries = new TreeMap<>();
    policies().forEach(entry -> entries.put(entry.file(), entry));
    assertThat(CHOICES)
        .allSatisfy(
            (file, choice) -> {
              Corpus.Entry entry = entries.get(file);
              assertThat(entry).isNotNull();
              boolean isChoice =
                  entry.strict().startsWith("ambiguous") && choice.containsKey("strict");
              boolean isStricter =
                  choice.containsKey("tolerant")
                      && !String.valueOf(choice.get("tolerant")).equals(entry.tolerantHint());
              assertThat(isChoice || isStricter).isTrue();
              assertThat(String.valueOf(choice.get("why"))).isNotBlank();
            });
  }

  @Test
  void onlyTolerantAcceptsThePoliciesOfTheTable() throws PolicySyntaxException {
    Map<String, Object> added = new TreeMap<>();
    for (Corpus.Entry entry : policies()) {
      if (entry.isValid(Reading.TOLERANT) && !entry.isValid(Reading.STRICT)) {
        added.put(entry.file(), Policy.parse(entry.body(), Reading.TOLERANT).warnings());
      }
    }
    Map<String, Object> table = new TreeMap<>();
    JsonLines.read("rfc8461/readings/corpus_added.jsonl")
        .forEach(row -> table.put(String.valueOf(row.get("file")), row.get("warnings")));
    assertThat(added).isEqualTo(table);
  }

  @ParameterizedTest
  @MethodSource("policies")
  void tolerantReadsAStrictPolicyTheSame(Corpus.Entry entry) throws PolicySyntaxException {
    if (entry.isValid(Reading.STRICT)) {
      assertThat(Policy.parse(entry.body(), Reading.TOLERANT))
          .isEqualTo(Policy.parse(entry.body(), Reading.STRICT));
    }
  }
}
