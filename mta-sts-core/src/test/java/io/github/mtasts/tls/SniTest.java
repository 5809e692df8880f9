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
  private final World world = new World();

  @Test
  @Tag("rfc-item-86")
  void sendsTheNameOfTheMxHost() throws IOException {
    try (ScriptedMx server = World.server(world.ca.issue(World.MX));
        SSLSocket socket = World.startTls(world.enforced(World.MX), server.address())) {
      assertThat(socket.getSession().isValid()).isTrue();
      assertThat(server.sniSeen()).containsExactly(World.MX);
    }
  }

  @Test
  @Tag("rfc-item-84")
  void receivesTheCertificateForTheMxHost() throws IOException {
    try (MxServer server =
        MxServer.builder()
            .certificate(world.ca.issue("fallback.example"))
            .certificateFor(World.MX, world.ca.issue(World.MX))
            .start()) {
      MxTls tls = world.enforced(World.MX);
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
            .certificate(world.ca.issue("fallback.example"))
            .certificateFor("another.example", world.ca.issue(World.MX))
            .start()) {
      MxTls tls = world.testing(World.MX);
      startTls(tls, server).close();
      assertThat(World.failure(tls.verdict().orElseThrow()))
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
    assertThat(world.testing(host).newEngine().getSSLParameters().getServerNames()).isEmpty();
    String hello = clientHello(host);
    assertThat(hello).isNotEmpty();
    if (!host.isEmpty()) {
      assertThat(hello).doesNotContain(host);
    }
  }

  @Test
  void ignoresTheNameThatAFrameworkPasses() throws IOException {
    try (ScriptedMx server = World.server(world.ca.issue(World.MX));
        Socket plain = World.connect(server.address());
        SSLSocket socket =
            (SSLSocket)
                world
                    .enforced(World.MX)
                    .socketFactory()
                    .createSocket(plain, "reverse.example", 25, true)) {
      socket.startHandshake();
      assertThat(server.sniSeen()).containsExactly(World.MX);
    }
  }

  @Test
  void ignoresTheNameOfTheConnectedAddress() throws IOException {
    InetAddress named = InetAddress.getByAddress("reverse.example", new byte[] {127, 0, 0, 1});
    try (ScriptedMx server = World.server(world.ca.issue(World.MX));
        SSLSocket socket =
            (SSLSocket)
                world
                    .enforced(World.MX)
                    .socketFactory()
                    .createSocket(named, server.address().getPort())) {
      socket.startHandshake();
      assertThat(server.sniSeen()).containsExactly(World.MX);
    }
  }

  @Test
  void keepsTheNameWhenAnUnconnectedSocketIsConnected() throws IOException {
    try (ScriptedMx server = World.server(world.ca.issue(World.MX));
        SSLSocket socket = (SSLSocket) world.enforced(World.MX).socketFactory().createSocket()) {
      InetAddress address = InetAddress.getByAddress(World.MX, new byte[] {127, 0, 0, 1});
      socket.connect(new InetSocketAddress(address, server.address().getPort()), 20_000);
      socket.startHandshake();
      assertThat(server.sniSeen()).containsExactly(World.MX);
    }
  }

  private String clientHello(String host) throws IOException {
    SSLEngine engine = world.testing(host).newEngine();
    ByteBuffer hello = ByteBuffer.allocate(1 << 16);
    engine.wrap(ByteBuffer.allocate(0), hello);
    return new String(hello.array(), 0, hello.position(), StandardCharsets.ISO_8859_1);
  }

  /** Sends just enough SMTP to get the reply 220. */
  private static SSLSocket startTls(MxTls tls, MxServer server) throws IOException {
    Socket socket = World.connect(server.address());
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    in.readLine();
    socket.getOutputStream().write("STARTTLS\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(in.readLine()).startsWith("220");
    return tls.startTls(socket);
  }
}
