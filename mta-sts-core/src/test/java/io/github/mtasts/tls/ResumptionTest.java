// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session is never trusted because an earlier session was. */
final class ResumptionTest {
  private final TlsFixture fixture = new TlsFixture();
  private final CertificateChainsTest.BasicTrustManager anchors =
      new CertificateChainsTest.BasicTrustManager(chain -> {});
  private final SSLContext serverContext = fixture.ca.issue(TlsFixture.MX).serverContext();

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void verifiesInEachHandshakeOfAnAttempt(String protocol) throws IOException {
    MxTls tls = tls();
    SSLContext context = tls.sslContext();
    for (int i = 1; i <= 3; i++) {
      SSLEngine client = context.createSSLEngine(TlsFixture.MX, 25);
      handshake(client, protocol);
      assertThat(anchors.calls()).isEqualTo(i);
    }
    handshake(tls.newEngine(), protocol);
    handshake(tls.newEngine(), protocol);
    assertThat(anchors.calls()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void verifiesOnlyOnceInAContextOfTheJdk(String protocol) throws Exception {
    SSLContext shared = SSLContext.getInstance("TLS");
    shared.init(null, new TrustManager[] {tls().trustManager()}, null);
    for (int i = 1; i <= 3; i++) {
      SSLEngine client = shared.createSSLEngine(TlsFixture.MX, 25);
      client.setUseClientMode(true);
      handshake(client, protocol);
    }
    assertThat(anchors.calls()).isEqualTo(1);
  }

  @Test
  void verifiesForEachSocketOfAnAttempt() throws IOException {
    MxTls tls = tls();
    try (ScriptedMx server = oneServer()) {
      for (int i = 1; i <= 3; i++) {
        try (SSLSocket socket = TlsFixture.startTls(tls, server.address())) {
          exchangeData(socket);
          assertThat(anchors.calls()).isEqualTo(i);
        }
      }
    }
  }

  @Test
  void doesNotResumeASessionOfAnotherDecision() throws IOException {
    TestCertificate untrusted = TestCa.create("Mallory").issue(TlsFixture.MX);
    try (ScriptedMx server = TlsFixture.server(untrusted)) {
      try (SSLSocket socket =
          TlsFixture.startTls(fixture.testing(TlsFixture.MX), server.address())) {
        assertThat(socket.getSession().isValid()).isTrue();
      }
      MxTls strict = fixture.enforced(TlsFixture.MX);
      try {
        TlsFixture.startTls(strict, server.address()).close();
      } catch (SSLException e) {
        // Expected.
      }
      assertThat(strict.verdict().orElseThrow().isBlocking()).isTrue();
    }
  }

  private MxTls tls() {
    return MxTls.forDecision(
        fixture.listed(Requirement.ENFORCED, TlsFixture.MX, fixture.settings(anchors)));
  }

  /** One key and one context for all connections, so that sessions can be resumed. */
  private ScriptedMx oneServer() {
    return TlsFixture.server(fixture.ca.issue(TlsFixture.MX));
  }

  private void handshake(SSLEngine client, String protocol) throws SSLException {
    client.setEnabledProtocols(new String[] {protocol});
    EnginePair.handshake(client, serverContext.createSSLEngine());
  }

  /** TLS 1.3 sends session tickets with the first data. */
  private static void exchangeData(SSLSocket socket) throws IOException {
    socket.getOutputStream().write("NOOP\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(socket.getInputStream().read()).isEqualTo('2');
  }
}
