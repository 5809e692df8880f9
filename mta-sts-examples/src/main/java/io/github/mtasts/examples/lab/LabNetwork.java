// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.discovery.MxLookup;
import io.github.mtasts.examples.lab.ScenarioResult.Delivery;
import io.github.mtasts.examples.lab.ScenarioResult.Reader;
import io.github.mtasts.examples.smtp.SmtpMessage;
import io.github.mtasts.testing.PolicyAnswer;
import io.github.mtasts.testing.PolicyHosts;
import io.github.mtasts.testing.SettableClock;
import io.github.mtasts.testing.TestCertificate;
import io.github.mtasts.testing.TestDns;
import io.github.mtasts.testing.TestInternet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A simulated network: DNS, policy hosts, MX hosts and a sender. The attacker uses the same methods
 * as the owners.
 */
public final class LabNetwork implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";

  /** Every server answers, but the machine may be slow. */
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  // The day when nmrc.org published its policy.
  private static final Instant START = Instant.parse("2024-06-27T12:00:00Z");

  private final LabCertificateAuthorities authorities;
  private final TestInternet internet;
  private final TestDns dns;
  private final PolicyHosts policyHosts;
  private final LabMxServers servers = new LabMxServers();
  private Duration fetchDeadline = DEADLINE;
  private List<String> allowedAddresses = List.of("127.0.0.0/8");
  private Optional<PolicyResolver> sender = Optional.empty();
  private boolean fetchForbidden;
  private String requiredLogText = "";

  LabNetwork(LabCertificateAuthorities authorities) {
    this.authorities = authorities;
    this.internet = TestInternet.start(authorities.trusted(), new SettableClock(START));
    this.dns = internet.dns();
    this.policyHosts = internet.policyHosts();
  }

  LabCertificateAuthorities authorities() {
    return authorities;
  }

  /** Sets the sender's timeout for a fetch; call it before the first message. */
  LabNetwork fetchDeadline(Duration deadline) {
    fetchDeadline = deadline;
    return this;
  }

  /** Makes the sender refuse loopback addresses too; call it before the first message. */
  LabNetwork refuseSpecialAddresses() {
    allowedAddresses = List.of();
    return this;
  }

  LabNetwork advance(Duration time) {
    internet.clock().advance(time);
    return this;
  }

  // DNS

  LabNetwork mx(String domain, int preference, String host) {
    dns.mx(domain, preference, host);
    return this;
  }

  LabNetwork withoutMx(String domain) {
    dns.remove(domain);
    return this;
  }

  /** Adds a TXT record at {@code _mta-sts}. */
  LabNetwork txt(String domain, String value) {
    dns.txt("_mta-sts." + domain, value);
    return this;
  }

  /** Replaces the TXT record by one with this id. */
  LabNetwork record(String domain, String id) {
    return withoutRecord(domain).txt(domain, "v=STSv1; id=" + id + ";");
  }

  LabNetwork withoutRecord(String domain) {
    dns.remove("_mta-sts." + domain);
    return this;
  }

  // Policy hosts

  LabNetwork policy(String domain, String text) {
    return policyAnswer(domain, PolicyAnswer.policy(text));
  }

  LabNetwork policyAnswer(String domain, PolicyAnswer answer) {
    policyHosts.answer(domain, answer);
    return policyHostAt(domain, LOOPBACK);
  }

  /** Redirects requests for the policy to another domain's valid policy. */
  LabNetwork policyElsewhere(String domain, String otherDomain, String text) {
    policy(otherDomain, text);
    String target =
        "https://mta-sts." + otherDomain + ":" + policyHosts.port() + "/.well-known/mta-sts.txt";
    return policyAnswer(domain, PolicyAnswer.redirect(302, target));
  }

  LabNetwork policyHostAt(String domain, String address) {
    dns.remove("mta-sts." + domain);
    dns.a("mta-sts." + domain, address);
    return this;
  }

  LabNetwork policyHostBlocked(String domain) {
    return policyAnswer(domain, PolicyAnswer.fault(PolicyAnswer.Fault.DISCONNECT_IN_HANDSHAKE));
  }

  /** Makes the scenario fail if the sender connects to a policy host. */
  LabNetwork forbidFetches() {
    fetchForbidden = true;
    return this;
  }

  /** Makes the scenario fail if the sender does not log this text. */
  LabNetwork mustLog(String text) {
    requiredLogText = text;
    return this;
  }

  // MX hosts

  /** Sets up the recipient's MX host, with a trusted certificate. */
  LabNetwork genuineMx(String host) {
    return genuineMx(host, authorities.trusted().issue(host));
  }

  LabNetwork genuineMx(String host, TestCertificate certificate) {
    servers.put(Reader.RECIPIENT, host, Optional.of(certificate));
    return this;
  }

  /** Sets up the recipient's MX host, without TLS. */
  LabNetwork withoutTls(String host) {
    servers.put(Reader.RECIPIENT, host, Optional.empty());
    return this;
  }

  /** Replaces an MX host by the attacker. */
  LabNetwork intercept(String host, TestCertificate certificate) {
    servers.put(Reader.ATTACKER, host, Optional.of(certificate));
    return this;
  }

  LabNetwork interceptWithoutTls(String host) {
    servers.put(Reader.ATTACKER, host, Optional.empty());
    return this;
  }

  // The sender

  /** Sends a first message without an attack, so that the sender caches the policy. */
  LabNetwork sendFirst(String domain) {
    ScenarioResult result = send(domain).result();
    if (result.delivery() != Delivery.VERIFIED) {
      throw new IllegalStateException(
          "first message: expected verified delivery, found " + result.text());
    }
    servers.ignoreOldMail();
    return this;
  }

  /** Sends a message and checks the mailboxes of both sides. */
  SendResult send(String domain) {
    if (sender.isEmpty()) {
      sender =
          Optional.of(
              internet
                  .resolverOptions()
                  .dnsServers(dns.address())
                  .dnsDeadline(DEADLINE)
                  .fetchDeadline(fetchDeadline)
                  .allowPolicyHostAddresses(allowedAddresses.toArray(String[]::new))
                  .build());
    }
    LabMailer mailer =
        new LabMailer(
            sender.get(), new MxLookup(internet.dnsClient()), servers::connect, message(domain));
    SendResult sent = mailer.send(domain);
    if (fetchForbidden && policyHosts.connections() > 0) {
      throw new IllegalStateException("policy host: expected no connection, found one");
    }
    if (sent.log().stream().noneMatch(entry -> entry.contains(requiredLogText))) {
      throw new IllegalStateException(
          "sender: expected a log entry with \"" + requiredLogText + "\", found none");
    }
    return new SendResult(sent.result().readBy(servers.whoHasMail()), sent.log());
  }

  private static SmtpMessage message(String domain) {
    return new SmtpMessage(
        "anna@sender.example",
        List.of("bob@" + domain),
        List.of(
            "From: anna@sender.example",
            "To: bob@" + domain,
            "Subject: confidential",
            "",
            "This text is confidential."));
  }

  /** Stops the sender and all servers. */
  @Override
  public void close() {
    sender.ifPresent(PolicyResolver::close);
    servers.close();
    internet.close();
  }
}
