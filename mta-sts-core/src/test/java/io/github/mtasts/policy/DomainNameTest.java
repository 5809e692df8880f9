// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DomainNameTest {
  private static final String LABEL = "a".repeat(63);

  /** 253 characters: three full labels and one of 61. */
  private static final String LONGEST = (LABEL + ".").repeat(3) + "a".repeat(61);

  @ParameterizedTest
  @Tag("rfc-item-65")
  @CsvSource({
    "mx1.example.com,mx1.example.com",
    "MX1.Example.COM,mx1.example.com",
    "example.com.,example.com",
    "AZ.az.09,az.az.09",
    "localhost,localhost",
    "mx_1.example.com,mx_1.example.com",
    "_dc-mx.example.com,_dc-mx.example.com",
    "-edge-.example,-edge-.example",
    "xn--bcher-kva.example,xn--bcher-kva.example",
    "192.0.2.1,192.0.2.1"
  })
  void convertsToLowerCaseAndRemovesTheTrailingDot(String text, String value) {
    assertThat(DomainName.of(text).value()).isEqualTo(value);
    assertThat(DomainName.of(text)).hasToString(value);
  }

  @Test
  void keepsAStringThatIsAlreadyInNormalForm() {
    String canonical = "mx1.example.com";
    assertThat(DomainName.of(canonical).value()).isSameAs(canonical);
  }

  @Test
  @Tag("rfc-item-65")
  void convertsCaseTheSameInATurkishLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr-TR"));
    try {
      assertThat(DomainName.of("MAIL.I.EXAMPLE").value()).isEqualTo("mail.i.example");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void acceptsLabelsAndNamesOfTheMaximumLength() {
    assertThat(DomainName.of(LABEL).value()).isEqualTo(LABEL);
    assertThat(DomainName.of(LONGEST).value()).hasSize(DomainName.MAX_LENGTH);
    assertThat(DomainName.of(LONGEST + ".").value()).isEqualTo(LONGEST);
  }

  @Test
  void rejectsLongerLabelsAndNames() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainName.of("mx." + LABEL + "a.example"))
        .withMessageStartingWith(
            "domain name: expected labels of at most 63 characters, found one of 64 in \"mx.aaa");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainName.of(LABEL + "a"))
        .withMessageContaining("found one of 64");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainName.of(LONGEST + "a"))
        .withMessageStartingWith("domain name: expected at most 253 characters, found 254 in \"aaa")
        .withMessageEndingWith("…\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "."})
  void rejectsANameWithoutLabels(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainName.of(text))
        .withMessage(
            "domain name: expected labels, such as mail.example.com, found no label in \""
                + text
                + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {".example.com", "a..example", "example.com..", ".."})
  void rejectsEmptyLabels(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainName.of(text))
        .withMessage(
            "domain name: expected labels of at least 1 character, found an empty one in \""
                + text
                + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "bücher.example,ü",
    "ex ample.com,' '",
    "*.example.com,*",
    "[192.0.2.1],[",
    "2001:db8::1,:",
    "a/b.example,/",
    "a@b.example,@",
    "a`b,`",
    "a{b,{",
    "a%41,%"
  })
  void rejectsOtherCharactersAndNamesThem(String text, String character) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainName.of(text))
        .withMessage(
            "domain name: expected ASCII letters, digits, hyphens and underscores, found '%s' in"
                + " \"%s\"",
            character, text);
  }

  @Test
  void escapesControlCharactersAndLoneSurrogates() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainName.of("a\nb"))
        .withMessageEndingWith("found '\\u000a' in \"a\\u000ab\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainName.of("a\ud800"))
        .withMessageEndingWith("found '\\ud800' in \"a\\ud800\"");
  }

  @Test
  @SuppressWarnings("NullAway") // passes null on purpose
  void refusesNull() {
    assertThatNullPointerException().isThrownBy(() -> DomainName.of(null)).withMessage("ascii");
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1,true",
    "999.1.1.0001,true",
    "1.2.3,false",
    "1.2.3.4.5,false",
    "192.0.2.1a,false",
    "mx1.2.3.4,false"
  })
  void recognisesNamesThatLookLikeIpv4Addresses(String text, boolean shaped) {
    assertThat(DomainName.of(text).isIpv4Shaped()).isEqualTo(shaped);
  }

  @Test
  void recognisesASingleLabel() {
    assertThat(DomainName.of("localhost.").isSingleLabel()).isTrue();
    assertThat(DomainName.of("a.b").isSingleLabel()).isFalse();
  }

  @Test
  void isEqualRegardlessOfCaseAndTrailingDot() {
    DomainName name = DomainName.of("mx1.example.com");
    assertThat(DomainName.of("MX1.example.com."))
        .isEqualTo(name)
        .hasSameHashCodeAs(name)
        .isEqualByComparingTo(name);
    assertThat(name).isNotEqualTo(DomainName.of("mx2.example.com")).isNotEqualTo("mx1.example.com");
    assertThat(name).isLessThan(DomainName.of("mx2.example.com"));
  }
}
