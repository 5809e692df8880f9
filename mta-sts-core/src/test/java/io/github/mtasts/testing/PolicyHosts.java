package io.github.mtasts.testing;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Policy hosts for tests: one HTTPS server on an ephemeral port of 127.0.0.1, for any number of
 * domains, honest ones and faulty ones.
 *
 * <p>The host {@code mta-sts.<domain>} is found by SNI alone and has a certificate of the given
 * authority, made when first asked for, or the one that {@link #certificate} sets. A name that
 * nothing was published for gets its handshake aborted, as RFC 8461 §7.1 wants. Hosts that hang
 * take no thread, so a thousand of them are no burden.
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
  private static final int BACKLOG = 1024;
  private static final byte[] LOCALHOST = {127, 0, 0, 1};

  /**
   * A request as it came.
   *
   * @param sni the server name in the handshake; empty if there was none
   * @param line the request line
   * @param headers values by lower-case name, in order
   */
  public record Request(String sni, String line, Map<String, List<String>> headers) {
    /**
     * Returns a header field's only value.
     *
     * @param name in any case
     * @return the value; empty if there is none, or if there are several
     */
    public Optional<String> header(String name) {
      List<String> values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
      return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
    }
  }

  private final TestCa ca;
  private final ServerSocket listener;
  private final ExecutorService threads;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<String, PolicyAnswer> answers = new ConcurrentHashMap<>();
  private final Map<String, TestCertificate> certificates = new ConcurrentHashMap<>();
  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  private final Queue<String> serverNames = new ConcurrentLinkedQueue<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();

  private PolicyHosts(TestCa ca, ServerSocket listener) {
    this.ca = ca;
    this.listener = listener;
    AtomicInteger count = new AtomicInteger();
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "mta-sts-test-hosts-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.execute(this::accept);
  }

  /**
   * Starts policy hosts on an ephemeral port of 127.0.0.1.
   *
   * @param ca issues the certificates
   * @return the running server
   * @throws IOException if there is no port to be had
   */
  public static PolicyHosts start(TestCa ca) throws IOException {
    return start(ca, new InetSocketAddress(InetAddress.getByAddress(LOCALHOST), 0));
  }

  /**
   * Starts policy hosts on an address of one's choice, for hosts that have several.
   *
   * @param ca issues the certificates
   * @param address a loopback address; port 0 for an ephemeral one
   * @return the running server
   * @throws IOException if the address is not to be had
   */
  public static PolicyHosts start(TestCa ca, InetSocketAddress address) throws IOException {
    return new PolicyHosts(ca, new ServerSocket(address.getPort(), BACKLOG, address.getAddress()));
  }

  /**
   * Returns where the hosts listen.
   *
   * @return the TCP port
   */
  public int port() {
    return listener.getLocalPort();
  }

  /**
   * Returns where the hosts listen.
   *
   * @return the address, to be given to DNS for every policy host
   */
  public InetAddress address() {
    return listener.getInetAddress();
  }

  /**
   * Serves a policy as its owner should: status 200, text/plain, with a length.
   *
   * @param domain the policy domain
   * @param policyText the policy file
   * @return this
   */
  public PolicyHosts publish(String domain, String policyText) {
    return answer(domain, PolicyAnswer.policy(policyText));
  }

  /**
   * Serves whatever it is, to every request from now on.
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
   * Gives a policy host a certificate other than the good one that it would have.
   *
   * @param domain the policy domain
   * @param certificate what its handshakes show
   * @return this
   */
  public PolicyHosts certificate(String domain, TestCertificate certificate) {
    certificates.put(host(domain), certificate);
    return this;
  }

  /**
   * Counts requests; handshakes that came to none are not among them.
   *
   * @param domain the policy domain
   * @return how many there were up to now
   */
  public int requests(String domain) {
    String host = host(domain);
    return (int) requests.stream().filter(request -> request.sni().equals(host)).count();
  }

  /**
   * Returns every request up to now.
   *
   * @return in the order in which they came
   */
  public List<Request> recordedRequests() {
    return List.copyOf(requests);
  }

  /**
   * Counts connections, whatever became of them.
   *
   * @return how many were accepted up to now
   */
  public int connections() {
    return connections.get();
  }

  /**
   * Returns the SNI of every handshake, also of those that came to nothing.
   *
   * @return in the order in which they came; empty text for a handshake without
   */
  public List<String> serverNames() {
    return List.copyOf(serverNames);
  }

  private static String host(String domain) {
    return "mta-sts." + domain.toLowerCase(Locale.ROOT);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        connections.incrementAndGet();
        sockets.add(socket);
        if (listener.isClosed()) {
          socket.close(); // close() may have walked the set before it was added
        }
        threads.execute(() -> new PolicyHostConnection(this, socket).serve());
      } catch (IOException | RejectedExecutionException e) {
        // Either closed, and the loop ends, or one connection was gone before it was taken.
      }
    }
  }

  Optional<PolicyAnswer> answer(Optional<String> serverName) {
    serverNames.add(serverName.orElse(""));
    return serverName.flatMap(name -> Optional.ofNullable(answers.get(name)));
  }

  TestCertificate certificateOf(String host) {
    return certificates.computeIfAbsent(host, ca::issue);
  }

  void record(Request request) {
    requests.add(request);
  }

  void keep(Socket socket) {
    sockets.add(socket);
  }

  void forget(Socket socket) {
    sockets.remove(socket);
  }

  /** Returns at once when the server is closed, else after the time. */
  void pause(long nanos) throws InterruptedException, IOException {
    if (closed.await(nanos, TimeUnit.NANOSECONDS)) {
      throw new IOException("closed");
    }
  }

  /** Stops listening, cuts every connection and ends every thread. */
  @Override
  public void close() {
    closed.countDown();
    closeQuietly(listener);
    threads.shutdown();
    sockets.forEach(PolicyHosts::closeQuietly);
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      // It is of no use to anybody any more, and there is nothing else to do about it.
    }
  }
}
