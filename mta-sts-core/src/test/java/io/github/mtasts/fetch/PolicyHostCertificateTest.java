// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import static io.github.mtasts.decision.ResultType.STS_POLICY_FETCH_ERROR;
import static io.github.mtasts.decision.ResultType.STS_WEBPKI_INVALID;
import static io.github.mtasts.fetch.FetchFixture.POLICY;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.testing.PolicyAnswer;
import io.github.mtasts.testing.PolicyAnswer.Fault;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestCertificate;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which certificates are accepted for a policy host. RFC 8461 §3.3 */
class PolicyHostCertificateTest {
  private FetchFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new FetchFixture();
    fixture.hosts.publish("example.com", POLICY);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private String refused(TestCertificate certificate) {
    fixture.hosts.certificate("example.com", certificate);
    return fixture.failure("example.com", STS_WEBPKI_INVALID).detail();
  }

  private void accepted(TestCertificate certificate) {
    fixture.hosts.certificate("example.com", certificate);
    assertThat(fixture.policy("example.com").text()).isEqualTo(POLICY);
  }

  private TestCa.Leaf good() {
    return fixture.ca.leaf().dnsNames("mta-sts.example.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "example.com",
        "mta-sts.provider.example",
        "mta-sts.example.com.example.net",
        "mta-st*.example.com",
        "mta-sts.*.com",
        "*.*.com",
        "*.com",
        "*",
        "m*s.example.com"
      })
  @Tag("rfc-item-39")
  @Tag("rfc-item-43")
  @Tag("rfc-item-93")
  @Tag("rfc-item-175")
  @Tag("rfc-item-176")
  @Tag("rfc-item-179")
  @Tag("rfc-item-180")
  @Tag("rfc-item-181")
  @Tag("rfc-item-183")
  @Tag("rfc-item-185")
  @Tag("rfc-item-189")
  @Tag("rfc-item-190")
  void refusesACertificateForOtherNames(String name) {
    assertThat(refused(fixture.ca.issue(name)))
        .contains(
            "expected a certificate with the DNS name mta-sts.example.com, found one for "
                + name
                + "; install a certificate for mta-sts.example.com");
    assertThat(fixture.hosts.requests("example.com")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mta-sts.example.com", "*.example.com", "MTA-STS.Example.COM"})
  @Tag("rfc-item-43")
  @Tag("rfc-item-177")
  void acceptsThePolicyHostsNameInAnyCaseAndAsAWildcard(String name) {
    accepted(fixture.ca.issue(name));
  }

  @Test
  @Tag("rfc-item-184")
  void acceptsAValidNameNextToInvalidOnes() {
    accepted(fixture.ca.issue("mta-st*.example.com", "example.com", "mta-sts.example.com"));
  }

  @Test
  @Tag("rfc-item-178")
  void comparesInternationalNamesAsALabels() {
    fixture.hosts.publish("xn--bcher-kva.example", POLICY);

    assertThat(fixture.policy("xn--bcher-kva.example").text()).isEqualTo(POLICY);
  }

  @Test
  @Tag("rfc-item-182")
  void refusesAWildcardInsideAnALabel() {
    fixture.hosts.publish("xn--bcher-kva.example", POLICY);
    fixture.hosts.certificate(
        "xn--bcher-kva.example", fixture.ca.issue("mta-sts.xn--*.example", "xn--*.example"));

    fixture.failure("xn--bcher-kva.example", STS_WEBPKI_INVALID);
  }

  @Test
  @Tag("rfc-item-42")
  @Tag("rfc-item-187")
  @Tag("rfc-item-188")
  void ignoresTheCommonName() {
    assertThat(refused(fixture.ca.leaf().commonName("mta-sts.example.com").issue()))
        .contains("found one without any (a common name does not count)");
  }

  @Test
  @Tag("rfc-item-42")
  @Tag("rfc-item-186")
  void ignoresTheCommonNameNextToOtherDnsNames() {
    refused(
        fixture.ca.leaf().commonName("mta-sts.example.com").dnsNames("www.example.com").issue());
  }

  @Test
  @Tag("rfc-item-42")
  @Tag("rfc-item-192")
  void ignoresOtherKindsOfNames() {
    refused(
        fixture
            .ca
            .leaf()
            .ipAddress("127.0.0.1")
            .uri("https://mta-sts.example.com/")
            .srvName("_https.mta-sts.example.com")
            .issue());
  }

  @Test
  void shortensAndEscapesTheNamesOfACertificate() {
    String name = "\u001b[31m" + "x".repeat(300) + ".example";

    assertThat(refused(fixture.ca.issue(name, "b", "c", "d", "e", "f", "g")))
        .contains("found one for \\u001b[31mxxx", "and 1 more")
        .hasSizeLessThan(600);
  }

  @Test
  @Tag("rfc-item-40")
  @Tag("rfc-item-193")
  void refusesAChainWithoutTrustAnchor() {
    assertThat(refused(TestCa.create("Other CA").issue("mta-sts.example.com")))
        .contains("expected a certificate chain to a trusted root, found none");
    refused(good().selfSigned().issue());
    refused(good().withMissingIntermediate().issue());
  }

  @Test
  @Tag("rfc-item-40")
  void acceptsAChainWithItsIntermediate() {
    accepted(good().withIntermediate().issue());
  }

  @Test
  @Tag("rfc-item-41")
  void reportsWhenTheCertificateExpired() {
    TestCertificate expired = good().expired().issue();

    assertThat(refused(expired))
        .contains("one that expired on " + expired.certificate().getNotAfter().toInstant());
  }

  @Test
  @Tag("rfc-item-41")
  void reportsWhenTheCertificateBecomesValid() {
    TestCertificate early = good().notYetValid().issue();

    assertThat(refused(early))
        .contains("one not valid before " + early.certificate().getNotBefore().toInstant());
  }

  @Test
  @Tag("rfc-item-41")
  void reportsAFaultOfTheChainBeforeAWrongName() {
    assertThat(refused(fixture.ca.leaf().dnsNames("example.com").expired().issue()))
        .contains("expired");
  }

  @Test
  @Tag("rfc-item-193")
  void refusesACertificateForClientsOnly() {
    refused(good().clientAuthOnly().issue());
  }

  @Test
  @Tag("rfc-item-193")
  void refusesAnIntermediateThatMayNotIssueForTheName() {
    refused(good().withConstrainedIntermediate("example.net").issue());
  }

  @Test
  @Tag("rfc-item-44")
  @Tag("rfc-item-104")
  void leavesRevocationToTheTrustManager() {
    X509TrustManager revokesAll =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String authType)
              throws CertificateException {
            throw new CertificateException("no clients");
          }

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String authType)
              throws CertificateException {
            throw new CertificateException("revoked");
          }

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    FetchResult result;
    try (PolicyFetcher fetcher = fetcher(revokesAll)) {
      result = FetchFixture.fetch(fetcher, "example.com");
    }

    assertThat(FetchFixture.failure(result, STS_WEBPKI_INVALID).detail()).contains("revoked");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void verifiesTheCertificateAtEveryFetch(String version) {
    fixture.hosts.answer("example.com", PolicyAnswer.policy(POLICY).withTls(version));
    AtomicInteger verified = new AtomicInteger();
    X509TrustManager delegate = fixture.ca.trustManager();
    X509TrustManager counting =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String authType)
              throws CertificateException {
            delegate.checkClientTrusted(chain, authType);
          }

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String authType)
              throws CertificateException {
            verified.incrementAndGet();
            delegate.checkServerTrusted(chain, authType);
          }

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return delegate.getAcceptedIssuers();
          }
        };
    try (PolicyFetcher fetcher = fetcher(counting)) {
      for (int i = 0; i < 3; i++) {
        FetchFixture.policy(FetchFixture.fetch(fetcher, "example.com"));
      }
    }

    assertThat(verified).hasValue(3);
  }

  private PolicyFetcher fetcher(X509TrustManager trustManager) {
    return fixture
        .builder(host -> CompletableFuture.completedFuture(List.of(fixture.hosts.address())))
        .trustManager(trustManager)
        .build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  @Tag("rfc-item-90")
  void supportsTls12AndTls13(String version) {
    fixture.hosts.answer("example.com", PolicyAnswer.policy(POLICY).withTls(version));

    assertThat(fixture.policy("example.com").text()).isEqualTo(POLICY);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ONLY_TLS_1_1", "ABORTED_HANDSHAKE", "DISCONNECT_IN_HANDSHAKE"})
  @Tag("rfc-item-87")
  @Tag("rfc-item-91")
  void distinguishesAFailedHandshakeFromABadCertificate(Fault fault) {
    fixture.hosts.answer("example.com", PolicyAnswer.fault(fault));

    assertThat(fixture.failure("example.com", STS_POLICY_FETCH_ERROR).detail())
        .contains("127.0.0.1: ");
  }

  @Test
  @Tag("rfc-item-87")
  void failsWhenTheServerDoesNotKnowTheHost() {
    fixture.failure("unknown.example", STS_POLICY_FETCH_ERROR);
  }
}
