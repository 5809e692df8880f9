// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCertificate;
import java.io.IOException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How the given trust manager is called. */
final class ChainVerifierTest {
  private final TlsFixture fixture = new TlsFixture();
  private final RecordingTrustManager recorder = new RecordingTrustManager();
  private final MxTls tls =
      MxTls.forDecision(
          fixture.listed(Requirement.ENFORCED, TlsFixture.MX, fixture.settings(recorder)));

  @Test
  void passesTheSocketIfThereIsOne() throws IOException {
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX));
        SSLSocket socket = TlsFixture.startTls(tls, server.address())) {
      assertThat(socket.getSession().isValid()).isTrue();
      assertThat(recorder.calls).containsExactly("socket, identification null");
    }
  }

  @Test
  void passesTheEngineIfThereIsOne() throws IOException {
    EnginePair.handshake(tls.newEngine(), server());
    assertThat(recorder.calls).containsExactly("engine, identification null");
  }

  @Test
  void passesOnlyTheChainIfThereIsNeither() throws CertificateException {
    TestCertificate certificate = fixture.ca.issue(TlsFixture.MX);
    X509Certificate[] chain = certificate.chain().toArray(X509Certificate[]::new);
    tls.trustManager().checkServerTrusted(chain, "UNKNOWN");
    tls.trustManager().checkServerTrusted(chain, "UNKNOWN", new Socket());
    assertThat(recorder.calls).containsExactly("chain", "chain");
  }

  @Test
  void turnsOffTheNameCheckOfTheJdkInAnEngine() throws IOException {
    SSLEngine client = tls.newEngine();
    setIdentification("HTTPS", client);
    EnginePair.handshake(client, server());
    assertThat(recorder.calls).containsExactly("engine, identification ");
    assertThat(client.getSSLParameters().getEndpointIdentificationAlgorithm()).isEqualTo("HTTPS");
  }

  @Test
  void turnsOffTheNameCheckOfTheJdkInASocket() throws IOException {
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX));
        Socket plain = TlsFixture.connect(server.address());
        SSLSocket socket =
            (SSLSocket) tls.socketFactory().createSocket(plain, "localhost", 25, true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("LDAPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      assertThat(recorder.calls).containsExactly("socket, identification ");
      assertThat(socket.getSSLParameters().getEndpointIdentificationAlgorithm()).isEqualTo("LDAPS");
    }
  }

  @Test
  void checksNamesItselfEvenIfTheCallerEnablesTheJdksCheck() {
    MxTls strict = fixture.enforced(TlsFixture.MX);
    SSLEngine client = strict.newEngine();
    setIdentification("HTTPS", client);
    TestCertificate commonName = fixture.ca.leaf().commonName(TlsFixture.MX).issue();
    SSLEngine server = commonName.serverContext().createSSLEngine();
    assertThat(catchThrowable(() -> EnginePair.handshake(client, server)))
        .isInstanceOf(SSLHandshakeException.class)
        .hasCauseInstanceOf(MxCertificateException.class);
    assertThat(TlsFixture.failure(strict.verdict().orElseThrow()))
        .contains(ResultType.CERTIFICATE_HOST_MISMATCH);
  }

  private SSLEngine server() {
    return fixture.ca.issue(TlsFixture.MX).serverContext().createSSLEngine();
  }

  private static void setIdentification(String algorithm, SSLEngine engine) {
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(algorithm);
    engine.setSSLParameters(parameters);
  }

  /** Trusts every server and records how it was called. */
  private static final class RecordingTrustManager extends X509ExtendedTrustManager {
    private final List<String> calls = new ArrayList<>();

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
      calls.add("chain");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
      calls.add(
          "socket, identification " + identification(((SSLSocket) socket).getSSLParameters()));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
      calls.add("engine, identification " + identification(engine.getSSLParameters()));
    }

    private static @Nullable String identification(SSLParameters parameters) {
      return parameters.getEndpointIdentificationAlgorithm();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String authType, @Nullable Socket socket) {}

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
