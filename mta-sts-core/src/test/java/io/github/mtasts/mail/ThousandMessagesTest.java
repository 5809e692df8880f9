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
 * A thousand messages for fifty domains, from thirty-two threads, while a third of the MX hosts
 * fail in every way there is: none is lost and none arrives twice.
 */
final class ThousandMessagesTest {
  private static final int MESSAGES = 1000;
  private static final int DOMAINS = 50;
  private static final int THREADS = 32;
  private static final int MESSAGES_TO_SLOW_DOMAINS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** What this test is about ends with a message delivered or deferred, so no 5xx. */
  private static final List<MxFault> FAULTS =
      Arrays.stream(MxFault.values())
          .filter(fault -> fault.kind() != MxFault.Kind.NOT_WANTED)
          .filter(fault -> fault.kind() != MxFault.Kind.HARMLESS)
          .toList();

  private final MailWorld world = new MailWorld();
  private final DnsClient dns =
      DnsJavaClient.of(List.of(world.dns.address()), Duration.ofSeconds(30));
  private final List<Domain> domains = new ArrayList<>();
  private final List<Letter> letters = new ArrayList<>();
  private final Map<Letter, DomainDelivery> deliveries = new ConcurrentHashMap<>();

  @AfterEach
  void stop() throws Exception {
    dns.close();
    world.close();
  }

  /** Three hosts each: the first one fails, the other two do not. */
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
      return fault.leavesTheMessageToOthers(requirement)
          ? Disposition.DELIVERED
          : fault.disposition(requirement);
    }

    /** The copies that somebody has promised to deliver. */
    List<ReceivedMail> taken() {
      List<ReceivedMail> taken = new ArrayList<>(hasTaken() ? faulty.messages() : List.of());
      honest.forEach(mx -> taken.addAll(mx.messages()));
      return taken;
    }

    /** Those that were sent to their end without such a promise. */
    List<ReceivedMail> stranded() {
      return hasTaken() ? List.of() : faulty.messages();
    }

    private boolean hasTaken() {
      return fault.outcome(requirement) == DomainDelivery.Outcome.DELIVERED;
    }
  }

  private record Letter(int number, Domain domain, String text) {
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
  void eachMessageIsDeliveredOnceOrKept() throws Exception {
    buildDomains();
    writeLetters();

    sendAll();

    assertThat(deliveries).hasSize(MESSAGES);
    for (Domain domain : domains) {
      assertThat(domain.faulty().isDeserted(PATIENCE)).as(domain.name()).isTrue();
      List<Letter> sent =
          letters.stream().filter(letter -> letter.domain().equals(domain)).toList();
      List<ReceivedMail> taken = domain.taken();
      List<ReceivedMail> stranded = domain.stranded();
      sent.forEach(letter -> assertThatItIsDeliveredOnceOrKept(letter, taken, stranded));
      assertThat(taken).hasSize((int) sent.stream().filter(this::isDelivered).count());
      assertThat(taken).allMatch(mail -> mail.isOverTls() || isInClear(domain));
    }
  }

  private void assertThatItIsDeliveredOnceOrKept(
      Letter letter, List<ReceivedMail> taken, List<ReceivedMail> stranded) {
    DomainDelivery delivery = Optional.ofNullable(deliveries.get(letter)).orElseThrow();
    String about = letter.domain().fault() + ": " + delivery.detail();
    assertThat(delivery.disposition()).as(about).isEqualTo(letter.domain().expected());
    assertThat(taken.stream().filter(letter::isIn).count())
        .as(about)
        .isEqualTo(isDelivered(letter) ? 1 : 0);
    assertThat(stranded.stream().filter(letter::isIn).count())
        .as(about)
        .isLessThanOrEqualTo(isDelivered(letter) ? 0 : 1);
  }

  private boolean isDelivered(Letter letter) {
    return Optional.ofNullable(deliveries.get(letter)).orElseThrow().disposition()
        == Disposition.DELIVERED;
  }

  private static boolean isInClear(Domain domain) {
    return domain.fault().kind() == MxFault.Kind.NO_TLS
        && domain.requirement() != Requirement.ENFORCED;
  }

  private void buildDomains() {
    world.properties.put("mail.mta-sts.dns", dns);
    world.properties.setProperty("mail.mta-sts.connectiontimeout", "20000");
    world.properties.setProperty("mail.mta-sts.timeout", "8000");
    world.properties.setProperty("mail.mta-sts.deliverytimeout", "20000");
    TestCertificate everyHonestHosts =
        MailWorld.CA.issue(
            IntStream.range(0, DOMAINS).mapToObj(i -> "*." + name(i)).toArray(String[]::new));
    Requirement[] policies = {Requirement.OPPORTUNISTIC, Requirement.TESTING, Requirement.ENFORCED};
    for (int i = 0; i < DOMAINS; i++) {
      MxFault fault = FAULTS.get(i % FAULTS.size());
      domains.add(domain(name(i), policies[i % policies.length], fault, everyHonestHosts));
    }
  }

  private static String name(int number) {
    return "d" + number + ".example";
  }

  private Domain domain(
      String name, Requirement requirement, MxFault fault, TestCertificate certificate) {
    String first = "mx1." + name;
    ScriptedMx faulty = world.mx(first, fault.script(first));
    List<MxServer> honest =
        List.of(world.mx("mx2." + name, certificate), world.mx("mx3." + name, certificate));
    world.dns.mx(name, 10, first).mx(name, 20, "mx2." + name).mx(name, 20, "mx3." + name);
    if (requirement == Requirement.ENFORCED) {
      world.enforce(name, "*." + name);
    } else if (requirement == Requirement.TESTING) {
      world.testing(name, "*." + name);
    }
    return new Domain(name, requirement, fault, faulty, honest);
  }

  /** Fewer to those that cost a time-out each. */
  private void writeLetters() {
    List<Domain> slow = domains.stream().filter(Domain::isSlow).toList();
    List<Domain> quick = domains.stream().filter(domain -> !domain.isSlow()).toList();
    for (int i = 0; i < MESSAGES; i++) {
      int slowOnes = slow.size() * MESSAGES_TO_SLOW_DOMAINS;
      Domain domain = i < slowOnes ? slow.get(i % slow.size()) : quick.get(i % quick.size());
      letters.add(new Letter(i, domain, text(i)));
    }
  }

  /** No two alike, with lines that begin with a dot. RFC 5321 §4.5.2 */
  private static String text(int number) {
    Random random = new Random(number);
    StringBuilder text = new StringBuilder("Message " + number + ".\r\n");
    for (int i = random.nextInt(60); i > 0; i--) {
      text.append(".".repeat(random.nextInt(3))).append(random.nextLong()).append("\r\n");
    }
    return text.toString();
  }

  /** In random order; but the slow ones first, so that nobody waits for them alone at the end. */
  private void sendAll() throws Exception {
    List<Letter> shuffled = new ArrayList<>(letters);
    Collections.shuffle(shuffled, new Random(8461));
    shuffled.sort(Comparator.comparing(letter -> !letter.domain().isSlow()));
    Queue<Letter> outbox = new ConcurrentLinkedQueue<>(shuffled);
    Session session = world.session();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> senders = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        senders.add(threads.submit(() -> sendFrom(outbox, session)));
      }
      for (Future<?> sender : senders) {
        sender.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private boolean sendFrom(Queue<Letter> outbox, Session session) throws MessagingException {
    try (MtaStsTransport transport = new MtaStsTransport(session, world.resolver)) {
      transport.connect();
      for (Letter letter = outbox.poll(); letter != null; letter = outbox.poll()) {
        MimeMessage message = MailWorld.message(session, letter.text(), letter.recipient());
        List<DomainDelivery> outcome = transport.deliver(message, message.getAllRecipients());
        assertThat(outcome).hasSize(1);
        assertThat(deliveries.put(letter, outcome.get(0))).isNull();
      }
    }
    return true;
  }
}
