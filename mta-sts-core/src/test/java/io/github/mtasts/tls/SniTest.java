// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server name that a client sends. */
final class SniTest {
  private final TlsFixture fixture = new TlsFixture();

  @Test
  @Tag("rfc-item-86")
  void sendsTheNameOfTheMxHost() throws IOException {
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX));
        SSLSocket socket = TlsFixture.startTls(fixture.enforced(TlsFixture.MX), server.address())) {
      assertThat(socket.getSession().isValid()).isTrue();
      assertThat(server.sniSeen()).containsExactly(TlsFixture.MX);
    }
  }

  @Test
  @Tag("rfc-item-84")
  void receivesTheCertificateForTheMxHost() throws IOException {
    try (MxServer server =
        MxServer.builder()
            .certificate(fixture.ca.issue("fallback.example"))
            .certificateFor(TlsFixture.MX, fixture.ca.issue(TlsFixture.MX))
            .start()) {
      MxTls tls = fixture.enforced(TlsFixture.MX);
      startTls(tls, server).close();
      assertThat(tls.verdict().orElseThrow()).isInstanceOf(TlsVerdict.Trusted.class);
    }
  }

  @Test
  @Tag("rfc-item-88")
  @Tag("rfc-item-89")
  void verifiesAFallbackCertificateLikeAnyOther() throws IOException {
    try (MxServer server =
        MxServer.builder()
            .certificate(fixture.ca.issue("fallback.example"))
            .certificateFor("another.example", fixture.ca.issue(TlsFixture.MX))
            .start()) {
      MxTls tls = fixture.testing(TlsFixture.MX);
      startTls(tls, server).close();
      assertThat(TlsFixture.failure(tls.verdict().orElseThrow()))
          .contains(ResultType.CERTIFICATE_HOST_MISMATCH);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mail_1.example.com", "-mail.example.com", "a--b.example.com", "mail"})
  @Tag("rfc-item-227")
  void sendsUnusualNamesToo(String host) throws IOException {
    assertThat(clientHello(host)).contains(host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1", "[192.0.2.1]", "2001:db8::1", "", "no name", "a..b"})
  void sendsNoNameIfTheHostIsNotAName(String host) throws IOException {
    assertThat(fixture.testing(host).newEngine().getSSLParameters().getServerNames()).isEmpty();
    String hello = clientHello(host);
    assertThat(hello).isNotEmpty();
    if (!host.isEmpty()) {
      assertThat(hello).doesNotContain(host);
    }
  }

  @Test
  void ignoresTheNameThatAFrameworkPasses() throws IOException {
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX));
        Socket plain = TlsFixture.connect(server.address());
        SSLSocket socket =
            (SSLSocket)
                fixture
                    .enforced(TlsFixture.MX)
                    .socketFactory()
                    .createSocket(plain, "reverse.example", 25, true)) {
      socket.startHandshake();
      assertThat(server.sniSeen()).containsExactly(TlsFixture.MX);
    }
  }

  @Test
  void ignoresTheNameOfTheConnectedAddress() throws IOException {
    InetAddress named = InetAddress.getByAddress("reverse.example", new byte[] {127, 0, 0, 1});
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX));
        SSLSocket socket =
            (SSLSocket)
                fixture
                    .enforced(TlsFixture.MX)
                    .socketFactory()
                    .createSocket(named, server.address().getPort())) {
      socket.startHandshake();
      assertThat(server.sniSeen()).containsExactly(TlsFixture.MX);
    }
  }

  @Test
  void keepsTheNameWhenAnUnconnectedSocketIsConnected() throws IOException {
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX));
        SSLSocket socket =
            (SSLSocket) fixture.enforced(TlsFixture.MX).socketFactory().createSocket()) {
      InetAddress address = InetAddress.getByAddress(TlsFixture.MX, new byte[] {127, 0, 0, 1});
      socket.connect(new InetSocketAddress(address, server.address().getPort()), 20_000);
      socket.startHandshake();
      assertThat(server.sniSeen()).containsExactly(TlsFixture.MX);
    }
  }

  private String clientHello(String host) throws IOException {
    SSLEngine engine = fixture.testing(host).newEngine();
    ByteBuffer hello = ByteBuffer.allocate(1 << 16);
    engine.wrap(ByteBuffer.allocate(0), hello);
    return new String(hello.array(), 0, hello.position(), StandardCharsets.ISO_8859_1);
  }

  /** Sends just enough SMTP to get the reply 220. */
  private static SSLSocket startTls(MxTls tls, MxServer server) throws IOException {
    Socket socket = TlsFixture.connect(server.address());
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    in.readLine();
    socket.getOutputStream().write("STARTTLS\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(in.readLine()).startsWith("220");
    return tls.startTls(socket);
  }
}
