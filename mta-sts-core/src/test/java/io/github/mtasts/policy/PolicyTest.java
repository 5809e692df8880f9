// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A parsed policy, and what its constructor accepts. */
class PolicyTest {
  private static final String HEAD = "version: STSv1\nmode: enforce\nmax_age: 86400\n";

  private static Policy strict(String text) throws PolicySyntaxException {
    return Policy.parse(text.getBytes(UTF_8), Reading.STRICT);
  }

  private static Policy policy(PolicyMode mode, List<MxPattern> mx, Duration maxAge) {
    return new Policy(mode, mx, maxAge, Map.of(), "", List.of());
  }

  @Test
  @Tag("rfc-item-61")
  void findsTheFirstPatternThatListsTheHost() throws PolicySyntaxException {
    Policy policy = strict(HEAD + "mx: mx1.example.com\nmx: *.example.com\nmx: MX2.example.com\n");
    assertThat(policy.match(DomainName.of("mx1.example.com")))
        .hasValueSatisfying(pattern -> assertThat(pattern.text()).isEqualTo("mx1.example.com"));
    assertThat(policy.match(DomainName.of("mx2.example.com")))
        .hasValueSatisfying(pattern -> assertThat(pattern.text()).isEqualTo("*.example.com"));
  }

  @Test
  @Tag("rfc-item-61")
  void findsNoPatternForAnUnlistedHost() throws PolicySyntaxException {
    assertThat(strict(HEAD + "mx: mx1.example.com\n").match(DomainName.of("mx.attacker.example")))
        .isEmpty();
  }

  @Test
  @Tag("rfc-item-29")
  @Tag("rfc-item-95")
  void modeNoneListsNoHost() throws PolicySyntaxException {
    Policy none = strict("version: STSv1\nmode: none\nmax_age: 86400\n");
    assertThat(none.mode()).isEqualTo(PolicyMode.NONE);
    assertThat(none.match(DomainName.of("mx1.example.com"))).isEmpty();
  }

  @Test
  @Tag("rfc-item-97")
  void acceptsAMaxAgeOfAYear() throws PolicySyntaxException {
    Policy policy = strict("version: STSv1\nmode: none\nmax_age: 31557600\n");
    assertThat(policy.maxAge()).isEqualTo(Duration.ofHours(8766));
  }

  @Test
  @Tag("rfc-item-146")
  void keepsItsLinesAsServedForReports() throws PolicySyntaxException {
    Policy policy = strict("version: STSv1\r\nmode:none \nmax_age: 1\r\nx: é");
    assertThat(policy.policyStrings())
        .containsExactly("version: STSv1", "mode:none ", "max_age: 1", "x: é");
    assertThat(policy.text()).isEqualTo("version: STSv1\r\nmode:none \nmax_age: 1\r\nx: é");
  }

  @Test
  void keepsExtensionsInPublishedOrderFirstOfEachName() throws PolicySyntaxException {
    Policy policy = strict(HEAD + "mx: a.example\nz: 1\nb: 2\nz: 3\nB: 4\na: 5\n");
    assertThat(policy.extensions())
        .containsExactly(
            Map.entry("z", "1"), Map.entry("b", "2"), Map.entry("B", "4"), Map.entry("a", "5"));
  }

  @Test
  void doesNotChangeWithTheArgumentsOfItsConstructor() {
    List<MxPattern> mx = new ArrayList<>(List.of(MxPattern.of("mx1.example.com")));
    Map<String, String> extensions = new LinkedHashMap<>(Map.of("x", "1"));
    List<String> warnings = new ArrayList<>(List.of("w"));
    Policy policy = new Policy(PolicyMode.ENFORCE, mx, Duration.ZERO, extensions, "", warnings);
    mx.clear();
    extensions.clear();
    warnings.clear();
    assertThat(policy.mx()).hasSize(1);
    assertThat(policy.extensions()).hasSize(1);
    assertThat(policy.warnings()).hasSize(1);
  }

  @Test
  void cannotBeModifiedThroughItsCollections() {
    Policy policy =
        policy(PolicyMode.ENFORCE, List.of(MxPattern.of("mx1.example.com")), Duration.ZERO);
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> policy.mx().remove(0));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> policy.extensions().put("x", "1"));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> policy.warnings().add("w"));
  }

  @Test
  @Tag("rfc-item-29")
  void cannotBeCreatedWithoutAnMxUnlessTheModeIsNone() {
    assertThat(policy(PolicyMode.NONE, List.of(), Duration.ZERO).mx()).isEmpty();
    for (PolicyMode mode : List.of(PolicyMode.ENFORCE, PolicyMode.TESTING)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> policy(mode, List.of(), Duration.ZERO))
          .withMessage("policy: expected an mx under mode " + mode.label() + ", found none");
    }
  }

  @Test
  @Tag("rfc-item-27")
  void cannotBeCreatedWithAMaxAgeThatNoFileCanHave() {
    Duration year = Duration.ofSeconds(Policy.LONGEST_MAX_AGE_SECONDS);
    assertThat(policy(PolicyMode.NONE, List.of(), year).maxAge()).isEqualTo(year);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy(PolicyMode.NONE, List.of(), year.plusNanos(1)))
        .withMessage(
            "policy: expected max_age of 0 to 31557600 seconds, found PT8766H0.000000001S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy(PolicyMode.NONE, List.of(), Duration.ofNanos(-1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy(PolicyMode.NONE, List.of(), Duration.ofMillis(1500)))
        .withMessage("policy: expected max_age in whole seconds, found PT1.5S");
  }

  @Test
  void cannotBeCreatedWithMoreFieldsThanAPolicyFile() {
    List<MxPattern> mx = Collections.nCopies(201, MxPattern.of("mx1.example.com"));
    assertThat(policy(PolicyMode.ENFORCE, mx.subList(0, 200), Duration.ZERO).mx()).hasSize(200);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy(PolicyMode.ENFORCE, mx, Duration.ZERO))
        .withMessage("policy: expected at most 200 mx fields, found 201");
    Map<String, String> extensions = new LinkedHashMap<>();
    for (int i = 0; i < 101; i++) {
      extensions.put("x" + i, "v");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Policy(PolicyMode.NONE, List.of(), Duration.ZERO, extensions, "", List.of()))
        .withMessage("policy: expected at most 100 extension fields, found 101");
  }

  private static Policy extended(String name, String value) {
    return new Policy(
        PolicyMode.NONE, List.of(), Duration.ZERO, Map.of(name, value), "", List.of());
  }

  @ParameterizedTest
  @Tag("rfc-item-37")
  @ValueSource(strings = {"bad key:", "", "_x", "é", "a23456789012345678901234567890123"})
  void cannotBeCreatedWithAnInvalidExtensionName(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> extended(name, "v"))
        .withMessage(
            "policy: expected an extension name of 1 to 32 letters, digits, '_', '-' and '.', a"
                + " letter or digit first, found \"%s\"",
            name);
  }

  @ParameterizedTest
  @Tag("rfc-item-37")
  @ValueSource(strings = {"", " a", "a ", "a\tb", "a\nmode: none", "a\u007f", "\ud800"})
  void cannotBeCreatedWithAnInvalidExtensionValue(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> extended("x", value))
        .withMessage(
            "policy: expected a value without control characters or blanks at its ends for the"
                + " extension x, found \"%s\"",
            Excerpt.of(value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"version", "mode", "max_age", "mx"})
  void cannotBeCreatedWithAKnownFieldAsExtension(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> extended(name, "enforce"))
        .withMessage("policy: expected an extension, found the field %s; leave it out", name);
  }

  @Test
  void canBeCreatedWithEveryExtensionThatAFileCanHave() throws PolicySyntaxException {
    String name = "A.b_c-9012345678901234567890abcd";
    String value = "=;: é\u0080 \ud83d\ude00";
    assertThat(extended(name, value).extensions())
        .isEqualTo(strict(HEAD + "mx: a.example\n" + name + ": " + value + "\n").extensions());
  }

  @Test
  @SuppressWarnings("NullAway") // passes null on purpose
  void refusesNull() {
    assertThatNullPointerException().isThrownBy(() -> Policy.parse(null, Reading.STRICT));
    assertThatNullPointerException().isThrownBy(() -> Policy.parse(new byte[0], null));
    assertThatNullPointerException()
        .isThrownBy(() -> policy(null, List.of(), Duration.ZERO))
        .withMessage("mode");
    assertThatNullPointerException()
        .isThrownBy(() -> policy(PolicyMode.NONE, List.of(), null))
        .withMessage("maxAge");
    assertThatNullPointerException()
        .isThrownBy(
            () -> new Policy(PolicyMode.NONE, List.of(), Duration.ZERO, Map.of(), null, List.of()))
        .withMessage("text");
  }
}
