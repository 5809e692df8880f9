// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.github.mtasts.policy.RecordAnswer.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Properties of the record grammar that hold for any text. */
class RecordFuzzTest {
  private static final Pattern FIELD =
      Pattern.compile("[ \\t]*([A-Za-z0-9][A-Za-z0-9_.-]{0,31})=([!-:<>-~]+)([ \\t]*)");

  /** A line end separates the records; none of them can contain one. */
  @FuzzTest(maxDuration = "10m")
  void readsAnyTexts(@NotNull String text) {
    List<String> values = List.of(text.split("\n", -1));
    RecordAnswer strict = RecordAnswer.evaluate(values, Reading.STRICT);
    RecordAnswer tolerant = RecordAnswer.evaluate(values, Reading.TOLERANT);
    if (strict.status() == Status.FOUND) {
      assertThat(tolerant).isEqualTo(strict);
    }
    assertThat(strict.record().isPresent()).isEqualTo(strict.status() == Status.FOUND);
    assertThat(strict.detail()).hasSizeLessThan(400).matches("\\P{Cntrl}+");
    assertThat(idByRegularExpressions(values))
        .isEqualTo(strict.record().map(StsRecord::id).orElse(""));
  }

  private static String idByRegularExpressions(List<String> values) {
    List<String> candidates = new ArrayList<>(values);
    if (candidates.size() > 1) {
      candidates.removeIf(value -> !value.startsWith("v=STSv1;"));
    }
    return candidates.size() == 1 ? idOfFields(List.of(candidates.get(0).split(";", -1))) : "";
  }

  /** A second implementation of RFC 8461 §3.1; empty if the record breaks the grammar. */
  private static String idOfFields(List<String> fields) {
    if (fields.size() < 2 || !fields.get(0).matches("v=STSv1[ \\t]*")) {
      return "";
    }
    String id = "";
    for (int i = 1; i < fields.size(); i++) {
      boolean last = i == fields.size() - 1;
      if (last && i > 1 && fields.get(i).matches("[ \\t]*")) {
        continue;
      }
      Matcher field = FIELD.matcher(fields.get(i));
      if (!field.matches() || (last && !field.group(3).isEmpty())) {
        return "";
      }
      if (field.group(1).equals("id") && id.isEmpty()) {
        id = field.group(2);
      }
    }
    return id.matches("[A-Za-z0-9]{1,32}") ? id : "";
  }
}
