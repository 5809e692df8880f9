// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mtasts.discovery.DnsAnswer.Status;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.testing.TestDns;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * DNS messages in HTTP requests (RFC 8484 §4.1), over plain HTTP: a test cannot set the trust
 * anchors of dnsjava's HTTP client, and the JDK is responsible for TLS here.
 */
class DnsOverHttpsTest {
  private static final DomainName NAME = DomainName.of("name.example");

  private final TestDns dns = TestDns.start();
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final Set<DatagramSocket> sockets = ConcurrentHashMap.newKeySet();
  private final MockWebServer http = new MockWebServer();
  private volatile int status = 200;

  @BeforeEach
  void open() throws IOException {
    http.setDispatcher(new Relay());
    http.start(InetAddress.getLoopbackAddress(), 0);
  }

  @AfterEach
  void close() {
    sockets.forEach(DatagramSocket::close); // otherwise the relay would wait for an answer
    http.close();
    dns.close();
  }

  @Test
  void queriesOverHttp() {
    dns.txt("name.example", "x");
    try (DnsJavaClient client = client(Duration.ofSeconds(30))) {
      assertThat(client.txt(NAME).join().records()).containsExactly("x");
      assertThat(client.txt(DomainName.of("no.example")).join().status())
          .isEqualTo(Status.NO_DOMAIN);
      assertThat(requests).contains("POST /dns-query application/dns-message");
    }
  }

  @Test
  void anHttpErrorIsUnavailable() {
    status = 500;
    try (DnsJavaClient client = client(Duration.ofSeconds(30))) {
      assertThat(client.txt(NAME).join().status()).isEqualTo(Status.UNAVAILABLE);
    }
  }

  @Test
  void aTimeoutIsUnavailable() {
    dns.faultEverywhere(TestDns.Fault.SILENT);
    try (DnsJavaClient client = client(Duration.ofMillis(300))) {
      assertThat(client.txt(NAME).join().status()).isEqualTo(Status.UNAVAILABLE);
    }
  }

  @Test
  void aRefusedConnectionIsUnavailable() {
    http.close();
    try (DnsJavaClient client = client(Duration.ofSeconds(30))) {
      DnsAnswer<String> answer = client.txt(NAME).join();

      assertThat(answer.status()).isEqualTo(Status.UNAVAILABLE);
      assertThat(answer.detail()).contains("check");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://dns.example/dns-query", "dns.example", "https:///dns-query"})
  void requiresAnHttpsEndpoint(String endpoint) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DnsJavaClient.overHttps(URI.create(endpoint), Duration.ofSeconds(1)))
        .withMessageContaining(endpoint);
  }

  private DnsJavaClient client(Duration deadline) {
    URI endpoint = URI.create("http://127.0.0.1:" + http.getPort() + "/dns-query");
    return DnsJavaClient.overHttp(endpoint, DnsLimits.within(deadline));
  }

  /** Forwards each request's message to the DNS server, and returns its reply. */
  private final class Relay extends Dispatcher {
    @Override
    public MockResponse dispatch(RecordedRequest request) {
      requests.add(
          request.getMethod()
              + " "
              + request.getTarget()
              + " "
              + request.getHeaders().get("Content-Type"));
      try (DatagramSocket udp = new DatagramSocket()) {
        sockets.add(udp);
        byte[] query = requireNonNull(request.getBody()).toByteArray();
        udp.setSoTimeout(60_000);
        udp.send(new DatagramPacket(query, query.length, dns.address()));
        DatagramPacket reply = new DatagramPacket(new byte[4096], 4096);
        udp.receive(reply);
        return new MockResponse.Builder()
            .code(status)
            .addHeader("Content-Type", "application/dns-message")
            .body(new Buffer().write(reply.getData(), 0, reply.getLength()))
            .build();
      } catch (IOException e) {
        return new MockResponse.Builder().code(504).build();
      }
    }
  }
}
