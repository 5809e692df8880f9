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
 * A DNS, MX hosts that all listen on one port, each on a loopback address of its own, and a
 * resolver that says what the test wants.
 */
@SuppressWarnings("try") // closing throws whatever a server of the kit does
final class MailWorld implements AutoCloseable {
  static final TestCa CA = TestCa.create();

  final TestDns dns = TestDns.start();
  final Properties properties = new Properties();
  final List<TlsSession> sessions = Collections.synchronizedList(new ArrayList<>());
  final List<String> rechecks = Collections.synchronizedList(new ArrayList<>());
  final PolicyResolver resolver = new Fake();

  private final DnsClient client = DnsJavaClient.of(List.of(dns.address()), Duration.ofSeconds(30));
  private final Map<String, Resolution> policies = new ConcurrentHashMap<>();
  private final Map<String, Resolution> newer = new ConcurrentHashMap<>();
  private final Deque<AutoCloseable> servers = new ArrayDeque<>();

  /** Keeps the port for this world: it is free at all other addresses of loopback. */
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

  /** A loopback address that no host of this world has yet, known to DNS under this name. */
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

  /** A host as it was built so far, at an address of its own. */
  MxServer mx(String host, MxServer.Builder begun) {
    return mxAt(addressOf(host), begun.hostName(host));
  }

  /** A host that DNS is told of elsewhere, if at all. */
  MxServer mxAt(InetSocketAddress address, MxServer.Builder begun) {
    assumeThat(isMissing(address.getAddress())).as("a machine without IPv6").isFalse();
    MxServer server = begun.address(address).start();
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

  /** From now on policies are published to a sender that blocks nothing. */
  MailWorld shadow() {
    enforcement = Enforcement.SHADOW;
    return this;
  }

  /** The domain's MX hosts, in the order of preference. */
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

  /** What the resolver says of a domain, until it is told otherwise. */
  MailWorld resolution(Resolution resolution) {
    policies.put(resolution.domain(), resolution);
    return this;
  }

  /** What a recheck finds, from then on. */
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

  /** Delivers a short message by a transport of its own. */
  List<DomainDelivery> deliver(String... recipients) throws MessagingException {
    Session session = session();
    MimeMessage message = message(session, "Good morning.", recipients);
    try (MtaStsTransport transport = new MtaStsTransport(session, resolver)) {
      transport.connect();
      return transport.deliver(message, message.getAllRecipients());
    }
  }

  /** The outcome for the recipients, who are all of one domain. */
  DomainDelivery deliverToOne(String... recipients) throws MessagingException {
    List<DomainDelivery> deliveries = deliver(recipients);
    if (deliveries.size() != 1) {
      throw new AssertionError("expected an outcome for one domain, found " + deliveries);
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

  private final class Fake implements PolicyResolver {
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
