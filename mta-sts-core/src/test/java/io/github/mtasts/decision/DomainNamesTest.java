// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.mtasts.policy.DomainName;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DomainNamesTest {
  @ParameterizedTest
  @Tag("rfc-item-178")
  @CsvSource({
    "bücher.example,xn--bcher-kva.example",
    "BÜCHER.Example.,xn--bcher-kva.example",
    "bu\u0308cher.example,xn--bcher-kva.example",
    "straße.example,xn--strae-oqa.example",
    "faß.de,xn--fa-hia.de",
    "βόλος.com,xn--nxasmm1c.com",
    "例え。テスト,xn--r8jz45g.xn--zckzah",
    "例え．テスト｡,xn--r8jz45g.xn--zckzah",
    "ｅｘａｍｐｌｅ.com,example.com",
    "mx_1.bücher.example,mx_1.xn--bcher-kva.example",
    "soft\u00adhyphen.example,softhyphen.example",
    "İstanbul.example,xn--istanbul-o0e.example",
    "XN--BCHER-KVA.example,xn--bcher-kva.example"
  })
  void turnsULabelsIntoALabels(String text, String value) {
    assertThat(DomainNames.parse(text).value()).isEqualTo(value);
  }

  @Test
  void leavesAsciiNamesToDomainName() {
    String canonical = "mx_1.example.com";
    assertThat(DomainNames.parse(canonical).value()).isSameAs(canonical);
    assertThat(DomainNames.parse("MX1.Example.COM.").value()).isEqualTo("mx1.example.com");
  }

  @Test
  void mapsTheSameInTurkey() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr-TR"));
    try {
      assertThat(DomainNames.parse("MAIL.BÜCHER.I").value()).isEqualTo("mail.xn--bcher-kva.i");
    } finally {
      Locale.setDefault(before);
    }
  }

  /** HttpUrl would decode or truncate each of these, or read it as an address. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "%C3%BC.example",
        "ü%2eexample",
        "ü.example:25",
        "ü.example/path",
        "ü.example\\path",
        "ü.example?q",
        "ü.example#f",
        "user@ü.example",
        "[ü]",
        "[::1]ü",
        "ü example",
        " ü.example",
        "ü.example\n",
        "ü\u0000.example",
        "ü*.example",
        "ü％2eexample",
        "ü：25",
        "ü／x",
        "ü.example,x"
      })
  void refusesWhatOnlyAUrlMayHold(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainNames.parse(text))
        .withMessageStartingWith("domain name: expected ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ü..example",
        ".ü",
        "。",
        "ü\ud800.example",
        "\udc00",
        "\u00ad",
        "a\u202eb.example",
        "xn--ü.example",
        "\ufffd.example"
      })
  void refusesWhatHasNoALabels(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainNames.parse(text))
        .withMessageStartingWith("domain name: expected ")
        .withMessageMatching("[^\\p{Cntrl}\\x{202e}]+");
  }

  @Test
  void countsTheLengthOfTheALabels() {
    assertThat(DomainNames.parse("ü".repeat(50) + ".example").value()).hasSizeLessThan(72);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainNames.parse("日本".repeat(30) + ".example"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainNames.parse("ü.".repeat(100) + "example"));
  }

  @Test
  void mapsTextOf1024CharactersAtMost() {
    String ignored = "\u00ad".repeat(1024 - "example.com".length());
    assertThat(DomainNames.parse(ignored + "example.com").value()).isEqualTo("example.com");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainNames.parse("\u00ad" + ignored + "example.com"))
        .withMessageStartingWith(
            "domain name: expected labels that IDNA can map, found \"\\u00ad\\u00ad")
        .withMessageEndingWith("…\"");
  }

  @ParameterizedTest
  @CsvSource({
    "nmrc.org,nmrc.org",
    "Example.COM.,example.com",
    "bücher.example,xn--bcher-kva.example",
    "1.2.3,1.2.3",
    "192.0.2.1.example,192.0.2.1.example"
  })
  void readsAPolicyDomain(String text, String value) {
    assertThat(DomainNames.parsePolicyDomain(text).value()).isEqualTo(value);
  }

  @ParameterizedTest
  @Tag("rfc-item-58")
  @ValueSource(
      strings = {
        "[192.0.2.1]",
        "[IPv6:2001:db8::1]",
        "[",
        "192.0.2.1",
        "192.0.2.1.",
        "2001:db8::1",
        "::1",
        "::ffff:192.0.2.1",
        "１９２.０.２.１",
        "192。0。2。1",
        "①.②.③.④"
      })
  void refusesAddressesAsPolicyDomain(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainNames.parsePolicyDomain(text))
        .withMessage(
            "policy domain: expected a domain name, since addresses have no policy, found \"%s\"",
            text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "com.", "bücher", "１"})
  void refusesSingleLabelsAsPolicyDomain(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainNames.parsePolicyDomain(text))
        .withMessage(
            "policy domain: expected a name of two labels or more, such as example.com, found"
                + " \"%s\"",
            text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "example.com:25", "user@example.com", "*.example.com"})
  void refusesWhatIsNoNameAsPolicyDomain(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainNames.parsePolicyDomain(text))
        .withMessageStartingWith("domain name: expected ");
  }

  @Test
  void leavesRoomForThePrefixesOfAPolicyDomain() {
    String longest = ("a".repeat(63) + ".").repeat(3) + "a".repeat(52);
    DomainName domain = DomainNames.parsePolicyDomain(longest + ".");
    assertThat(DomainName.of("_mta-sts." + domain).value()).hasSize(253);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DomainNames.parsePolicyDomain(longest + "a"))
        .withMessageStartingWith(
            "policy domain: expected at most 244 characters, to leave room for _mta-sts., found");
  }

  @Test
  @SuppressWarnings("NullAway") // passes null on purpose
  void refusesNullAtOnce() {
    assertThatNullPointerException().isThrownBy(() -> DomainNames.parse(null)).withMessage("name");
    assertThatNullPointerException()
        .isThrownBy(() -> DomainNames.parsePolicyDomain(null))
        .withMessage("name");
  }
}
