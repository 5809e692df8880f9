// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Enforcement;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.DnsJavaClient;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestCertificate;
import io.github.mtasts.testing.TestDns;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A DNS server, MX hosts that all listen on one port, each on its own loopback address, and a
 * resolver with the policies that a test sets.
 */
@SuppressWarnings("try") // closing throws what a server of the test kit throws
final class MailWorld implements AutoCloseable {
  static final TestCa CA = TestCa.create();

  final TestDns dns = TestDns.start();
  final Properties properties = new Properties();
  final List<TlsSession> sessions = Collections.synchronizedList(new ArrayList<>());
  final List<String> rechecks = Collections.synchronizedList(new ArrayList<>());
  final PolicyResolver resolver = new FakeResolver();

  private final DnsClient client = DnsJavaClient.of(List.of(dns.address()), Duration.ofSeconds(30));
  private final Map<String, Resolution> policies = new ConcurrentHashMap<>();
  private final Map<String, Resolution> newer = new ConcurrentHashMap<>();
  private final Deque<AutoCloseable> servers = new ArrayDeque<>();

  /** Reserves the port for this test: it is free at all other loopback addresses. */
  private final ServerSocket reserved = reserve();

  private int lastAddress = 1;
  private Enforcement enforcement = Enforcement.LIVE;

  MailWorld() {
    properties.put("mail.mta-sts.dns", client);
    properties.setProperty("mail.mta-sts.port", String.valueOf(port()));
    properties.setProperty("mail.mta-sts.allowedaddresses", "127.0.0.0/8,::1");
    properties.setProperty("mail.mta-sts.localhost", "sender.example.org");
    properties.setProperty("mail.mta-sts.connectiontimeout", "20000");
    properties.setProperty("mail.mta-sts.timeout", "30000");
    properties.setProperty("mail.mta-sts.deliverytimeout", "120000");
    properties.setProperty("mail.transport.protocol.rfc822", MtaStsTransport.PROTOCOL);
  }

  private static ServerSocket reserve() {
    try {
      return new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  int port() {
    return reserved.getLocalPort();
  }

  /** Returns an unused loopback address, and adds it to DNS under this name. */
  InetSocketAddress addressOf(String host) {
    String address = "127.0.0." + ++lastAddress;
    dns.a(host, address);
    return new InetSocketAddress(address, port());
  }

  MxServer mx(String host, TestCertificate certificate) {
    return mx(host, MxServer.builder().certificate(certificate));
  }

  MxServer mx(String host) {
    return mx(host, CA.issue(host));
  }

  MxServer mxWithoutTls(String host) {
    return mx(host, MxServer.builder());
  }

  /** Starts a host with these settings at an unused address. */
  MxServer mx(String host, MxServer.Builder builder) {
    return mxAt(addressOf(host), builder.hostName(host));
  }

  /** Starts a host without adding it to DNS. */
  MxServer mxAt(InetSocketAddress address, MxServer.Builder builder) {
    assumeThat(isMissing(address.getAddress())).as("a machine without IPv6").isFalse();
    MxServer server = builder.address(address).start();
    servers.push(server);
    return server;
  }

  private static boolean isMissing(InetAddress address) {
    try {
      return address instanceof Inet6Address && NetworkInterface.getByInetAddress(address) == null;
    } catch (SocketException e) {
      throw new IllegalStateException(e);
    }
  }

  ScriptedMx mx(String host, ScriptedMx.Script script) {
    ScriptedMx server = script.address(addressOf(host)).start();
    servers.push(server);
    return server;
  }

  /** Policies that are set from now on are reported and not enforced. */
  MailWorld shadow() {
    enforcement = Enforcement.SHADOW;
    return this;
  }

  /** Sets the MX hosts of a domain, in the order of preference. */
  MailWorld domain(String domain, String... hosts) {
    for (int i = 0; i < hosts.length; i++) {
      dns.mx(domain, 10 * (i + 1), hosts[i]);
    }
    return this;
  }

  MailWorld enforce(String domain, String... patterns) {
    policies.put(domain, policy(domain, PolicyMode.ENFORCE, patterns));
    return this;
  }

  MailWorld testing(String domain, String... patterns) {
    policies.put(domain, policy(domain, PolicyMode.TESTING, patterns));
    return this;
  }

  /** Sets what the resolver returns for a domain. */
  MailWorld resolution(Resolution resolution) {
    policies.put(resolution.domain(), resolution);
    return this;
  }

  /** Sets the policy that a recheck finds, and every lookup after it. */
  MailWorld afterRecheck(String domain, String... patterns) {
    newer.put(domain, policy(domain, PolicyMode.ENFORCE, patterns));
    return this;
  }

  MxTlsSettings settings() {
    return new MxTlsSettings(
        Optional.of(CA.trustManager()),
        Optional.empty(),
        new ResolverListener() {
          @Override
          public void tlsSessionEnded(TlsSession session) {
            sessions.add(session);
          }
        },
        enforcement);
  }

  private Resolution policy(String domain, PolicyMode mode, String... patterns) {
    return Resolution.inForce(
        domain,
        new Policy(
            mode,
            Arrays.stream(patterns).map(MxPattern::of).toList(),
            Duration.ofDays(7),
            Map.of(),
            String.join(",", patterns),
            List.of()),
        settings());
  }

  Session session() {
    Session session = Session.getInstance(properties);
    MtaStsTransport.register(session, resolver);
    return session;
  }

  static MimeMessage message(Session session, String text, String... recipients)
      throws MessagingException {
    MimeMessage message = new MimeMessage(session);
    message.setFrom(new InternetAddress("alice@example.org"));
    for (String recipient : recipients) {
      message.addRecipient(Message.RecipientType.TO, new InternetAddress(recipient));
    }
    message.setSubject("Hello");
    message.setText(text);
    message.saveChanges();
    return message;
  }

  /** Delivers a short message with a new transport. */
  List<DomainDelivery> deliver(String... recipients) throws MessagingException {
    Session session = session();
    MimeMessage message = message(session, "Good morning.", recipients);
    try (MtaStsTransport transport = new MtaStsTransport(session, resolver)) {
      transport.connect();
      return transport.deliver(message, message.getAllRecipients());
    }
  }

  /** Delivers to recipients of one domain, and returns the result. */
  DomainDelivery deliverToOne(String... recipients) throws MessagingException {
    List<DomainDelivery> deliveries = deliver(recipients);
    if (deliveries.size() != 1) {
      throw new AssertionError("expected a result for one domain, found " + deliveries);
    }
    return deliveries.get(0);
  }

  @Override
  public void close() throws Exception {
    client.close();
    for (AutoCloseable server : servers) {
      server.close();
    }
    reserved.close();
    dns.close();
  }

  private final class FakeResolver implements PolicyResolver {
    @Override
    public Resolution resolve(String domain) {
      return policies.getOrDefault(domain, Resolution.none(domain));
    }

    @Override
    public Resolution recheck(String domain) {
      rechecks.add(domain);
      Resolution found = newer.get(domain);
      if (found != null) {
        policies.put(domain, found);
      }
      return resolve(domain);
    }
  }
}
