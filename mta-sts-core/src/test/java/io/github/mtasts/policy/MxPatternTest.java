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

/** The rules that the conformance cases do not cover. */
class MxPatternTest {
  private static final String LABEL = "a".repeat(63);

  @ParameterizedTest
  @Tag("rfc-item-64")
  @CsvSource({
    "*.example.com,mx1.example.com,true",
    "*.example.com,example.com,false",
    "*.example.com,a.mx1.example.com,false",
    "*.example.com,mx1.xexample.com,false",
    "*.example.com,mx1xexample.com,false",
    "*.example.com,com,false",
    "*.example,mx1.example,true",
    "example.com,mx1.example.com,false",
    "mx1.example.com,mx1.example.com,true",
    "mx1.example.com,mx1.example.co,false",
    "*.a.a,a.a.a,true",
    "*.a.a,a.a.a.a,false"
  })
  void theAsteriskMatchesExactlyOneLabel(String pattern, String host, boolean listed) {
    assertThat(MxPattern.of(pattern).matches(DomainName.of(host))).isEqualTo(listed);
  }

  @Test
  @Tag("rfc-item-103")
  void aWildcardMatchesEveryHostOneLabelBelow() {
    MxPattern pattern = MxPattern.of("*.com");
    assertThat(pattern.matches(DomainName.of("example.com"))).isTrue();
    assertThat(pattern.matches(DomainName.of("_x-.com"))).isTrue();
  }

  @Test
  @Tag("rfc-item-65")
  void comparesTheSameInATurkishLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr-TR"));
    try {
      assertThat(MxPattern.of("*.MAIL.EXAMPLE").matches(DomainName.of("I.mail.example"))).isTrue();
      assertThat(MxPattern.of("mail.I.example").matches(DomainName.of("MAIL.i.EXAMPLE"))).isTrue();
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void keepsTheTextAsPublished() {
    assertThat(MxPattern.of("*.Example.COM").text()).isEqualTo("*.Example.COM");
    assertThat(MxPattern.of("*.Example.COM")).hasToString("*.Example.COM");
  }

  @Test
  void isEqualIfItListsTheSameHosts() {
    MxPattern pattern = MxPattern.of("*.Example.com");
    assertThat(MxPattern.of("*.example.COM")).isEqualTo(pattern).hasSameHashCodeAs(pattern);
    assertThat(pattern)
        .isNotEqualTo(MxPattern.of("example.com"))
        .isNotEqualTo(MxPattern.of("*.example.org"))
        .isNotEqualTo("*.example.com");
  }

  @Test
  void acceptsADomainOf255OctetsAndNoLongerOne() {
    String domain = (LABEL + ".").repeat(3) + LABEL;
    assertThat(domain).hasSize(255);
    assertThat(MxPattern.of(domain).text()).isEqualTo(domain);
    assertThat(MxPattern.of("*." + domain).text()).hasSize(257);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MxPattern.of(domain + "a"))
        .withMessageStartingWith("mx: expected at most 255 characters, found \"aaa");
    assertThatIllegalArgumentException().isThrownBy(() -> MxPattern.of("*." + domain + "a"));
  }

  @ParameterizedTest
  @CsvSource({
    "mx..example,'a host name without empty labels or a dot at its end'",
    "mx.example.,'a host name without empty labels or a dot at its end'",
    "'','a host name without empty labels or a dot at its end'",
    "*.,'a host name without empty labels or a dot at its end'",
    "-mx.example,labels that begin and end with a letter or digit",
    "mx-.example,labels that begin and end with a letter or digit",
    "mx.example-,labels that begin and end with a letter or digit",
    "mx_1.example,'a host name of letters, digits and hyphens, or *. and such a name'",
    "*,'a host name of letters, digits and hyphens, or *. and such a name'"
  })
  void namesWhatIsWrongWithAPattern(String text, String expected) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MxPattern.of(text))
        .withMessage("mx: expected %s, found \"%s\"", expected, text);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1,is an IPv4 address; list the name of the MX host",
    "A.example,",
    "1.2.3,",
    "*.0.2.1,"
  })
  void recognisesAnAddressAsUseless(String text, String why) {
    assertThat(MxPattern.of(text).whyUseless().orElse(null)).isEqualTo(why);
  }

  @Test
  void recognisesATooLongLabelAsUseless() {
    String why = "has a label of more than 63 characters; no host name can have one";
    assertThat(MxPattern.of("*." + LABEL + ".example").whyUseless()).isEmpty();
    assertThat(MxPattern.of("example." + LABEL).whyUseless()).isEmpty();
    assertThat(MxPattern.of("a." + LABEL + "a.example").whyUseless()).hasValue(why);
    assertThat(MxPattern.of(LABEL + "a.example").whyUseless()).hasValue(why);
    assertThat(MxPattern.of("example." + LABEL + "a").whyUseless()).hasValue(why);
  }

  @Test
  @SuppressWarnings("NullAway") // passes null on purpose
  void refusesNull() {
    assertThatNullPointerException().isThrownBy(() -> MxPattern.of(null)).withMessage("text");
  }
}
