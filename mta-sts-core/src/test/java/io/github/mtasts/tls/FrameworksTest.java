// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCertificate;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.KeyManagementException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;

/** The factory, the context and the trust manager, as frameworks use them. */
final class FrameworksTest {
  private final TlsFixture fixture = new TlsFixture();
  private final MxTls tls = fixture.enforced(TlsFixture.MX);

  @Test
  void supportsEveryMethodThatReturnsAConnectedSocket() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    SSLSocketFactory factory = tls.sslContext().getSocketFactory();
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX))) {
      int port = server.address().getPort();
      for (Socket socket :
          List.of(
              factory.createSocket("127.0.0.1", port),
              factory.createSocket("127.0.0.1", port, loopback, 0),
              factory.createSocket(loopback, port),
              factory.createSocket(loopback, port, loopback, 0))) {
        try (SSLSocket secured = (SSLSocket) socket) {
          secured.startHandshake();
          assertThat(secured.getPort()).isEqualTo(port);
        }
      }
      assertThat(server.sniSeen()).containsOnly(TlsFixture.MX).hasSize(4);
    }
  }

  @Test
  void reportsARefusedConnection() throws IOException {
    int port;
    try (ServerSocket taken = new ServerSocket(0)) {
      port = taken.getLocalPort();
    }
    assertThatThrownBy(() -> tls.socketFactory().createSocket("127.0.0.1", port))
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void closesTheTcpSocketOnlyIfRequested() throws IOException {
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX));
        Socket kept = TlsFixture.connect(server.address());
        Socket given = TlsFixture.connect(server.address())) {
      tls.socketFactory().createSocket(kept, "x", 25, false).close();
      tls.socketFactory().createSocket(given, "x", 25, true).close();
      assertThat(kept.isClosed()).isFalse();
      assertThat(given.isClosed()).isTrue();
    }
  }

  @Test
  void closesTheTcpSocketTogetherWithTheTlsSocket() throws IOException {
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX));
        Socket plain = TlsFixture.connect(server.address())) {
      tls.startTls(plain).close();
      assertThat(plain.isClosed()).isTrue();
    }
  }

  @Test
  void listsCipherSuites() {
    assertThat(tls.socketFactory().getDefaultCipherSuites()).contains("TLS_AES_128_GCM_SHA256");
    assertThat(tls.socketFactory().getSupportedCipherSuites()).contains("TLS_AES_128_GCM_SHA256");
  }

  @Test
  void createsEnginesFromTheContext() throws IOException {
    SSLContext context = tls.sslContext();
    TestCertificate wrong = fixture.ca.issue("other.example");
    for (SSLEngine client :
        List.of(context.createSSLEngine(), context.createSSLEngine("other.example", 25))) {
      assertThat(client.getPeerHost()).isEqualTo(TlsFixture.MX);
      SSLEngine server = wrong.serverContext().createSSLEngine();
      assertThatThrownBy(() -> EnginePair.handshake(client, server))
          .hasCauseInstanceOf(MxCertificateException.class);
    }
  }

  @Test
  void setsNameAndVersionsInTheParametersOfTheContext() {
    SSLContext context = tls.sslContext();
    assertThat(context.getDefaultSSLParameters().getServerNames())
        .containsExactly(new SNIHostName(TlsFixture.MX));
    assertThat(context.getDefaultSSLParameters().getProtocols())
        .containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3");
    assertThat(context.getSupportedSSLParameters().getProtocols()).contains("TLSv1.3");
    assertThat(context.getProtocol()).isEqualTo("TLS");
    assertThat(context.getClientSessionContext()).isNotNull();
    assertThat(context.getServerSessionContext()).isNotNull();
  }

  @Test
  void refusesToReplaceTheTrustManagerOfTheContext() {
    assertThatThrownBy(() -> tls.sslContext().init(null, null, null))
        .isInstanceOf(KeyManagementException.class);
    assertThatThrownBy(() -> tls.sslContext().getServerSocketFactory())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void refusesClientCertificates() {
    X509ExtendedTrustManager trustManager = tls.trustManager();
    X509Certificate[] chain =
        fixture.ca.issue(TlsFixture.MX).chain().toArray(X509Certificate[]::new);
    assertThatThrownBy(() -> trustManager.checkClientTrusted(chain, "RSA"))
        .isInstanceOf(CertificateException.class);
    assertThatThrownBy(() -> trustManager.checkClientTrusted(chain, "RSA", new Socket()))
        .isInstanceOf(CertificateException.class);
    assertThatThrownBy(() -> trustManager.checkClientTrusted(chain, "RSA", tls.newEngine()))
        .isInstanceOf(CertificateException.class);
    assertThat(trustManager.getAcceptedIssuers()).isEmpty();
  }

  @Test
  void refusesAnEmptyChain() {
    assertThatThrownBy(() -> tls.trustManager().checkServerTrusted(new X509Certificate[0], "RSA"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a certificate");
  }

  @Test
  void rejectsAnOldVersionThatACallersContextAccepted() {
    MxCertificateVerifier verifier =
        new MxCertificateVerifier(
            fixture.listed(Requirement.ENFORCED, TlsFixture.MX, fixture.settings()));
    for (String old : List.of("SSLv2Hello", "SSLv3", "TLSv1", "TLSv1.1")) {
      assertThat(verifier.verifyProtocol(session(old)).orElseThrow().detail())
          .contains("expected TLS 1.2 or newer, found " + old);
    }
    for (String fine : List.of("TLSv1.2", "TLSv1.3", "TLSv1.4")) {
      assertThat(verifier.verifyProtocol(session(fine))).isEmpty();
    }
  }

  @Test
  void rejectsASessionWithoutACertificate() {
    MxTls strict = fixture.enforced(TlsFixture.MX);
    MxTrustManager trustManager = (MxTrustManager) strict.trustManager();
    assertThatThrownBy(() -> trustManager.ensureVerified(session("TLSv1.2")))
        .isInstanceOf(MxCertificateException.class)
        .hasMessageContaining("expected one, found none");
  }

  /** A session of which only the version is known. */
  private static SSLSession session(String protocol) {
    return (SSLSession)
        Proxy.newProxyInstance(
            FrameworksTest.class.getClassLoader(),
            new Class<?>[] {SSLSession.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getProtocol")) {
                return protocol;
              }
              throw new SSLPeerUnverifiedException("no certificate");
            });
  }
}
