// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyHostsTest {
  private final TestCa ca = TestCa.create();
  private PolicyHosts hosts;

  @BeforeEach
  void start() throws IOException {
    hosts = PolicyHosts.start(ca);
  }

  @AfterEach
  void stop() {
    hosts.close();
  }

  private String get(String host) throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {ca.trustManager()}, null);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(hosts.address(), hosts.port())) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(host)));
      socket.setSSLParameters(parameters);
      socket.setSoTimeout(30_000);
      socket
          .getOutputStream()
          .write(("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void servesEachHostThePolicyOfItsDomain() throws Exception {
    hosts.publish("example.com", "one").publish("Example.NET", "two");

    assertThat(get("mta-sts.example.com"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("\r\nContent-Type: text/plain\r\n", "\r\nContent-Length: 3\r\n")
        .endsWith("\r\n\r\none");
    assertThat(get("mta-sts.example.net")).endsWith("\r\n\r\ntwo");
    assertThat(hosts.requests("example.com")).isEqualTo(1);
    assertThat(hosts.recordedRequests().get(1).header("host")).contains("mta-sts.example.net");
  }

  @Test
  void abortsTheHandshakeForAnUnknownHost() {
    assertThatThrownBy(() -> get("mta-sts.example.com")).isInstanceOf(SSLHandshakeException.class);
    assertThat(hosts.serverNames()).containsExactly("mta-sts.example.com");
    assertThat(hosts.recordedRequests()).isEmpty();
  }

  @Test
  void sendsInterimAnswersAndDripsChunks() throws Exception {
    hosts.answer(
        "example.com",
        PolicyAnswer.policy("abc")
            .afterInterim(103)
            .withHeader("X-One", "1")
            .chunked()
            .dripping(Duration.ofMillis(1)));

    assertThat(get("mta-sts.example.com").lines())
        .containsExactly(
            "HTTP/1.1 103 Interim",
            "",
            "HTTP/1.1 200 OK",
            "Content-Type: text/plain",
            "X-One: 1",
            "Transfer-encoding: chunked",
            "",
            "3",
            "abc",
            "0",
            "");
  }

  @Test
  void sendsRawOctetsAndNothingElse() throws Exception {
    hosts.answer("example.com", PolicyAnswer.raw("garbage\n"));
    hosts.answer("example.net", PolicyAnswer.raw("abc").dripping(Duration.ofMillis(1)));

    assertThat(get("mta-sts.example.com")).isEqualTo("garbage\n");
    assertThat(get("mta-sts.example.net")).isEqualTo("abc");
    assertThat(hosts.requests("example.net")).isEqualTo(1);
  }

  @Test
  void closesConnectionsThatHangWhenItIsClosed() throws Exception {
    hosts.answer("example.com", PolicyAnswer.fault(PolicyAnswer.Fault.SILENT));
    try (Socket socket = new Socket(hosts.address(), hosts.port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(clientHello("mta-sts.example.com"));
      while (hosts.serverNames().isEmpty()) {
        Thread.onSpinWait();
      }
      hosts.close();

      assertThat(isEnded(socket.getInputStream())).isTrue();
    }
  }

  private static byte[] clientHello(String host) throws GeneralSecurityException, IOException {
    SSLEngine client = SSLContext.getDefault().createSSLEngine(host, 443);
    client.setUseClientMode(true);
    ByteBuffer record = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
    client.wrap(ByteBuffer.allocate(0), record);
    return Arrays.copyOf(record.array(), record.position());
  }

  @ParameterizedTest
  @MethodSource
  void survivesInputThatIsNoClientHello(byte[] input) throws Exception {
    hosts.publish("example.com", "one");
    try (Socket socket = new Socket(hosts.address(), hosts.port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(input);
      socket.shutdownOutput();
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (SocketException e) {
      // A reset ends the connection too.
    }
    assertThat(hosts.recordedRequests()).isEmpty();
    assertThat(get("mta-sts.example.com")).endsWith("one");
  }

  static List<byte[]> survivesInputThatIsNoClientHello() {
    return List.of(
        "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8),
        new byte[] {22, 3, 1, 0, 4, 1, 0, 0, 0},
        new byte[] {22, 3, 1, 0, 80, 1, 0});
  }

  private static boolean isEnded(InputStream in) {
    try {
      return in.read() < 0;
    } catch (SocketException e) {
      return true; // a reset says the same
    } catch (IOException e) {
      return false;
    }
  }
}
