// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.policy.DomainName;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cases that the JDK's server side does not accept in a handshake. */
final class DnsIdMatcherTest {
  @ParameterizedTest(name = "{0} for {1}: {2}")
  @CsvSource({
    "mail_1.example.com, mail_1.example.com, true",
    "*.example.com, mail_1.example.com, true",
    "*.example.com, *.example.com.x, false",
    "*.com, com, false",
    "*.a, b.a, true",
    "*a, ba, false",
    "@.example.com, mail.example.com, false",
    "[ail.example.com, mail.example.com, false",
    "'', a, false",
    "'*.', a, false",
    "localhost, localhost, true",
    "ZZ.AA, zz.aa, true",
  })
  void comparesAsciiLetters(String presented, String host, boolean match) {
    assertThat(matches(presented, host.replace("*", "x"))).isEqualTo(match);
  }

  @Test
  void doesNotMatchOtherLettersWithAsciiLetters() {
    assertThat(matches("\u212aelvin.example", "kelvin.example")).isFalse();
    assertThat(matches("ma\u0131l.example", "mail.example")).isFalse();
    assertThat(matches("MA\u0130L.example", "mail.example")).isFalse();
    assertThat(matches("mail\u3002example", "mail.example")).isFalse();
  }

  @Test
  void ignoresTheDefaultLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr-TR"));
      assertThat(matches("MAIL.EXAMPLE.COM", "mail.example.com")).isTrue();
      assertThat(matches("*.TITI.EXAMPLE", "mail.titi.example")).isTrue();
    } finally {
      Locale.setDefault(before);
    }
  }

  private static boolean matches(String presented, String host) {
    return DnsIdMatcher.matches(presented, DomainName.of(host));
  }
}
