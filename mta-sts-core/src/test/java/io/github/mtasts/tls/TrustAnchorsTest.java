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

/** How the given trust manager is asked. */
final class TrustAnchorsTest {
  private final World world = new World();
  private final Witness witness = new Witness();
  private final MxTls tls =
      MxTls.forDecision(world.listed(Requirement.ENFORCED, World.MX, world.settings(witness)));

  @Test
  void asksByTheSocketWhereThereIsOne() throws IOException {
    try (ScriptedMx server = World.server(world.ca.issue(World.MX));
        SSLSocket socket = World.startTls(tls, server.address())) {
      assertThat(socket.getSession().isValid()).isTrue();
      assertThat(witness.calls).containsExactly("socket, identification null");
    }
  }

  @Test
  void asksByTheEngineWhereThereIsOne() throws IOException {
    EnginePair.handshake(tls.newEngine(), server());
    assertThat(witness.calls).containsExactly("engine, identification null");
  }

  @Test
  void asksByTheChainAloneWhereThereIsNeither() throws CertificateException {
    TestCertificate certificate = world.ca.issue(World.MX);
    X509Certificate[] chain = certificate.chain().toArray(X509Certificate[]::new);
    tls.trustManager().checkServerTrusted(chain, "UNKNOWN");
    tls.trustManager().checkServerTrusted(chain, "UNKNOWN", new Socket());
    assertThat(witness.calls).containsExactly("chain", "chain");
  }

  @Test
  void keepsTheJdkFromComparingNamesInAnEngine() throws IOException {
    SSLEngine client = tls.newEngine();
    identifyBy("HTTPS", client);
    EnginePair.handshake(client, server());
    assertThat(witness.calls).containsExactly("engine, identification ");
    assertThat(client.getSSLParameters().getEndpointIdentificationAlgorithm()).isEqualTo("HTTPS");
  }

  @Test
  void keepsTheJdkFromComparingNamesInASocket() throws IOException {
    try (ScriptedMx server = World.server(world.ca.issue(World.MX));
        Socket plain = World.connect(server.address());
        SSLSocket socket =
            (SSLSocket) tls.socketFactory().createSocket(plain, "localhost", 25, true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("LDAPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      assertThat(witness.calls).containsExactly("socket, identification ");
      assertThat(socket.getSSLParameters().getEndpointIdentificationAlgorithm()).isEqualTo("LDAPS");
    }
  }

  @Test
  void comparesByItsOwnRulesThoughTheCallerAsksTheJdkTo() {
    MxTls strict = world.enforced(World.MX);
    SSLEngine client = strict.newEngine();
    identifyBy("HTTPS", client);
    TestCertificate commonName = world.ca.leaf().commonName(World.MX).issue();
    SSLEngine server = commonName.serverContext().createSSLEngine();
    assertThat(catchThrowable(() -> EnginePair.handshake(client, server)))
        .isInstanceOf(SSLHandshakeException.class)
        .hasCauseInstanceOf(MxCertificateException.class);
    assertThat(World.failure(strict.verdict().orElseThrow()))
        .contains(ResultType.CERTIFICATE_HOST_MISMATCH);
  }

  private SSLEngine server() {
    return world.ca.issue(World.MX).serverContext().createSSLEngine();
  }

  private static void identifyBy(String algorithm, SSLEngine engine) {
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(algorithm);
    engine.setSSLParameters(parameters);
  }

  /** Trusts everybody and notes how it was asked. */
  private static final class Witness extends X509ExtendedTrustManager {
    private final List<String> calls = new ArrayList<>();

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
      calls.add("chain");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
      calls.add("socket, identification " + seen(((SSLSocket) socket).getSSLParameters()));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
      calls.add("engine, identification " + seen(engine.getSSLParameters()));
    }

    private static @Nullable String seen(SSLParameters parameters) {
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
