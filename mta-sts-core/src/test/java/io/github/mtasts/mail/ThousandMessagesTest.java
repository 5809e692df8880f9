// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.DnsJavaClient;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ReceivedMail;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCertificate;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Sends a thousand messages to fifty domains from thirty-two threads, while a third of the MX hosts
 * fail in every known way: none is lost and none arrives twice.
 */
final class ThousandMessagesTest {
  private static final int MESSAGES = 1000;
  private static final int DOMAINS = 50;
  private static final int THREADS = 32;
  private static final int MESSAGES_TO_SLOW_DOMAINS = 3;
  private static final Duration MAX_WAIT = Duration.ofMinutes(3);

  /** Faults after which a message is delivered or deferred, so no 5xx. */
  private static final List<MxFault> FAULTS =
      Arrays.stream(MxFault.values())
          .filter(fault -> fault.kind() != MxFault.Kind.PERMANENT_REFUSAL)
          .filter(fault -> fault.kind() != MxFault.Kind.HARMLESS)
          .toList();

  private final MailFixture fixture = new MailFixture();
  private final DnsClient dns =
      DnsJavaClient.of(List.of(fixture.dns.address()), Duration.ofSeconds(30));
  private final List<Domain> domains = new ArrayList<>();
  private final List<SentMessage> messages = new ArrayList<>();
  private final Map<SentMessage, DomainDelivery> deliveries = new ConcurrentHashMap<>();

  @AfterEach
  void stop() throws Exception {
    dns.close();
    fixture.close();
  }

  /** Has three hosts: the first one fails, the other two do not. */
  private record Domain(
      String name,
      Requirement requirement,
      MxFault fault,
      ScriptedMx faulty,
      List<MxServer> honest) {

    boolean isSlow() {
      return fault.isSilent() || fault.kind() == MxFault.Kind.ENDLESS;
    }

    Disposition expected() {
      return fault.allowsAnotherHost(requirement)
          ? Disposition.DELIVERED
          : fault.disposition(requirement);
    }

    /** The copies that a server has accepted. */
    List<ReceivedMail> accepted() {
      List<ReceivedMail> accepted = new ArrayList<>(hasAccepted() ? faulty.messages() : List.of());
      honest.forEach(mx -> accepted.addAll(mx.messages()));
      return accepted;
    }

    /** The copies that were sent completely and not accepted. */
    List<ReceivedMail> unaccepted() {
      return hasAccepted() ? List.of() : faulty.messages();
    }

    private boolean hasAccepted() {
      return fault.outcome(requirement) == DomainDelivery.Outcome.DELIVERED;
    }
  }

  private record SentMessage(int number, Domain domain, String text) {
    String recipient() {
      return "bob" + number + "@" + domain.name();
    }

    boolean isIn(ReceivedMail mail) {
      return mail.recipients().equals(List.of(recipient()))
          && mail.text().endsWith("\r\n\r\n" + text);
    }
  }

  @Test
  @Tag("rfc-item-70")
  @Tag("rfc-item-77")
  void deliversEachMessageOnceOrDefersIt() throws Exception {
    buildDomains();
    writeMessages();

    sendAll();

    assertThat(deliveries).hasSize(MESSAGES);
    for (Domain domain : domains) {
      assertThat(domain.faulty().isDeserted(MAX_WAIT)).as(domain.name()).isTrue();
      List<SentMessage> sent =
          messages.stream().filter(message -> message.domain().equals(domain)).toList();
      List<ReceivedMail> accepted = domain.accepted();
      List<ReceivedMail> unaccepted = domain.unaccepted();
      sent.forEach(message -> assertThatItIsDeliveredOnceOrDeferred(message, accepted, unaccepted));
      assertThat(accepted).hasSize((int) sent.stream().filter(this::isDelivered).count());
      assertThat(accepted).allMatch(mail -> mail.isOverTls() || isInClear(domain));
    }
  }

  private void assertThatItIsDeliveredOnceOrDeferred(
      SentMessage message, List<ReceivedMail> accepted, List<ReceivedMail> unaccepted) {
    DomainDelivery delivery = Optional.ofNullable(deliveries.get(message)).orElseThrow();
    String description = message.domain().fault() + ": " + delivery.detail();
    assertThat(delivery.disposition()).as(description).isEqualTo(message.domain().expected());
    assertThat(accepted.stream().filter(message::isIn).count())
        .as(description)
        .isEqualTo(isDelivered(message) ? 1 : 0);
    assertThat(unaccepted.stream().filter(message::isIn).count())
        .as(description)
        .isLessThanOrEqualTo(isDelivered(message) ? 0 : 1);
  }

  private boolean isDelivered(SentMessage message) {
    return Optional.ofNullable(deliveries.get(message)).orElseThrow().disposition()
        == Disposition.DELIVERED;
  }

  private static boolean isInClear(Domain domain) {
    return domain.fault().kind() == MxFault.Kind.NO_TLS
        && domain.requirement() != Requirement.ENFORCED;
  }

  private void buildDomains() {
    fixture.properties.put("mail.mta-sts.dns", dns);
    fixture.properties.setProperty("mail.mta-sts.connectiontimeout", "20000");
    fixture.properties.setProperty("mail.mta-sts.timeout", "8000");
    fixture.properties.setProperty("mail.mta-sts.deliverytimeout", "20000");
    TestCertificate honestHosts =
        MailFixture.CA.issue(
            IntStream.range(0, DOMAINS).mapToObj(i -> "*." + name(i)).toArray(String[]::new));
    Requirement[] policies = {Requirement.OPPORTUNISTIC, Requirement.TESTING, Requirement.ENFORCED};
    for (int i = 0; i < DOMAINS; i++) {
      MxFault fault = FAULTS.get(i % FAULTS.size());
      domains.add(domain(name(i), policies[i % policies.length], fault, honestHosts));
    }
  }

  private static String name(int number) {
    return "d" + number + ".example";
  }

  private Domain domain(
      String name, Requirement requirement, MxFault fault, TestCertificate certificate) {
    String first = "mx1." + name;
    ScriptedMx faulty = fixture.mx(first, fault.script(first));
    List<MxServer> honest =
        List.of(fixture.mx("mx2." + name, certificate), fixture.mx("mx3." + name, certificate));
    fixture.dns.mx(name, 10, first).mx(name, 20, "mx2." + name).mx(name, 20, "mx3." + name);
    if (requirement == Requirement.ENFORCED) {
      fixture.enforce(name, "*." + name);
    } else if (requirement == Requirement.TESTING) {
      fixture.testing(name, "*." + name);
    }
    return new Domain(name, requirement, fault, faulty, honest);
  }

  /** Fewer to domains where each message waits for a timeout. */
  private void writeMessages() {
    List<Domain> slow = domains.stream().filter(Domain::isSlow).toList();
    List<Domain> quick = domains.stream().filter(domain -> !domain.isSlow()).toList();
    for (int i = 0; i < MESSAGES; i++) {
      int slowOnes = slow.size() * MESSAGES_TO_SLOW_DOMAINS;
      Domain domain = i < slowOnes ? slow.get(i % slow.size()) : quick.get(i % quick.size());
      messages.add(new SentMessage(i, domain, text(i)));
    }
  }

  /** Returns a different text for each number, with lines that begin with a dot. RFC 5321 §4.5.2 */
  private static String text(int number) {
    Random random = new Random(number);
    StringBuilder text = new StringBuilder("Message " + number + ".\r\n");
    for (int i = random.nextInt(60); i > 0; i--) {
      text.append(".".repeat(random.nextInt(3))).append(random.nextLong()).append("\r\n");
    }
    return text.toString();
  }

  /** In random order, but slow domains first, so that they do not prolong the test at its end. */
  private void sendAll() throws Exception {
    List<SentMessage> shuffled = new ArrayList<>(messages);
    Collections.shuffle(shuffled, new Random(8461));
    shuffled.sort(Comparator.comparing(message -> !message.domain().isSlow()));
    Queue<SentMessage> outbox = new ConcurrentLinkedQueue<>(shuffled);
    Session session = fixture.session();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> senders = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        senders.add(threads.submit(() -> sendFrom(outbox, session)));
      }
      for (Future<?> sender : senders) {
        sender.get(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private boolean sendFrom(Queue<SentMessage> outbox, Session session) throws MessagingException {
    try (MtaStsTransport transport = new MtaStsTransport(session, fixture.resolver)) {
      transport.connect();
      for (SentMessage next = outbox.poll(); next != null; next = outbox.poll()) {
        MimeMessage message = MailFixture.message(session, next.text(), next.recipient());
        List<DomainDelivery> results = transport.deliver(message, message.getAllRecipients());
        assertThat(results).hasSize(1);
        assertThat(deliveries.put(next, results.get(0))).isNull();
      }
    }
    return true;
  }
}
