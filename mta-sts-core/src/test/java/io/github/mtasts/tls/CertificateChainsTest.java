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

/** Which certificates are trusted, by sockets and by engines, and what the others are called. */
final class CertificateChainsTest {
  private static final String MX = World.MX;

  private final World world = new World();

  @Test
  void trustsAChainToTheAnchor() throws SSLException {
    assertTrusted(world.ca.issue(MX));
    assertTrusted(world.ca.leaf().dnsNames(MX).withIntermediate().issue());
  }

  @Test
  @Tag("rfc-item-66")
  void callsAnExpiredCertificateExpired() throws SSLException {
    TestCertificate expired = world.ca.leaf().dnsNames(MX).expired().issue();
    assertRejected(expired, ResultType.CERTIFICATE_EXPIRED);
    assertThat(detail(expired))
        .contains(
            "expected one that is valid now",
            expired.certificate().getNotAfter().toInstant().toString(),
            "renew");
  }

  @Test
  void namesTheDatesOfTheIntermediateWhereThatOneHasExpired() throws SSLException {
    TestCertificate stale = world.ca.leaf().dnsNames(MX).withExpiredIntermediate().issue();
    assertRejected(stale, ResultType.CERTIFICATE_EXPIRED);
    assertThat(detail(stale)).contains(stale.chain().get(1).getNotAfter().toInstant().toString());
  }

  @Test
  @Tag("rfc-item-67")
  void callsAnUnknownAuthorityNotTrusted() throws SSLException {
    TestCertificate unknown = TestCa.create("Mallory").issue(MX);
    assertRejected(unknown, ResultType.CERTIFICATE_NOT_TRUSTED);
    assertThat(detail(unknown)).contains("leads to no trust anchor", "issued by CN=Mallory");
  }

  @Test
  void callsASelfSignedCertificateNotTrusted() throws SSLException {
    TestCertificate selfSigned = world.ca.leaf().dnsNames(MX).selfSigned().issue();
    assertRejected(selfSigned, ResultType.CERTIFICATE_NOT_TRUSTED);
    assertThat(detail(selfSigned)).contains("the certificate is self-signed");
  }

  @Test
  void callsAMissingIntermediateNotTrusted() throws SSLException {
    TestCertificate incomplete = world.ca.leaf().dnsNames(MX).withMissingIntermediate().issue();
    assertRejected(incomplete, ResultType.CERTIFICATE_NOT_TRUSTED);
    assertThat(detail(incomplete)).contains("together with its intermediate ones");
  }

  @Test
  void callsANotYetValidCertificateNotTrusted() throws SSLException {
    TestCertificate early = world.ca.leaf().dnsNames(MX).notYetValid().issue();
    assertRejected(early, ResultType.CERTIFICATE_NOT_TRUSTED);
    assertThat(detail(early))
        .contains("not yet valid", early.certificate().getNotBefore().toInstant().toString());
  }

  @Test
  @Tag("rfc-item-193")
  void heedsExtendedKeyUsageAndNameConstraints() throws SSLException {
    assertRejected(
        world.ca.leaf().dnsNames(MX).clientAuthOnly().issue(), ResultType.CERTIFICATE_NOT_TRUSTED);
    assertRejected(
        world.ca.leaf().dnsNames(MX).withConstrainedIntermediate("example.org").issue(),
        ResultType.CERTIFICATE_NOT_TRUSTED);
    assertTrusted(world.ca.leaf().dnsNames(MX).withConstrainedIntermediate("example.com").issue());
  }

  @Test
  void refusesAShortRsaKey() throws SSLException {
    assertRejected(
        world.ca.leaf().dnsNames(MX).rsa1024().issue(), ResultType.CERTIFICATE_NOT_TRUSTED);
    assertThat(detail(world.ca.leaf().dnsNames(MX).rsa1024().issue()))
        .contains("expected an RSA key of at least 2048 bits, found 1024");
    assertTrusted(world.ca.leaf().dnsNames(MX).rsa2048().issue());
  }

  @Test
  void callsWhatIsExpiredExpiredWhateverItsNames() throws SSLException {
    assertRejected(
        world.ca.leaf().dnsNames("other.example").expired().issue(),
        ResultType.CERTIFICATE_EXPIRED);
    assertRejected(TestCa.create().issue("other.example"), ResultType.CERTIFICATE_NOT_TRUSTED);
  }

  @Test
  @Tag("rfc-item-69")
  void leavesRevocationToTheGivenTrustManager() {
    X509TrustManager revoking =
        new PlainTrust(
            chain -> {
              throw new CertificateException(
                  new CertPathValidatorException(
                      "revoked", null, null, -1, CertPathValidatorException.BasicReason.REVOKED));
            });
    assertThat(World.failure(World.verdict(enforcedBy(revoking), world.ca.issue(MX))))
        .contains(ResultType.CERTIFICATE_NOT_TRUSTED);
  }

  @Test
  void asksATrustManagerThatKnowsNoSockets() {
    X509TrustManager anchors = world.ca.trustManager();
    PlainTrust plain = new PlainTrust(chain -> anchors.checkServerTrusted(chain, "UNKNOWN"));
    assertThat(World.verdict(enforcedBy(plain), world.ca.issue(MX)))
        .isInstanceOf(TlsVerdict.Trusted.class);
    assertThat(World.failure(World.verdict(enforcedBy(plain), TestCa.create().issue(MX))))
        .contains(ResultType.CERTIFICATE_NOT_TRUSTED);
    assertThat(plain.asked()).isEqualTo(2);
  }

  @Test
  void comparesNamesThoughTheGivenTrustManagerTakesAnyChain() {
    MxTls tls = enforcedBy(new PlainTrust(chain -> {}));
    assertThat(World.failure(World.verdict(tls, TestCa.create().issue("other.example"))))
        .contains(ResultType.CERTIFICATE_HOST_MISMATCH);
  }

  @Test
  void doesNotTrustWhatTheGivenTrustManagerStumblesOver() {
    MxTls tls =
        enforcedBy(
            new PlainTrust(
                chain -> {
                  throw new IllegalStateException("broken");
                }));
    TlsVerdict verdict = World.verdict(tls, world.ca.issue(MX));
    assertThat(World.failure(verdict)).contains(ResultType.CERTIFICATE_NOT_TRUSTED);
    assertThat(verdict.detail()).contains("IllegalStateException", "Mend the trust manager");
  }

  /** A library that is not there, or a chain at which the stack runs over. */
  @Test
  void blocksNothingInTestingBecauseOfAnErrorOfTheGivenTrustManager() throws IOException {
    PlainTrust broken =
        new PlainTrust(
            chain -> {
              throw new NoClassDefFoundError("broken");
            });
    MxTls tls = MxTls.forDecision(world.listed(Requirement.TESTING, MX, world.settings(broken)));
    try (ScriptedMx server = World.server(world.ca.issue(MX));
        SSLSocket socket = World.startTls(tls, server.address())) {
      assertThat(socket.getSession().isValid()).isTrue();
    }
    TlsVerdict verdict = tls.verdict().orElseThrow();
    assertThat(World.failure(verdict)).contains(ResultType.CERTIFICATE_NOT_TRUSTED);
    assertThat(verdict.detail()).contains("NoClassDefFoundError", "Mend the trust manager");
  }

  @Test
  void trustsTheAnchorsOfThePlatformUnlessGivenOthers() {
    MxTls tls = MxTls.forDecision(world.listed(Requirement.ENFORCED, MX, MxTlsSettings.DEFAULT));
    assertThat(World.failure(World.verdict(tls, world.ca.issue(MX))))
        .contains(ResultType.CERTIFICATE_NOT_TRUSTED);
  }

  private void assertTrusted(TestCertificate certificate) throws SSLException {
    TlsVerdict bySocket = World.verdict(world.enforced(MX), certificate);
    assertThat(bySocket).as(bySocket.detail()).isInstanceOf(TlsVerdict.Trusted.class);
    assertThat(byEngine(certificate)).isInstanceOf(TlsVerdict.Trusted.class);
  }

  private void assertRejected(TestCertificate certificate, ResultType type) throws SSLException {
    TlsVerdict bySocket = World.verdict(world.enforced(MX), certificate);
    assertThat(bySocket.isBlocking()).isTrue();
    assertThat(World.failure(bySocket)).contains(type);
    TlsVerdict byEngine = byEngine(certificate);
    assertThat(byEngine.isBlocking()).isFalse();
    assertThat(World.failure(byEngine)).contains(type);
  }

  private String detail(TestCertificate certificate) {
    return World.verdict(world.enforced(MX), certificate).detail();
  }

  private MxTls enforcedBy(X509TrustManager anchors) {
    return MxTls.forDecision(world.listed(Requirement.ENFORCED, MX, world.settings(anchors)));
  }

  private TlsVerdict byEngine(TestCertificate certificate) throws SSLException {
    MxTls tls = world.testing(MX);
    SSLEngine server = certificate.serverContext().createSSLEngine();
    EnginePair.handshake(tls.newEngine(), server);
    return tls.verdict().orElseThrow();
  }

  /** The old kind of trust manager, with nothing but the chain to go by. */
  static final class PlainTrust implements X509TrustManager {
    /** Judges a chain. */
    interface Judge {
      void check(X509Certificate[] chain) throws CertificateException;
    }

    private final Judge judge;
    private final AtomicInteger asked = new AtomicInteger();

    PlainTrust(Judge judge) {
      this.judge = judge;
    }

    int asked() {
      return asked.get();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      asked.incrementAndGet();
      judge.check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
      throw new IllegalStateException("there are no clients here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
