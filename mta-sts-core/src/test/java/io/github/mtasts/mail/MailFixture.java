// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Enforcement;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.Suspicion;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.SettableClock;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestCertificate;
import io.github.mtasts.testing.TestDns;
import io.github.mtasts.testing.TestInternet;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/** The senders of the mail tests: a {@link TestInternet} and a resolver with policies by hand. */
final class MailFixture implements AutoCloseable {
  static final TestCa CA = TestCa.create();

  private final TestInternet internet = TestInternet.start(CA, new SettableClock());
  final TestDns dns = internet.dns();
  final Properties properties = internet.mailProperties();
  final List<TlsSession> sessions = Collections.synchronizedList(new ArrayList<>());
  final List<Suspicion> suspicions = Collections.synchronizedList(new ArrayList<>());
  final List<String> rechecks = Collections.synchronizedList(new ArrayList<>());
  final PolicyResolver resolver = new FakeResolver();

  private final Map<String, Resolution> policies = new ConcurrentHashMap<>();
  private final Map<String, Resolution> newer = new ConcurrentHashMap<>();
  private Enforcement enforcement = Enforcement.LIVE;

  MailFixture() {
    properties.setProperty("mail.mta-sts.localhost", "sender.example.org");
    properties.setProperty("mail.mta-sts.connectiontimeout", "20000");
    properties.setProperty("mail.mta-sts.deliverytimeout", "120000");
    properties.setProperty("mail.transport.protocol.rfc822", MtaStsTransport.PROTOCOL);
  }

  TestInternet internet() {
    return internet;
  }

  int port() {
    return internet.smtpPort();
  }

  InetSocketAddress addressOf(String host) {
    return internet.addressOf(host);
  }

  MxServer mx(String host, TestCertificate certificate) {
    return internet.mx(host, certificate);
  }

  MxServer mx(String host) {
    return internet.mx(host);
  }

  MxServer mxWithoutTls(String host) {
    return internet.mxWithoutTls(host);
  }

  MxServer mx(String host, MxServer.Builder builder) {
    return internet.mx(host, builder);
  }

  ScriptedMx mx(String host, ScriptedMx.Script script) {
    return internet.mx(host, script);
  }

  /** Starts a host without adding it to DNS; skips the test on a machine without IPv6. */
  MxServer mxAt(InetSocketAddress address, MxServer.Builder builder) {
    assumeThat(isMissing(address.getAddress())).as("a machine without IPv6").isFalse();
    return internet.mxAt(address, builder);
  }

  private static boolean isMissing(InetAddress address) {
    try {
      return address instanceof Inet6Address && NetworkInterface.getByInetAddress(address) == null;
    } catch (SocketException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Policies that are set from now on are reported and not enforced. */
  MailFixture shadow() {
    enforcement = Enforcement.SHADOW;
    return this;
  }

  /** Sets the MX hosts of a domain, in the order of preference. */
  MailFixture domain(String domain, String... hosts) {
    internet.mxRecords(domain, hosts);
    return this;
  }

  MailFixture enforce(String domain, String... patterns) {
    policies.put(domain, policy(domain, PolicyMode.ENFORCE, patterns));
    return this;
  }

  MailFixture testing(String domain, String... patterns) {
    policies.put(domain, policy(domain, PolicyMode.TESTING, patterns));
    return this;
  }

  /** Sets what the resolver returns for a domain. */
  MailFixture resolution(Resolution resolution) {
    policies.put(resolution.domain(), resolution);
    return this;
  }

  /** Sets what a recheck finds, and every lookup after it. */
  MailFixture afterRecheck(Resolution resolution) {
    newer.put(resolution.domain(), resolution);
    return this;
  }

  /** Sets the policy that a recheck finds, and every lookup after it. */
  MailFixture afterRecheck(String domain, String... patterns) {
    newer.put(domain, policy(domain, PolicyMode.ENFORCE, patterns));
    return this;
  }

  /** A resolution that does not say whether there is a policy. */
  Resolution undetermined(Resolution.Undetermined.Cause cause, boolean defers) {
    return new Resolution.Undetermined(
        "example.com", cause, "no answer, for a test", Instant.now(), defers, settings());
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

          @Override
          public void suspicious(Suspicion suspicion, Resolution.InForce before, String detail) {
            suspicions.add(suspicion);
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
  public void close() {
    internet.close();
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
