// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.mtasts.JsonLines;
import io.github.mtasts.policy.ConformanceCasesTest.Row;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The grammar of policies, rule by rule, and the error messages. */
class PolicySyntaxTest {
  private static final String HEAD = "version: STSv1\nmode: enforce\nmx: a.example\n";
  private static final String FINE = HEAD + "max_age: 86400\n";

  private static Policy strict(String text) throws PolicySyntaxException {
    return Policy.parse(text.getBytes(UTF_8), Reading.STRICT);
  }

  private static PolicySyntaxException rejection(byte[] body, Reading reading) {
    PolicySyntaxException rejection =
        catchThrowableOfType(PolicySyntaxException.class, () -> Policy.parse(body, reading));
    assertThat(rejection).as("expected a rejection").isNotNull();
    return rejection;
  }

  private static PolicySyntaxException rejection(String text) {
    return rejection(text.getBytes(UTF_8), Reading.STRICT);
  }

  /** Each row: the numbered requirement, texts that follow it and texts that break it. */
  @TestFactory
  @Tag("rfc-item-23")
  @Tag("rfc-item-24")
  @Tag("rfc-item-25")
  @Tag("rfc-item-26")
  @Tag("rfc-item-27")
  @Tag("rfc-item-29")
  @Tag("rfc-item-30")
  @Tag("rfc-item-31")
  @Tag("rfc-item-32")
  @Tag("rfc-item-33")
  @Tag("rfc-item-35")
  @Tag("rfc-item-36")
  @Tag("rfc-item-37")
  Stream<DynamicTest> followsEveryRuleOfTheGrammar() {
    return JsonLines.read("rfc8461/readings/policy_rules.jsonl").stream()
        .map(Row::new)
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.text("item") + " " + row.text("rule"), () -> follows(row)));
  }

  private static void follows(Row row) throws PolicySyntaxException {
    for (String text : row.texts("valid")) {
      strict(text);
    }
    for (String text : row.texts("invalid")) {
      assertThat(rejection(text).section()).as(text).startsWith("RFC ");
    }
    assertThat(row.texts("valid").size() + row.texts("invalid").size()).isPositive();
  }

  @ParameterizedTest
  @EnumSource(Reading.class)
  void twoHundredMxFieldsAreValidAndOneMoreIsNot(Reading reading) throws Exception {
    String most = FINE + repeated("mx: h%d.example\n", 199);

    assertThat(Policy.parse(most.getBytes(UTF_8), reading).mx()).hasSize(200);
    PolicySyntaxException rejection =
        rejection((most + "mx: *.example\n").getBytes(UTF_8), reading);
    assertThat(rejection)
        .hasMessage(
            "policy, line 204: expected at most 200 mx fields, found \"mx: *.example\";"
                + " list hosts of the same domain with one wildcard");
    assertThat(rejection.line()).isEqualTo(204);
  }

  @ParameterizedTest
  @EnumSource(Reading.class)
  void aHundredExtensionsAreValidAndOneMoreIsNot(Reading reading) throws Exception {
    String most = FINE + repeated("x%d: v\n", 100) + "x7: repeated\n";

    assertThat(Policy.parse(most.getBytes(UTF_8), reading).extensions()).hasSize(100);
    assertThat(rejection((most + "y: z\n").getBytes(UTF_8), reading))
        .hasMessage(
            "policy, line 106: expected at most 100 extension fields, found \"y: z\";"
                + " delete unknown fields");
  }

  private static String repeated(String line, int times) {
    return IntStream.range(0, times)
        .mapToObj(number -> String.format(Locale.ROOT, line, number))
        .collect(Collectors.joining());
  }

  @Test
  @Tag("rfc-item-34")
  void unknownFieldsChangeNothingElse() throws PolicySyntaxException {
    assertThat(strict(FINE + "mta: x\nModes: none\nmx-2: b.example\n"))
        .usingRecursiveComparison()
        .ignoringFields("extensions", "text")
        .isEqualTo(strict(FINE));
  }

  @Test
  @Tag("rfc-item-35")
  void theFirstOfARepeatedFieldCountsAndTheOthersCauseWarnings() throws PolicySyntaxException {
    Policy policy = strict(FINE + "mode: none\nmax_age: soon\nversion: STSv2\n");
    assertThat(policy)
        .usingRecursiveComparison()
        .ignoringFields("text", "warnings")
        .isEqualTo(strict(FINE));
    assertThat(policy.warnings())
        .containsExactly(
            "line 5: mode is repeated and only the first counts; delete this line",
            "line 6: max_age is repeated and only the first counts; delete this line",
            "line 7: version is repeated and only the first counts; delete this line");
  }

  @Test
  void warnsOfValidPatternsThatMatchNoHost() throws PolicySyntaxException {
    String longLabel = "a".repeat(64);
    assertThat(strict(FINE + "mx: 192.0.2.1\nmx: " + longLabel + ".example\n").warnings())
        .containsExactly(
            "line 5: mx 192.0.2.1 is an IPv4 address; list the name of the MX host",
            "line 6: mx "
                + longLabel
                + ".example has a label of more than 63 characters; no host name can have one");
  }

  @Test
  void namesLineTextAndRule() {
    PolicySyntaxException rejection = rejection("version: STSv1\nmode: Enforce\n");
    assertThat(rejection.line()).isEqualTo(2);
    assertThat(rejection.text()).isEqualTo("Enforce");
    assertThat(rejection.section()).isEqualTo("RFC 8461 §3.2");
    assertThat(rejection)
        .hasMessage(
            "policy, line 2: expected mode enforce, testing or none, found \"Enforce\"; write one"
                + " of these in lower case");
  }

  @Test
  void namesTheInvalidPatternAndTheReason() {
    PolicySyntaxException rejection = rejection(HEAD + "mx: mail_1.example\n");
    assertThat(rejection.line()).isEqualTo(4);
    assertThat(rejection.text()).isEqualTo("mail_1.example");
    assertThat(rejection.section()).isEqualTo("RFC 5321 §4.1.2");
    assertThat(rejection)
        .hasMessage(
            "policy, line 4: mx: expected a host name of letters, digits and hyphens, or *. and"
                + " such a name, found \"mail_1.example\"; write one host name on each mx line");
  }

  @Test
  void namesTheMissingFieldWithoutALine() {
    PolicySyntaxException rejection = rejection(HEAD);
    assertThat(rejection.line()).isZero();
    assertThat(rejection.text()).isEmpty();
    assertThat(rejection)
        .hasMessage("policy: expected a field max_age, found none; add max_age: 604800");
  }

  @Test
  void namesTheBlankLineThatStrictRejects() {
    PolicySyntaxException rejection = rejection(FINE + "\n");
    assertThat(rejection.line()).isEqualTo(5);
    assertThat(rejection)
        .hasMessage("policy, line 5: expected a field, found a blank line; delete it");
  }

  @Test
  @Tag("rfc-item-37")
  void namesTheLineOfIllFormedUtf8InBothReadings() {
    byte[] body = (HEAD + "x: \u00e9\n").getBytes(ISO_8859_1);
    for (Reading reading : Reading.values()) {
      PolicySyntaxException rejection = rejection(body, reading);
      assertThat(rejection.line()).isEqualTo(4);
      assertThat(rejection.text()).isEqualTo("octet 0xE9");
      assertThat(rejection)
          .hasMessage("policy, line 4: expected UTF-8, found octet 0xE9; save the file as UTF-8");
    }
  }

  @Test
  @Tag("rfc-item-37")
  void rejectsEveryKindOfIllFormedUtf8() {
    int[][] kinds = {
      {0xc0, 0xaf},
      {0xe0, 0x80, 0xaf},
      {0xed, 0xa0, 0x80},
      {0xf4, 0x90, 0x80, 0x80},
      {0x80},
      {0xe2, 0x82}
    };
    for (int[] kind : kinds) {
      byte[] head = (FINE + "x: ").getBytes(UTF_8);
      byte[] body = java.util.Arrays.copyOf(head, head.length + kind.length);
      for (int i = 0; i < kind.length; i++) {
        body[head.length + i] = (byte) kind[i];
      }
      assertThat(rejection(body, Reading.STRICT).line()).isEqualTo(5);
    }
  }

  @Test
  void showsHostileTextCutAndEscaped() {
    String hostile = "\u001b[2J\u202e" + "x".repeat(60_000);
    PolicySyntaxException rejection = rejection(HEAD + hostile);
    assertThat(rejection.text()).startsWith("\\u001b[2J\\u202exxx").endsWith("…").hasSize(80);
    assertThat(rejection.getMessage()).hasSizeLessThan(250).matches("\\P{Cntrl}+");
  }

  @Test
  void countsFurtherWarningsInsteadOfListingThem() throws PolicySyntaxException {
    Policy atTheLimit = Policy.parse((FINE + "\n".repeat(20)).getBytes(UTF_8), Reading.TOLERANT);
    Policy above = Policy.parse((FINE + "\n".repeat(60_000)).getBytes(UTF_8), Reading.TOLERANT);
    assertThat(atTheLimit.warnings()).hasSize(20).last().asString().startsWith("line 24: ");
    assertThat(above.warnings()).hasSize(21).last().isEqualTo("59980 more like these");
  }

  @Test
  void readsPatternsInPublishedOrder() throws PolicySyntaxException {
    assertThat(strict(FINE + "mx: *.B.example\nmx: a.example\n").mx())
        .map(MxPattern::text)
        .isEqualTo(List.of("a.example", "*.B.example", "a.example"));
  }
}
