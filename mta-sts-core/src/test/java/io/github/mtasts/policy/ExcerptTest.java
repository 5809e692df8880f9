// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExcerptTest {
  @Test
  void keepsReadableText() {
    assertThat(Excerpt.of("mode: prüfen 日本 \\ \"x\" 𝒳", 80))
        .isEqualTo("mode: prüfen 日本 \\ \"x\" 𝒳");
  }

  @Test
  void escapesLineEndsThatWouldForgeALogLine() {
    assertThat(Excerpt.of("a\r\nERROR forged", 80)).isEqualTo("a\\u000d\\u000aERROR forged");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0x00, 0x09, 0x1b, 0x7f, 0x85, 0x9b, 0xad, 0x200b, 0x2028, 0x2029, 0x202e, 0x2066})
  void escapesCharactersThatControlATerminalOrDeceiveAReader(int codePoint) {
    assertThat(Excerpt.of("<" + Character.toString(codePoint) + ">", 80))
        .isEqualTo(String.format("<\\u%04x>", codePoint));
  }

  @Test
  void escapesAByteOrderMark() {
    assertThat(Excerpt.of("\ufeffversion", 80)).isEqualTo("\\ufeffversion");
  }

  @Test
  void escapesSupplementaryFormatCharactersAsTwoUnits() {
    assertThat(Excerpt.of(Character.toString(0xe0041), 80)).isEqualTo("\\udb40\\udc41");
  }

  @Test
  void escapesAnUnpairedSurrogate() {
    assertThat(Excerpt.of("a\ud800b", 80)).isEqualTo("a\\ud800b");
  }

  @ParameterizedTest
  @CsvSource({"4,abcd", "3,ab…", "2,a…", "1,…", "5,abcd"})
  void cutsToTheGivenLengthWithTheEllipsisIncluded(int maxChars, String shown) {
    assertThat(Excerpt.of("abcd", maxChars)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({"7,a\\u0007", "6,a…", "2,a…"})
  void neverCutsInsideAnEscape(int maxChars, String shown) {
    assertThat(Excerpt.of("a\u0007", maxChars)).isEqualTo(shown);
  }

  @Test
  void neverCutsInsideASurrogatePair() {
    assertThat(Excerpt.of("ab𝒳c", 4)).isEqualTo("ab…");
  }

  @Test
  void keepsAnEmptyText() {
    assertThat(Excerpt.of("", 1)).isEmpty();
  }

  @Test
  void escapesTheSameInAnArabicLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      assertThat(Excerpt.of("\u0010", 80)).isEqualTo("\\u0010");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void cutsToTheUsualLengthByDefault() {
    assertThat(Excerpt.of("a".repeat(80))).isEqualTo("a".repeat(80));
    assertThat(Excerpt.of("a".repeat(81))).isEqualTo("a".repeat(79) + "…");
  }

  @Test
  void rejectsALengthOfZero() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Excerpt.of("x", 0))
        .withMessage("excerpt: expected a length of at least 1, found 0");
  }
}
