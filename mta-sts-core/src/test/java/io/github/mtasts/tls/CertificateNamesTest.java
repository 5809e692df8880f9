// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.JsonLines;
import io.github.mtasts.decision.DomainNames;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestCertificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which certificate matches which MX host, in real handshakes. */
final class CertificateNamesTest {
  private final TlsFixture fixture = new TlsFixture();

  @TestFactory
  @Tag("rfc-item-68")
  @Tag("rfc-item-175")
  Stream<DynamicTest> publishedCases() {
    return JsonLines.read("rfc8461/cases/cert_name.jsonl").stream()
        .map(
            row -> DynamicTest.dynamicTest(row.get("n") + " " + row.get("case"), () -> check(row)));
  }

  private void check(Map<String, Object> row) throws SSLException {
    TestCa.Leaf leaf = fixture.ca.leaf();
    ((List<?>) field(row, "san_dns")).forEach(name -> leaf.dnsNames((String) name));
    if (row.get("subject_cn") instanceof String cn) {
      leaf.commonName(cn);
    }
    boolean match = (Boolean) field(row, "match");
    String host = DomainNames.parse((String) field(row, "host")).value();
    TestCertificate certificate = extras(leaf, (String) field(row, "n")).issue();
    assertThat(matchesBySocket(host, certificate)).isEqualTo(match);
    assertThat(matchesByEngine(host, certificate)).isEqualTo(match);
  }

  private static Object field(Map<String, Object> row, String name) {
    return Objects.requireNonNull(row.get(name), name);
  }

  /** Extra names that the titles and notes of the rows describe. */
  private static TestCa.Leaf extras(TestCa.Leaf leaf, String number) {
    return switch (number) {
      case "cert-025" -> leaf.ipAddress("192.0.2.1").commonName("mail.example.com");
      case "cert-034" -> leaf.srvName("_smtp.mail.example.com").uri("smtp://mail.example.com");
      default -> leaf;
    };
  }

  @ParameterizedTest(name = "{0} for {1}: {2}")
  @CsvSource({
    "MAIL.Example.COM, mail.example.com, true",
    "*.Example.COM, mail.example.com, true",
    "xn--bcher-kva.example, xn--bcher-kva.example, true",
    "*.example.com, example.com, false",
    "*.example.com, a.b.example.com, false",
    "bar.*.example.net, bar.foo.example.net, false",
    "ma*.example.com, mail.example.com, false",
    "*il.example.com, mail.example.com, false",
    "m*l.example.com, mail.example.com, false",
    "xn--*.example.com, xn--bcher-kva.example.com, false",
    "*.*.com, mail.example.com, false",
    "*, mail.example.com, false",
    "*., com, false",
    ".example.com, mail.example.com, false",
    "mail..example.com, mail.example.com, false",
    "mail.example.com., mail.example.com, false",
    "mail.example.comx, mail.example.com, false",
    "xmail.example.com, mail.example.com, false",
  })
  @Tag("rfc-item-177")
  @Tag("rfc-item-178")
  @Tag("rfc-item-179")
  @Tag("rfc-item-180")
  @Tag("rfc-item-181")
  @Tag("rfc-item-182")
  @Tag("rfc-item-183")
  @Tag("rfc-item-185")
  void comparesLabelByLabelWithAWildcardForTheFirstLabelOnly(
      String presented, String host, boolean match) throws SSLException {
    TestCertificate certificate = fixture.ca.issue(presented);
    assertThat(matchesByEngine(host, certificate)).isEqualTo(match);
  }

  @Test
  @Tag("rfc-item-184")
  void ignoresAnInvalidNameNextToValidOnes() {
    assertThat(
            matchesBySocket("mail.example.com", fixture.ca.issue("m*.a", "", "mail.example.com")))
        .isTrue();
  }

  @Test
  @Tag("rfc-item-186")
  @Tag("rfc-item-187")
  @Tag("rfc-item-188")
  void ignoresTheCommonName() {
    TestCertificate commonNameOnly = fixture.ca.leaf().commonName("mail.example.com").issue();
    TestCertificate both =
        fixture.ca.leaf().commonName("mail.example.com").dnsNames("other.example.com").issue();
    assertThat(matchesBySocket("mail.example.com", commonNameOnly)).isFalse();
    assertThat(matchesBySocket("mail.example.com", both)).isFalse();
  }

  @Test
  @Tag("rfc-item-192")
  void ignoresOtherKindsOfNames() {
    TestCertificate others =
        fixture
            .ca
            .leaf()
            .uri("smtp://mail.example.com")
            .uri("mail.example.com")
            .srvName("_smtp.mail.example.com")
            .ipAddress("127.0.0.1")
            .issue();
    assertThat(matchesBySocket("mail.example.com", others)).isFalse();
  }

  @Test
  @Tag("rfc-item-176")
  void rejectsTheNameOfACnameTargetAndOfTheRecipientDomain() {
    assertThat(matchesBySocket("mail.example.com", fixture.ca.issue("real-host.provider.example")))
        .isFalse();
    assertThat(matchesBySocket("mail.example.com", fixture.ca.issue("example.com"))).isFalse();
  }

  @Test
  void rejectsTheNameOfAnotherHostInThePolicy() {
    assertThat(matchesBySocket("mail.example.com", fixture.ca.issue("mail2.example.com")))
        .isFalse();
  }

  @Test
  @Tag("rfc-item-191")
  void acceptsAWildcardUnderATopLevelName() {
    assertThat(matchesBySocket("example.com", fixture.ca.issue("*.com"))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.1", "[192.0.2.1]", "2001:db8::1", "'no name'"})
  void rejectsEveryCertificateForAHostThatIsNotAName(String host) {
    TestCertificate certificate =
        fixture.ca.leaf().dnsNames("mail.example.com").ipAddress("192.0.2.1").issue();
    assertThat(matchesBySocket(host, certificate)).isFalse();
  }

  @Test
  void reportsTheExpectedAndTheFoundNames() {
    String[] names = {"a.example", "b.example", "c.example", "d.example", "e.example", "f.example"};
    TestCertificate certificate =
        fixture.ca.leaf().dnsNames(names).dnsNames("g.example", "h.example").issue();
    assertThat(TlsFixture.verdict(fixture.enforced("mail.example.com"), certificate).detail())
        .contains(
            "expected a DNS-ID mail.example.com",
            "found a.example, b.example, c.example, d.example, e.example, f.example and 2 more",
            "issued by CN=Test CA");
  }

  @Test
  void reportsACertificateWithoutNames() {
    TestCertificate certificate = fixture.ca.leaf().commonName("mail.example.com").issue();
    assertThat(TlsFixture.verdict(fixture.enforced("mail.example.com"), certificate).detail())
        .contains("found none;");
  }

  @Test
  void shortensAndEscapesTheNamesOfACertificate() {
    TestCertificate certificate = fixture.ca.issue("evil\r\nname\u001b[2J", "x".repeat(5000));
    assertThat(TlsFixture.verdict(fixture.enforced("mail.example.com"), certificate).detail())
        .doesNotContain("\n", "\r", "\u001b")
        .hasSizeLessThan(700);
  }

  private boolean matchesBySocket(String host, TestCertificate certificate) {
    return isMatch(TlsFixture.verdict(fixture.enforced(host), certificate));
  }

  private boolean matchesByEngine(String host, TestCertificate certificate) throws SSLException {
    MxTls tls = MxTls.forDecision(fixture.listed(Requirement.TESTING, host, fixture.settings()));
    SSLEngine server = certificate.serverContext().createSSLEngine();
    EnginePair.handshake(tls.newEngine(), server);
    return isMatch(tls.verdict().orElseThrow());
  }

  private static boolean isMatch(TlsVerdict verdict) {
    boolean match = verdict instanceof TlsVerdict.Trusted;
    if (!match) {
      assertThat(TlsFixture.failure(verdict)).contains(ResultType.CERTIFICATE_HOST_MISMATCH);
    }
    return match;
  }
}
