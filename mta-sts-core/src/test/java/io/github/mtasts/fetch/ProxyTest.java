// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import static io.github.mtasts.decision.ResultType.STS_POLICY_FETCH_ERROR;
import static io.github.mtasts.fetch.FetchFixture.POLICY;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fetching through a proxy, here one that accepts a single tunnel to the policy hosts. */
class ProxyTest {
  private final CompletableFuture<String> asked = new CompletableFuture<>();
  private FetchFixture fixture;
  private ServerSocket proxy;

  @BeforeEach
  void start() throws IOException {
    fixture = new FetchFixture();
    fixture.hosts.publish("example.com", POLICY);
    proxy = new ServerSocket(0, 1, fixture.hosts.address());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    fixture.close();
  }

  /** The protocol by which a client asks a proxy for a tunnel. */
  private interface Protocol {
    String grant(Socket client) throws IOException;
  }

  private void tunnel(Protocol protocol) {
    try (Socket client = proxy.accept();
        Socket server = new Socket(fixture.hosts.address(), fixture.hosts.port())) {
      asked.complete(protocol.grant(client));
      daemon(() -> copy(server, client));
      copy(client, server);
    } catch (IOException e) {
      asked.completeExceptionally(e); // the test has ended or failed
    }
  }

  private static String http(Socket client) throws IOException {
    String head = head(client.getInputStream());
    client
        .getOutputStream()
        .write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return head;
  }

  /** Version 5 without authentication, for a host given by name. RFC 1928 */
  private static String socks(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    in.skipNBytes(1);
    in.skipNBytes(in.read());
    client.getOutputStream().write(new byte[] {5, 0});
    in.skipNBytes(4);
    String host = new String(in.readNBytes(in.read()), StandardCharsets.US_ASCII);
    int port = in.read() * 256 + in.read();
    client.getOutputStream().write(new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
    return host + ":" + port;
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "test-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int octet = in.read();
      if (octet < 0) {
        throw new IOException("incomplete request: " + head);
      }
      head.append((char) octet);
    }
    return head.toString();
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // One side has closed the connection; the tunnel ends.
    }
  }

  private FetchResult fetch(Proxy.Type type, InetAddress address) {
    daemon(() -> tunnel(type == Proxy.Type.SOCKS ? ProxyTest::socks : ProxyTest::http));
    try (PolicyFetcher fetcher =
        new FetcherBuilder(host -> completedFuture(List.of(address)))
            .trustManager(fixture.ca.trustManager())
            .proxy(
                new Proxy(
                    type, new InetSocketAddress(fixture.hosts.address(), proxy.getLocalPort())))
            .build()) {
      return FetchFixture.fetch(fetcher, "example.com");
    }
  }

  @Test
  void sendsThePolicyHostsNameToTheProxyAndVerifiesTheCertificateEndToEnd() {
    FetchResult result = fetch(Proxy.Type.HTTP, FetchFixture.address("1.1.1.1"));

    assertThat(FetchFixture.policy(result).text()).isEqualTo(POLICY);
    assertThat(asked.join()).startsWith("CONNECT mta-sts.example.com:443 HTTP/1.1\r\n");
    assertThat(fixture.hosts.recordedRequests().get(0).sni()).isEqualTo("mta-sts.example.com");
  }

  @Test
  void sendsThePolicyHostsNameToASocksProxyToo() {
    FetchResult result = fetch(Proxy.Type.SOCKS, FetchFixture.address("1.1.1.1"));

    assertThat(FetchFixture.policy(result).text()).isEqualTo(POLICY);
    assertThat(asked.join()).isEqualTo("mta-sts.example.com:443");
    assertThat(fixture.hosts.recordedRequests().get(0).sni()).isEqualTo("mta-sts.example.com");
  }

  @Test
  void doesNotUseTheProxyForAHostWithoutPublicAddress() {
    FetchResult result = fetch(Proxy.Type.HTTP, FetchFixture.address("169.254.169.254"));

    assertThat(FetchFixture.failure(result, STS_POLICY_FETCH_ERROR).detail())
        .contains("169.254.0.0/16 (link-local)");
    assertThat(asked).isNotDone();
  }
}
