// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLSocket;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/**
 * Policy hosts for tests: one HTTPS server on an ephemeral port of 127.0.0.1, for any number of
 * domains, correct ones and faulty ones.
 *
 * <p>The SNI selects the host {@code mta-sts.<domain>}. Its certificate is the one that {@link
 * #certificate} sets, or else a valid one that the given authority issues on first use. The server
 * aborts the handshake for a host without an answer (RFC 8461 §7.1). Each connection carries one
 * request.
 *
 * <p>Runs on OkHttp's MockWebServer; needs {@code com.squareup.okhttp3:mockwebserver3} on the class
 * path.
 *
 * <pre>{@code
 * TestCa ca = TestCa.create();
 * try (PolicyHosts hosts = PolicyHosts.start(ca)) {
 *   hosts.publish("example.com", "version: STSv1\nmode: none\nmax_age: 86400\n");
 *   hosts.answer("example.net", PolicyAnswer.status(404));
 *   hosts.certificate("example.org", ca.leaf().dnsNames("mta-sts.example.org").expired().issue());
 *   // point the code under test to hosts.address() and hosts.port(), with ca.trustManager()
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads.
 */
public final class PolicyHosts implements AutoCloseable {
  /**
   * A recorded request.
   *
   * @param sni the server name in the handshake
   * @param line the request line
   * @param headers values by lower-case name, each in the order received
   */
  public record Request(String sni, String line, Map<String, List<String>> headers) {
    /**
     * Returns the only value of a header field.
     *
     * @param name in any case
     * @return the value; empty if the field is absent or repeated
     */
    public Optional<String> header(String name) {
      List<String> values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
      return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
    }
  }

  private record Connection(String host, PolicyAnswer answer, SSLSocket socket) {}

  // MockWebServer serves a connection from TLS to the answer in one thread.
  private static final ThreadLocal<Connection> CURRENT = new ThreadLocal<>();
  private static final byte[] LOCALHOST = {127, 0, 0, 1};
  // In a field, because an unreferenced logger may be collected and lose its level.
  private static final Logger SERVER_LOG = Logger.getLogger(MockWebServer.class.getName());

  static {
    SERVER_LOG.setLevel(Level.SEVERE); // it warns of each connection without a request
  }

  private final TestCa ca;
  private final MockWebServer server = new MockWebServer();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<String, PolicyAnswer> answers = new ConcurrentHashMap<>();
  private final Map<String, TestCertificate> certificates = new ConcurrentHashMap<>();
  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  private final Queue<String> serverNames = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connections = new AtomicInteger();

  private PolicyHosts(TestCa ca) {
    this.ca = ca;
    server.useHttps(new PolicyHostTls(this));
    server.setProtocolNegotiationEnabled(false);
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
            return respond(request, CURRENT.get());
          }
        });
  }

  /**
   * Starts policy hosts on an ephemeral port of 127.0.0.1.
   *
   * @param ca issues the certificates
   * @return the running server
   * @throws IOException if no port is free
   */
  public static PolicyHosts start(TestCa ca) throws IOException {
    return start(ca, new InetSocketAddress(InetAddress.getByAddress(LOCALHOST), 0));
  }

  /**
   * Starts policy hosts on a given address, for hosts that have several.
   *
   * @param ca issues the certificates
   * @param address a loopback address; port 0 for an ephemeral one
   * @return the running server
   * @throws IOException if the address is in use or not of this machine
   */
  public static PolicyHosts start(TestCa ca, InetSocketAddress address) throws IOException {
    PolicyHosts hosts = new PolicyHosts(ca);
    hosts.server.start(address.getAddress(), address.getPort());
    return hosts;
  }

  /**
   * Returns the port of all hosts.
   *
   * @return the TCP port
   */
  public int port() {
    return server.getPort();
  }

  /**
   * Returns the address of all hosts.
   *
   * @return the address that DNS should give for every policy host
   */
  public InetAddress address() {
    return server.getSocketAddress().getAddress();
  }

  /**
   * Serves a policy correctly: status 200, text/plain, with a Content-Length.
   *
   * @param domain the policy domain
   * @param policyText the policy file
   * @return this
   */
  public PolicyHosts publish(String domain, String policyText) {
    return answer(domain, PolicyAnswer.policy(policyText));
  }

  /**
   * Sets the answer to every request from now on.
   *
   * @param domain the policy domain
   * @param answer what the policy host does
   * @return this
   */
  public PolicyHosts answer(String domain, PolicyAnswer answer) {
    answers.put(host(domain), answer);
    return this;
  }

  /**
   * Replaces the certificate of a policy host.
   *
   * @param domain the policy domain
   * @param certificate presented in its handshakes
   * @return this
   */
  public PolicyHosts certificate(String domain, TestCertificate certificate) {
    certificates.put(host(domain), certificate);
    return this;
  }

  /**
   * Counts the requests for one domain; a handshake without a request does not count.
   *
   * @param domain the policy domain
   * @return the number up to now
   */
  public int requests(String domain) {
    String host = host(domain);
    return (int) requests.stream().filter(request -> request.sni().equals(host)).count();
  }

  /**
   * Returns all requests up to now.
   *
   * @return in the order received
   */
  public List<Request> recordedRequests() {
    return List.copyOf(requests);
  }

  /**
   * Counts all accepted connections, failed ones too.
   *
   * @return the number up to now
   */
  public int connections() {
    return connections.get();
  }

  /**
   * Returns the SNI of each handshake, failed ones too.
   *
   * @return in the order received; the empty text for a handshake without SNI
   */
  public List<String> serverNames() {
    return List.copyOf(serverNames);
  }

  private static String host(String domain) {
    return "mta-sts." + domain.toLowerCase(Locale.ROOT);
  }

  void recordConnection() {
    connections.incrementAndGet();
  }

  Optional<PolicyAnswer> answer(Optional<String> serverName) {
    serverNames.add(serverName.orElse(""));
    return serverName.flatMap(name -> Optional.ofNullable(answers.get(name)));
  }

  TestCertificate certificateOf(String host) {
    return certificates.computeIfAbsent(host, ca::issue);
  }

  void startConnection(String host, PolicyAnswer answer, SSLSocket socket) {
    CURRENT.set(new Connection(host, answer, socket));
  }

  private MockResponse respond(RecordedRequest request, Connection connection)
      throws InterruptedException {
    requests.add(
        new Request(
            connection.host(), request.getRequestLine(), request.getHeaders().toMultimap()));
    PolicyAnswer answer = connection.answer();
    if (answer.fault().equals(Optional.of(PolicyAnswer.Fault.SILENT_AFTER_REQUEST))) {
      closed.await();
    }
    if (answer.isRaw()) {
      writeRaw(answer, connection.socket());
    }
    return answer.response();
  }

  /** Writes to the socket itself: MockWebServer ends every header in good order. */
  private void writeRaw(PolicyAnswer answer, SSLSocket socket) throws InterruptedException {
    try {
      if (answer.pauseNanos() == 0) {
        socket.getOutputStream().write(answer.body());
        return;
      }
      for (byte octet : answer.body()) {
        if (closed.await(answer.pauseNanos(), TimeUnit.NANOSECONDS)) {
          return;
        }
        socket.getOutputStream().write(octet);
      }
    } catch (IOException e) {
      // The client has closed the connection, and MockWebServer will find that too.
    }
  }

  /** Stops listening, closes every connection and ends every thread. */
  @Override
  public void close() {
    closed.countDown();
    server.close();
  }
}
