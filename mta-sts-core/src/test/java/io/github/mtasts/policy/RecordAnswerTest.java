// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import static io.github.mtasts.policy.RecordAnswer.Status.ABSENT;
import static io.github.mtasts.policy.RecordAnswer.Status.FOUND;
import static io.github.mtasts.policy.RecordAnswer.Status.INVALID;
import static io.github.mtasts.policy.RecordAnswer.Status.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The grammar of records, rule by rule, and the error messages. */
class RecordAnswerTest {
  private static RecordAnswer strict(String... values) {
    return RecordAnswer.evaluate(List.of(values), Reading.STRICT);
  }

  private static StsRecord record(String value) {
    RecordAnswer answer = strict(value);
    return answer.record().orElseThrow(() -> new AssertionError(answer.detail()));
  }

  @ParameterizedTest
  @Tag("rfc-item-5")
  @ValueSource(strings = {"\u007f", "\u0080", "é", "\ud83d\ude00", "\ud800", "\u0000", "\n", "\r"})
  void rejectsCharactersThatAreNotVisibleAscii(String character) {
    assertThat(strict("v=STSv1; id=a; x=a" + character).status()).isEqualTo(INVALID);
    assertThat(strict("v=STSv1; id=a" + character).status()).isEqualTo(INVALID);
    assertThat(strict("v=STSv1; id=a;" + character).status()).isEqualTo(INVALID);
  }

  @ParameterizedTest
  @Tag("rfc-item-6")
  @ValueSource(strings = {"v=stsv1; id=a", "V=STSv1; id=a", "v=STSv2; id=a", "v=STSv10; id=a"})
  void ignoresOtherVersions(String value) {
    assertThat(strict(value).status()).isEqualTo(ABSENT);
  }

  @ParameterizedTest
  @Tag("rfc-item-9")
  @ValueSource(strings = {"0", "Z", "z", "20160831085700Z", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
  void acceptsAnIdOf1To32LettersAndDigits(String id) {
    assertThat(record("v=STSv1; id=" + id).id()).isEqualTo(id);
  }

  @ParameterizedTest
  @Tag("rfc-item-9")
  @CsvSource({"''", "a_b", "a-b", "a.b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "１", "a=b"})
  void rejectsAnyOtherId(String id) {
    assertThat(strict("v=STSv1; id=" + id).detail())
        .isEqualTo(
            "record: expected id= and 1 to 32 letters or digits, nothing else, found \"id="
                + id
                + "\"");
  }

  @Test
  @Tag("rfc-item-9")
  void rejectsARecordWithoutId() {
    assertThat(strict("v=STSv1; x=1;").status()).isEqualTo(INVALID);
    assertThat(strict("v=STSv1; x=1;").detail())
        .isEqualTo("record: expected an id, found none; add id= and 1 to 32 letters or digits");
  }

  @Test
  @Tag("rfc-item-10")
  void requiresTheVersionFirstAndTheRestInAnyOrder() {
    assertThat(record("v=STSv1; x=1; id=abc").id()).isEqualTo("abc");
    assertThat(strict("id=abc; v=STSv1").status()).isEqualTo(ABSENT);
  }

  @Test
  @Tag("rfc-item-11")
  void ignoresOtherRecords() {
    assertThat(strict("v=spf1 -all", "v=STSv1; id=a", "v=STSv1 ; id=b").record())
        .hasValueSatisfying(record -> assertThat(record.id()).isEqualTo("a"));
    assertThat(strict("v=STSv1 ; id=1", "v=spf1 -all").status()).isEqualTo(ABSENT);
    assertThat(strict("v=STSv1 \t; id=1").status()).isEqualTo(FOUND);
  }

  @Test
  @Tag("rfc-item-12")
  void rejectsTwoMtaStsRecordsEvenIfOnlyOneIsValid() {
    RecordAnswer answer = strict("v=STSv1; id=a", "spf", "v=STSv1; id=-");
    assertThat(answer.status()).isEqualTo(INVALID);
    assertThat(answer.detail())
        .isEqualTo("expected one TXT record that begins v=STSv1;, found 2; delete all but one");
  }

  @Test
  @Tag("rfc-item-14")
  void neverJoinsTwoRecords() {
    assertThat(strict("v=STSv1; i", "d=abc").status()).isEqualTo(INVALID);
    assertThat(strict("v=STS", "v1; id=abc").status()).isEqualTo(ABSENT);
  }

  @Test
  @Tag("rfc-item-16")
  void ignoresUnknownFieldsButKeepsThemInOrder() {
    StsRecord record = record("v=STSv1; z=1; id=a; x-y.z_0=!:<~; z=2; ID=b; V=3;");
    assertThat(record.id()).isEqualTo("a");
    assertThat(record.extensions())
        .containsExactly(
            Map.entry("z", "1"),
            Map.entry("x-y.z_0", "!:<~"),
            Map.entry("ID", "b"),
            Map.entry("V", "3"));
    assertThat(record.warnings()).isEmpty();
  }

  @Test
  @Tag("rfc-item-17")
  void usesTheFirstOfARepeatedFieldAndWarns() {
    StsRecord record = record("v=STSv1; v=STSv2; id=abc; id=d-f; id=ghi");
    assertThat(record.id()).isEqualTo("abc");
    assertThat(record.extensions()).isEmpty();
    assertThat(record.warnings())
        .containsExactly(
            "v is repeated and only the first counts; delete the others",
            "id is repeated and only the first counts; delete the others",
            "id is repeated and only the first counts; delete the others");
  }

  @ParameterizedTest
  @Tag("rfc-item-18")
  @ValueSource(
      strings = {
        "v=STSv1;id=a",
        "v=STSv1;id=a;",
        "v=STSv1; \t id=a \t ; ",
        "v=STSv1;id=a;x=1",
        "v=STSv1 ;id=a ;x=1 ;"
      })
  void allowsBlanksBesideSemicolonsAndOneSemicolonAtTheEnd(String value) {
    assertThat(strict(value).status()).isEqualTo(FOUND);
  }

  @ParameterizedTest
  @Tag("rfc-item-18")
  @ValueSource(
      strings = {
        "v=STSv1;",
        "v=STSv1;;",
        "v=STSv1;id=a;;",
        "v=STSv1;id=a; ;",
        "v=STSv1; ;id=a",
        "v=STSv1;id=a ",
        "v=STSv1;id=a\t",
        "v=STSv1;id =a",
        "v=STSv1;id= a",
        "v=STSv1;id=a;x",
        "v=STSv1;id=a;=1",
        "v=STSv1;id=a;x=",
        "v=STSv1;id=a;x=1=2",
        "v=STSv1;id=a;x=1 2"
      })
  void allowsNothingElseBetweenFields(String value) {
    assertThat(strict(value).status()).isEqualTo(INVALID);
  }

  @Test
  @Tag("rfc-item-19")
  void distinguishesAMissingDnsAnswerFromNoRecord() {
    RecordAnswer answer = RecordAnswer.unavailable("SERVFAIL from 192.0.2.53");
    assertThat(answer.status()).isEqualTo(UNAVAILABLE);
    assertThat(answer.record()).isEmpty();
    assertThat(answer.detail()).isEqualTo("SERVFAIL from 192.0.2.53");
  }

  @Test
  void explainsWhyThereIsNoRecord() {
    assertThat(strict().detail()).isEqualTo("no TXT record");
    assertThat(strict("v=STSv1 id=a").detail())
        .isEqualTo("expected a TXT record that begins v=STSv1;, found \"v=STSv1 id=a\"");
    assertThat(strict("v=spf1 -all", "v=STSv1 id=a", "x").detail())
        .isEqualTo(
            "expected a TXT record that begins v=STSv1;, found 3 others, such as \"v=STSv1 id=a\"");
    assertThat(strict("v=spf1 -all", "x").detail()).endsWith("such as \"v=spf1 -all\"");
  }

  @ParameterizedTest
  @CsvSource({
    "_x=1,'a name of 1 to 32 letters, digits, ''_'', ''-'' and ''.'' before the ''='''",
    "x=,a value after the '='",
    "x=a=b,a value of visible ASCII characters without '='",
    "x,'a name, ''='' and a value between semicolons'"
  })
  void namesTheInvalidField(String field, String expected) {
    assertThat(strict("v=STSv1; id=a; " + field).detail())
        .isEqualTo("record: expected " + expected + ", found \"" + field + "\"");
  }

  @Test
  void namesTheSurplusBlank() {
    assertThat(strict("v=STSv1; id=a ").detail())
        .isEqualTo(
            "record: expected blanks only beside a semicolon, found blanks at the end without a"
                + " semicolon before them; delete them");
  }

  @Test
  void showsARecordCutAndEscaped() {
    assertThat(strict("v=STSv1; id=a;\tx=1").detail()).isEqualTo("v=STSv1; id=a;\\u0009x=1");
    assertThat(strict("v=STSv1; id=a; x=" + "y".repeat(60_000)).detail())
        .hasSize(255)
        .endsWith("…");
    assertThat(strict("\u001b[2J" + "y".repeat(60_000)).detail())
        .hasSizeLessThan(200)
        .contains("\\u001b[2J");
  }

  @Test
  void hasARecordExactlyIfFound() {
    Optional<StsRecord> record = Optional.of(record("v=STSv1; id=a"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RecordAnswer(ABSENT, record, ""))
        .withMessage("record answer: expected a record exactly under FOUND, found status ABSENT");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RecordAnswer(FOUND, Optional.empty(), ""));
  }

  @Test
  void cannotBeCreatedWithAnInvalidId() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StsRecord("a\nb", Map.of(), "", List.of()))
        .withMessage("record id: expected 1 to 32 letters or digits, found \"a\\u000ab\"");
  }

  @Test
  void cannotBeModifiedThroughItsCollections() {
    StsRecord record = record("v=STSv1; id=a; x=1");
    assertThat(record.text()).isEqualTo("v=STSv1; id=a; x=1");
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> record.extensions().clear());
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> record.warnings().add(""));
  }

  @Test
  @SuppressWarnings("NullAway") // passes null on purpose
  void refusesNull() {
    assertThatNullPointerException().isThrownBy(() -> RecordAnswer.evaluate(null, Reading.STRICT));
    assertThatNullPointerException()
        .isThrownBy(() -> RecordAnswer.evaluate(List.of(), null))
        .withMessage("reading");
    assertThatNullPointerException()
        .isThrownBy(() -> RecordAnswer.unavailable(null))
        .withMessage("detail");
    assertThatNullPointerException()
        .isThrownBy(() -> new RecordAnswer(null, Optional.empty(), ""))
        .withMessage("status");
    assertThatNullPointerException()
        .isThrownBy(() -> new StsRecord(null, Map.of(), "", List.of()))
        .withMessage("id");
    assertThatNullPointerException()
        .isThrownBy(() -> new StsRecord("a", Map.of(), null, List.of()))
        .withMessage("text");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bad key:", "", "_x", "é", "a23456789012345678901234567890123"})
  void cannotBeCreatedWithAnInvalidExtensionName(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StsRecord("a", Map.of(name, "v"), "", List.of()))
        .withMessage(
            "record: expected an extension name of 1 to 32 letters, digits, '_', '-' and '.', a"
                + " letter or digit first, found \"%s\"",
            name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a=b", "a;b", "a\tb", "é", "a\u007f"})
  void cannotBeCreatedWithAnInvalidExtensionValue(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StsRecord("a", Map.of("x", value), "", List.of()))
        .withMessage(
            "record: expected a value of visible ASCII without '=' and ';' for the extension x,"
                + " found \"%s\"",
            Excerpt.of(value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v", "id"})
  void cannotBeCreatedWithAKnownFieldAsExtension(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StsRecord("a", Map.of(name, "x"), "", List.of()))
        .withMessage("record: expected an extension, found the field %s; leave it out", name);
  }

  @Test
  void canBeCreatedWithEveryExtensionThatARecordCanHave() {
    String name = "A.b_c-9012345678901234567890abcd";
    assertThat(name).hasSize(32);
    assertThat(record("v=STSv1; id=a; " + name + "=!:<~").extensions())
        .isEqualTo(new StsRecord("a", Map.of(name, "!:<~"), "", List.of()).extensions());
    assertThat(new StsRecord("a", Map.of("ID", "b", "V", "3"), "", List.of()).extensions())
        .hasSize(2);
  }
}
