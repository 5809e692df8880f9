// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestCertificate;
import java.io.IOException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which certificates sockets and engines trust, and the result types of the others. */
final class CertificateChainsTest {
  private static final String MX = TlsFixture.MX;

  private final TlsFixture fixture = new TlsFixture();

  @Test
  void trustsAChainToTheAnchor() throws SSLException {
    assertTrusted(fixture.ca.issue(MX));
    assertTrusted(fixture.ca.leaf().dnsNames(MX).withIntermediate().issue());
  }

  @Test
  @Tag("rfc-item-66")
  void reportsAnExpiredCertificateAsExpired() throws SSLException {
    TestCertificate expired = fixture.ca.leaf().dnsNames(MX).expired().issue();
    assertRejected(expired, ResultType.CERTIFICATE_EXPIRED);
    assertThat(detail(expired))
        .contains(
            "expected one that is valid now",
            expired.certificate().getNotAfter().toInstant().toString(),
            "renew");
  }

  @Test
  void reportsTheDatesOfAnExpiredIntermediate() throws SSLException {
    TestCertificate stale = fixture.ca.leaf().dnsNames(MX).withExpiredIntermediate().issue();
    assertRejected(stale, ResultType.CERTIFICATE_EXPIRED);
    assertThat(detail(stale)).contains(stale.chain().get(1).getNotAfter().toInstant().toString());
  }

  @Test
  @Tag("rfc-item-67")
  void reportsAnUnknownAuthorityAsNotTrusted() throws SSLException {
    TestCertificate unknown = TestCa.create("Mallory").issue(MX);
    assertRejected(unknown, ResultType.CERTIFICATE_NOT_TRUSTED);
    assertThat(detail(unknown)).contains("leads to no trust anchor", "issued by CN=Mallory");
  }

  @Test
  void reportsASelfSignedCertificateAsNotTrusted() throws SSLException {
    TestCertificate selfSigned = fixture.ca.leaf().dnsNames(MX).selfSigned().issue();
    assertRejected(selfSigned, ResultType.CERTIFICATE_NOT_TRUSTED);
    assertThat(detail(selfSigned)).contains("the certificate is self-signed");
  }

  @Test
  void reportsAMissingIntermediateAsNotTrusted() throws SSLException {
    TestCertificate incomplete = fixture.ca.leaf().dnsNames(MX).withMissingIntermediate().issue();
    assertRejected(incomplete, ResultType.CERTIFICATE_NOT_TRUSTED);
    assertThat(detail(incomplete)).contains("together with its intermediate certificates");
  }

  @Test
  void reportsACertificateThatIsNotValidYetAsNotTrusted() throws SSLException {
    TestCertificate early = fixture.ca.leaf().dnsNames(MX).notYetValid().issue();
    assertRejected(early, ResultType.CERTIFICATE_NOT_TRUSTED);
    assertThat(detail(early))
        .contains("not valid yet", early.certificate().getNotBefore().toInstant().toString());
  }

  @Test
  @Tag("rfc-item-193")
  void checksExtendedKeyUsageAndNameConstraints() throws SSLException {
    assertRejected(
        fixture.ca.leaf().dnsNames(MX).clientAuthOnly().issue(),
        ResultType.CERTIFICATE_NOT_TRUSTED);
    assertRejected(
        fixture.ca.leaf().dnsNames(MX).withConstrainedIntermediate("example.org").issue(),
        ResultType.CERTIFICATE_NOT_TRUSTED);
    assertTrusted(
        fixture.ca.leaf().dnsNames(MX).withConstrainedIntermediate("example.com").issue());
  }

  @Test
  void refusesAShortRsaKey() throws SSLException {
    assertRejected(
        fixture.ca.leaf().dnsNames(MX).rsa1024().issue(), ResultType.CERTIFICATE_NOT_TRUSTED);
    assertThat(detail(fixture.ca.leaf().dnsNames(MX).rsa1024().issue()))
        .contains("expected an RSA key of at least 2048 bits, found 1024");
    assertTrusted(fixture.ca.leaf().dnsNames(MX).rsa2048().issue());
  }

  @Test
  void reportsAFaultOfTheChainBeforeAWrongName() throws SSLException {
    assertRejected(
        fixture.ca.leaf().dnsNames("other.example").expired().issue(),
        ResultType.CERTIFICATE_EXPIRED);
    assertRejected(TestCa.create().issue("other.example"), ResultType.CERTIFICATE_NOT_TRUSTED);
  }

  @Test
  @Tag("rfc-item-69")
  void leavesRevocationToTheGivenTrustManager() {
    X509TrustManager revoking =
        new BasicTrustManager(
            chain -> {
              throw new CertificateException(
                  new CertPathValidatorException(
                      "revoked", null, null, -1, CertPathValidatorException.BasicReason.REVOKED));
            });
    assertThat(TlsFixture.failure(TlsFixture.verdict(enforcedBy(revoking), fixture.ca.issue(MX))))
        .contains(ResultType.CERTIFICATE_NOT_TRUSTED);
  }

  @Test
  void supportsATrustManagerWithoutSocketMethods() {
    X509TrustManager anchors = fixture.ca.trustManager();
    BasicTrustManager basic =
        new BasicTrustManager(chain -> anchors.checkServerTrusted(chain, "UNKNOWN"));
    assertThat(TlsFixture.verdict(enforcedBy(basic), fixture.ca.issue(MX)))
        .isInstanceOf(TlsVerdict.Trusted.class);
    assertThat(TlsFixture.failure(TlsFixture.verdict(enforcedBy(basic), TestCa.create().issue(MX))))
        .contains(ResultType.CERTIFICATE_NOT_TRUSTED);
    assertThat(basic.calls()).isEqualTo(2);
  }

  @Test
  void checksNamesEvenIfTheGivenTrustManagerAcceptsAnyChain() {
    MxTls tls = enforcedBy(new BasicTrustManager(chain -> {}));
    assertThat(TlsFixture.failure(TlsFixture.verdict(tls, TestCa.create().issue("other.example"))))
        .contains(ResultType.CERTIFICATE_HOST_MISMATCH);
  }

  @Test
  void rejectsAChainAtWhichTheGivenTrustManagerThrows() {
    MxTls tls =
        enforcedBy(
            new BasicTrustManager(
                chain -> {
                  throw new IllegalStateException("broken");
                }));
    TlsVerdict verdict = TlsFixture.verdict(tls, fixture.ca.issue(MX));
    assertThat(TlsFixture.failure(verdict)).contains(ResultType.CERTIFICATE_NOT_TRUSTED);
    assertThat(verdict.detail()).contains("IllegalStateException", "Fix the trust manager");
  }

  /** For example a missing library, or a stack overflow caused by the chain. */
  @Test
  void doesNotBlockInTestingWhenTheGivenTrustManagerThrowsAnError() throws IOException {
    BasicTrustManager broken =
        new BasicTrustManager(
            chain -> {
              throw new NoClassDefFoundError("broken");
            });
    MxTls tls =
        MxTls.forDecision(fixture.listed(Requirement.TESTING, MX, fixture.settings(broken)));
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(MX));
        SSLSocket socket = TlsFixture.startTls(tls, server.address())) {
      assertThat(socket.getSession().isValid()).isTrue();
    }
    TlsVerdict verdict = tls.verdict().orElseThrow();
    assertThat(TlsFixture.failure(verdict)).contains(ResultType.CERTIFICATE_NOT_TRUSTED);
    assertThat(verdict.detail()).contains("NoClassDefFoundError", "Fix the trust manager");
  }

  @Test
  void usesThePlatformAnchorsByDefault() {
    MxTls tls = MxTls.forDecision(fixture.listed(Requirement.ENFORCED, MX, MxTlsSettings.DEFAULT));
    assertThat(TlsFixture.failure(TlsFixture.verdict(tls, fixture.ca.issue(MX))))
        .contains(ResultType.CERTIFICATE_NOT_TRUSTED);
  }

  private void assertTrusted(TestCertificate certificate) throws SSLException {
    TlsVerdict bySocket = TlsFixture.verdict(fixture.enforced(MX), certificate);
    assertThat(bySocket).as(bySocket.detail()).isInstanceOf(TlsVerdict.Trusted.class);
    assertThat(byEngine(certificate)).isInstanceOf(TlsVerdict.Trusted.class);
  }

  private void assertRejected(TestCertificate certificate, ResultType type) throws SSLException {
    TlsVerdict bySocket = TlsFixture.verdict(fixture.enforced(MX), certificate);
    assertThat(bySocket.isBlocking()).isTrue();
    assertThat(TlsFixture.failure(bySocket)).contains(type);
    TlsVerdict byEngine = byEngine(certificate);
    assertThat(byEngine.isBlocking()).isFalse();
    assertThat(TlsFixture.failure(byEngine)).contains(type);
  }

  private String detail(TestCertificate certificate) {
    return TlsFixture.verdict(fixture.enforced(MX), certificate).detail();
  }

  private MxTls enforcedBy(X509TrustManager anchors) {
    return MxTls.forDecision(fixture.listed(Requirement.ENFORCED, MX, fixture.settings(anchors)));
  }

  private TlsVerdict byEngine(TestCertificate certificate) throws SSLException {
    MxTls tls = fixture.testing(MX);
    SSLEngine server = certificate.serverContext().createSSLEngine();
    EnginePair.handshake(tls.newEngine(), server);
    return tls.verdict().orElseThrow();
  }

  /** A trust manager of the old interface, which gets only the chain; counts its calls. */
  static final class BasicTrustManager implements X509TrustManager {
    /** Checks a chain. */
    interface Check {
      void run(X509Certificate[] chain) throws CertificateException;
    }

    private final Check check;
    private final AtomicInteger calls = new AtomicInteger();

    BasicTrustManager(Check check) {
      this.check = check;
    }

    int calls() {
      return calls.get();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      calls.incrementAndGet();
      check.run(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
      throw new IllegalStateException("no clients expected");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
