// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCa;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Other JSSE providers, including one that ignores trust managers. */
final class ForeignProviderTest {
  private final TlsFixture fixture = new TlsFixture();

  @Test
  void usesTheContextOfTheGivenProvider() {
    MxTls tls = tls(Requirement.ENFORCED, new TrustAllProvider());
    assertThat(tls.sslContext().getProvider().getName()).isEqualTo("TrustAllProvider");
  }

  @Test
  void reportsAProviderWithoutTls() {
    MxTls tls =
        tls(
            Requirement.ENFORCED,
            new Provider("Empty", "1", "an empty provider") {
              private static final long serialVersionUID = 1;
            });
    assertThatThrownBy(tls::newEngine)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("give the resolver's builder a provider that supports TLS");
  }

  @Test
  void verifiesTheSessionWhenTheProviderDoesNot() throws IOException {
    MxTls good = tls(Requirement.ENFORCED, new TrustAllProvider());
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX));
        SSLSocket socket = TlsFixture.startTls(good, server.address())) {
      assertThat(socket.getSession().isValid()).isTrue();
      assertThat(good.verdict().orElseThrow()).isInstanceOf(TlsVerdict.Trusted.class);
    }
  }

  @Test
  void verifiesEachSessionWhenTheProviderDoesNot() throws IOException {
    CertificateChainsTest.BasicTrustManager anchors =
        new CertificateChainsTest.BasicTrustManager(chain -> {});
    MxTlsSettings settings =
        new MxTlsSettings(
            Optional.of(anchors), Optional.of(new TrustAllProvider()), new ResolverListener() {});
    MxTls tls = MxTls.forDecision(fixture.listed(Requirement.ENFORCED, TlsFixture.MX, settings));
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX))) {
      TlsFixture.startTls(tls, server.address()).close();
      TlsFixture.startTls(tls, server.address()).close();
    }
    assertThat(anchors.calls()).isEqualTo(2);
  }

  @Test
  void returnsNoSocketWhenItRejectsTheSession() throws IOException {
    MxTls bad = tls(Requirement.ENFORCED, new TrustAllProvider());
    try (ScriptedMx server = TlsFixture.server(TestCa.create().issue(TlsFixture.MX));
        Socket plain = TlsFixture.connect(server.address())) {
      assertThatThrownBy(() -> bad.startTls(plain))
          .isInstanceOf(SSLHandshakeException.class)
          .hasCauseInstanceOf(MxCertificateException.class);
      assertThat(plain.isClosed()).isTrue();
      assertThat(TlsFixture.failure(bad.verdict().orElseThrow()))
          .contains(ResultType.CERTIFICATE_NOT_TRUSTED);
    }
  }

  @Test
  void recordsAFailureInTestingWhenTheProviderDoesNotVerify() throws IOException {
    MxTls tested = tls(Requirement.TESTING, new TrustAllProvider());
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue("other.example"));
        SSLSocket socket = TlsFixture.startTls(tested, server.address())) {
      assertThat(socket.getSession().isValid()).isTrue();
      assertThat(TlsFixture.failure(tested.verdict().orElseThrow()))
          .contains(ResultType.CERTIFICATE_HOST_MISMATCH);
    }
  }

  private MxTls tls(Requirement requirement, Provider provider) {
    MxTlsSettings settings =
        new MxTlsSettings(
            Optional.of(fixture.ca.trustManager()),
            Optional.of(provider),
            new ResolverListener() {});
    return MxTls.forDecision(fixture.listed(requirement, TlsFixture.MX, settings));
  }

  /** A provider that trusts every server and ignores the given trust manager. */
  private static final class TrustAllProvider extends Provider {
    private static final long serialVersionUID = 1;

    private TrustAllProvider() {
      super("TrustAllProvider", "1", "trusts every server");
      put("SSLContext.TLS", TrustAllContext.class.getName());
    }
  }

  /** Public because the provider creates it by reflection. */
  public static final class TrustAllContext extends SSLContextSpi {
    private final SSLContext real;

    /**
     * Called by the provider.
     *
     * @throws GeneralSecurityException if the JDK has no TLS
     */
    public TrustAllContext() throws GeneralSecurityException {
      real = SSLContext.getInstance("TLS", "SunJSSE");
    }

    @Override
    protected void engineInit(
        KeyManager @Nullable [] keys,
        TrustManager @Nullable [] trust,
        @Nullable SecureRandom random)
        throws KeyManagementException {
      real.init(keys, new TrustManager[] {new AcceptingTrustManager()}, random);
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return real.getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return real.getServerSocketFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return real.createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return real.createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return real.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return real.getClientSessionContext();
    }
  }

  private static final class AcceptingTrustManager implements X509TrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
