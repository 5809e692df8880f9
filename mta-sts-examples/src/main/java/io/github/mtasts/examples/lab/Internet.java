package io.github.mtasts.examples.lab;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.PolicyResolverBuilder;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.DnsJavaClient;
import io.github.mtasts.discovery.MxLookup;
import io.github.mtasts.examples.lab.Outcome.Handling;
import io.github.mtasts.examples.lab.Outcome.Reader;
import io.github.mtasts.examples.smtp.Message;
import io.github.mtasts.testing.PolicyAnswer;
import io.github.mtasts.testing.PolicyHosts;
import io.github.mtasts.testing.SettableClock;
import io.github.mtasts.testing.TestCertificate;
import io.github.mtasts.testing.TestDns;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A small internet: DNS, policy hosts, MX hosts, and a sender; the attacker uses the same verbs as
 * the owners do.
 */
public final class Internet implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";

  /** Nobody here is silent, but the machine may be a slow one. */
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  // The day on which nmrc.org published its policy.
  private static final Instant START = Instant.parse("2024-06-27T12:00:00Z");

  private final Authorities authorities;
  private final SettableClock clock = new SettableClock(START);
  private final TestDns dns = TestDns.start();
  private final MailServers servers = new MailServers();
  private final PolicyHosts policyHosts;
  private final DnsClient dnsClient;
  private final PolicyResolverBuilder settings;
  private Optional<PolicyResolver> sender = Optional.empty();
  private boolean fetchForbidden;
  private String due = "";

  Internet(Authorities authorities) throws IOException {
    this.authorities = authorities;
    this.policyHosts = PolicyHosts.start(authorities.everybodys());
    this.dnsClient = DnsJavaClient.of(List.of(dns.address()), DEADLINE);
    this.settings =
        PolicyResolver.builder()
            .dnsServers(dns.address())
            .policyHostPort(policyHosts.port())
            .allowPolicyHostAddresses("127.0.0.0/8")
            .dnsDeadline(DEADLINE)
            .fetchDeadline(DEADLINE)
            .policyHostTrust(authorities.everybodys().trustManager())
            .mxHostTrust(authorities.everybodys().trustManager())
            .clock(clock, clock.nanoTicker());
  }

  Authorities authorities() {
    return authorities;
  }

  /** The sender's settings, to be changed before it sends for the first time. */
  PolicyResolverBuilder resolver() {
    return settings;
  }

  Internet pass(Duration time) {
    clock.advance(time);
    return this;
  }

  // DNS

  Internet mx(String domain, int preference, String host) {
    dns.mx(domain, preference, host);
    return this;
  }

  Internet withoutMx(String domain) {
    dns.remove(domain);
    return this;
  }

  /** Adds a TXT record at {@code _mta-sts}. */
  Internet txt(String domain, String value) {
    dns.txt("_mta-sts." + domain, value);
    return this;
  }

  /** Announces a policy under this id, and no longer under another. */
  Internet record(String domain, String id) {
    return withoutRecord(domain).txt(domain, "v=STSv1; id=" + id + ";");
  }

  Internet withoutRecord(String domain) {
    dns.remove("_mta-sts." + domain);
    return this;
  }

  // Policy hosts

  Internet policy(String domain, String text) {
    return policyAnswer(domain, PolicyAnswer.policy(text));
  }

  Internet policyAnswer(String domain, PolicyAnswer answer) {
    policyHosts.answer(domain, answer);
    return policyHostAt(domain, LOOPBACK);
  }

  /** Sends whoever asks for the policy to another domain's, which is there and fit to be read. */
  Internet policyElsewhere(String domain, String otherDomain, String text) {
    policy(otherDomain, text);
    String elsewhere =
        "https://mta-sts." + otherDomain + ":" + policyHosts.port() + "/.well-known/mta-sts.txt";
    return policyAnswer(domain, PolicyAnswer.redirect(302, elsewhere));
  }

  Internet policyHostAt(String domain, String address) {
    dns.remove("mta-sts." + domain);
    dns.a("mta-sts." + domain, address);
    return this;
  }

  Internet policyHostBlocked(String domain) {
    return policyAnswer(domain, PolicyAnswer.fault(PolicyAnswer.Fault.DISCONNECT_IN_HANDSHAKE));
  }

  /** From now on, a connection to a policy host is a failure of the scenario. */
  Internet nothingMayBeFetched() {
    fetchForbidden = true;
    return this;
  }

  /** From now on, a sender that does not note these words is a failure of the scenario. */
  Internet mustBeNoted(String words) {
    due = words;
    return this;
  }

  // MX hosts

  /** Sets up the recipient's MX host, with a certificate that everybody trusts. */
  Internet honest(String host) {
    return honest(host, authorities.everybodys().issue(host));
  }

  Internet honest(String host, TestCertificate certificate) {
    servers.put(Reader.RECIPIENT, host, Optional.of(certificate));
    return this;
  }

  /** Sets up the recipient's MX host, which has never heard of TLS. */
  Internet withoutTls(String host) {
    servers.put(Reader.RECIPIENT, host, Optional.empty());
    return this;
  }

  /** Puts the attacker in the place of an MX host. */
  Internet intercept(String host, TestCertificate certificate) {
    servers.put(Reader.ATTACKER, host, Optional.of(certificate));
    return this;
  }

  Internet interceptWithoutTls(String host) {
    servers.put(Reader.ATTACKER, host, Optional.empty());
    return this;
  }

  // The sender

  /** Sends a message on an ordinary day, so that the sender knows the domain afterwards. */
  Internet sendBefore(String domain) {
    Outcome outcome = send(domain).outcome();
    if (outcome.handling() != Handling.VERIFIED) {
      throw new IllegalStateException(
          "an ordinary day: expected delivery, found " + outcome.text());
    }
    servers.emptyMailboxes();
    return this;
  }

  /** Sends a message, and looks into the mailboxes on both sides. */
  Sending send(String domain) {
    if (sender.isEmpty()) {
      sender = Optional.of(settings.build());
    }
    LabMailer mailer =
        new LabMailer(sender.get(), new MxLookup(dnsClient), servers::dial, message(domain));
    Sending sending = mailer.send(domain);
    if (fetchForbidden && policyHosts.connections() > 0) {
      throw new IllegalStateException("policy host: expected no connection, found one");
    }
    if (sending.journal().stream().noneMatch(entry -> entry.contains(due))) {
      throw new IllegalStateException("sender: expected a note of \"" + due + "\", found none");
    }
    return new Sending(sending.outcome().readBy(servers.whoHasMail()), sending.journal());
  }

  private static Message message(String domain) {
    return new Message(
        "anna@sender.example",
        List.of("bob@" + domain),
        List.of(
            "From: anna@sender.example",
            "To: bob@" + domain,
            "Subject: between you and me",
            "",
            "The key is under the mat."));
  }

  /** Ends everything, and leaves nothing running. */
  @Override
  public void close() {
    sender.ifPresent(PolicyResolver::close);
    dnsClient.close();
    servers.close();
    policyHosts.close();
    dns.close();
  }
}
