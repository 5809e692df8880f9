package io.github.mtasts.fetch;

import static io.github.mtasts.fetch.FetchWorld.POLICY;
import static io.github.mtasts.policy.ResultType.STS_POLICY_FETCH_ERROR;
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

/** Fetching through a proxy, here one that takes a single tunnel to the policy hosts. */
class ProxyTest {
  private final CompletableFuture<String> asked = new CompletableFuture<>();
  private FetchWorld world;
  private ServerSocket proxy;

  @BeforeEach
  void start() throws IOException {
    world = new FetchWorld();
    world.hosts.publish("example.com", POLICY);
    proxy = new ServerSocket(0, 1, world.hosts.address());
    daemon(this::tunnel);
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    world.close();
  }

  private void tunnel() {
    try (Socket client = proxy.accept();
        Socket server = new Socket(world.hosts.address(), world.hosts.port())) {
      asked.complete(head(client.getInputStream()));
      client
          .getOutputStream()
          .write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      daemon(() -> copy(server, client));
      copy(client, server);
    } catch (IOException e) {
      asked.completeExceptionally(e); // the test is over, or has failed
    }
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
        throw new IOException("no whole request: " + head);
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
      // One side has closed, and so the tunnel ends.
    }
  }

  private FetchResult fetch(InetAddress address, AddressGuard guard) {
    try (PolicyFetcher fetcher =
        OkHttpPolicyFetcher.builder(host -> completedFuture(List.of(address)))
            .guard(guard)
            .trustManager(world.ca.trustManager())
            .proxy(
                new Proxy(
                    Proxy.Type.HTTP,
                    new InetSocketAddress(world.hosts.address(), proxy.getLocalPort())))
            .build()) {
      return FetchWorld.fetch(fetcher, "example.com");
    }
  }

  @Test
  void tellsTheProxyThePolicyHostsNameAndChecksTheCertificateEndToEnd() {
    FetchResult result = fetch(FetchWorld.address("1.1.1.1"), AddressGuard.publicOnly());

    assertThat(FetchWorld.policy(result).text()).isEqualTo(POLICY);
    assertThat(asked.join()).startsWith("CONNECT mta-sts.example.com:443 HTTP/1.1\r\n");
    assertThat(world.hosts.recordedRequests().get(0).sni()).isEqualTo("mta-sts.example.com");
  }

  @Test
  void asksNoProxyForAHostWithoutAPublicAddress() {
    FetchResult result = fetch(FetchWorld.address("169.254.169.254"), AddressGuard.publicOnly());

    assertThat(FetchWorld.failure(result, STS_POLICY_FETCH_ERROR).detail())
        .contains("169.254.0.0/16 (link-local)");
    assertThat(asked).isNotDone();
  }
}
