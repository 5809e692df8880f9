package io.github.mtasts.realservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.mail.DomainDelivery;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.mail.DomainDeliveryException;
import jakarta.mail.Address;
import jakarta.mail.SendFailedException;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is delivered lies in Postfix's mailbox, and what is refused was never offered to it. */
final class RealServersIT {
  private static final String WELL_KNOWN = "/.well-known/mta-sts.txt";

  private static RealServers servers;
  private Sender sender;

  @BeforeAll
  static void startServers() throws Exception {
    servers = RealServers.start();
  }

  @AfterAll
  static void stopServers() throws Exception {
    if (servers != null) {
      servers.stop();
    }
  }

  @BeforeEach
  void remembersNothing() throws Exception {
    sender = new Sender(servers);
  }

  @AfterEach
  void closeSender() {
    sender.close();
  }

  @ParameterizedTest(name = "{0}: {1} at mx.{2}.test: {3}")
  @CsvSource({
    "MX on IPv4 with a valid certificate,    enforce.valid.test,          valid,          "
        + " DELIVERED",
    "MX without STARTTLS,                    enforce.no-starttls.test,    no-starttls,    "
        + " DEFERRED",
    "MX on IPv6 with a valid certificate,    enforce.valid-ip6.test,      valid-ip6,      "
        + " DELIVERED",
    "MX on IPv6 with a strange certificate,  enforce.unknown-ca-ip6.test, unknown-ca-ip6, "
        + " DEFERRED",
    "MX that demands TLS,                    enforce.encrypt-only.test,   encrypt-only,   "
        + " DELIVERED",
    "MX on IPv6 in clear and without policy, open.no-starttls-ip6.test,   no-starttls-ip6,"
        + " DELIVERED",
  })
  void passesThePublishedSenderAuditColdAndWarm(
      String situation, String domain, String mx, Disposition expected) throws Exception {
    PostfixHost host = servers.mx(mx);
    Letter cold = Letter.brief();
    Letter warm = Letter.brief();

    DomainDelivery first = sender.deliver(cold, domain, host);
    int fetches = servers.requestsAtPolicyHostOf(domain).size();
    assertThat(sender.resolver.resolve(domain)).as(situation).satisfies(RealServersIT::remembered);
    DomainDelivery second = sender.deliver(warm, domain, host);

    assertThat(List.of(first.disposition(), second.disposition())).containsOnly(expected);
    if (expected == Disposition.DELIVERED) {
      host.awaitMail(cold);
      host.awaitMail(warm);
      assertThat(servers.requestsAtPolicyHostOf(domain)).hasSize(fetches);
    } else {
      assertNeverOffered(cold, mx);
      assertNeverOffered(warm, mx);
    }
  }

  private static void remembered(Resolution resolution) {
    if (resolution instanceof Resolution.InForce policy) {
      assertThat(policy.source()).isEqualTo(Resolution.Source.CACHED);
    } else {
      assertThat(resolution.domain()).startsWith("open.");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "expired,         CERTIFICATE_EXPIRED,       4.7.5",
    "wrong-name,      CERTIFICATE_HOST_MISMATCH, 4.7.5",
    "unknown-ca,      CERTIFICATE_NOT_TRUSTED,   4.7.5",
    "no-starttls,     STARTTLS_NOT_SUPPORTED,    4.7.4",
    "unknown-ca-ip6,  CERTIFICATE_NOT_TRUSTED,   4.7.5",
    "no-starttls-ip6, STARTTLS_NOT_SUPPORTED,    4.7.4",
  })
  void asksNothingOfAHostThatFailsAnEnforcedPolicy(String mx, ResultType expected, String status)
      throws Exception {
    Letter letter = Letter.brief();

    DomainDelivery delivery = sender.deliver(letter, "enforce." + mx + ".test", servers.mx(mx));

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.requirement()).contains(Requirement.ENFORCED);
    assertThat(delivery.resultType()).contains(expected);
    assertThat(delivery.status()).isEqualTo(status);
    assertThat(delivery.attempts()).extracting(Attempt::outcome).containsOnly(Outcome.TLS_FAILED);
    assertThat(sender.tlsSessions).allSatisfy(s -> assertThat(s.failure()).contains(expected));
    assertThat(sender.tlsSessions).isNotEmpty();
    assertNeverOffered(letter, mx);
  }

  @ParameterizedTest
  @CsvSource({
    "expired,         CERTIFICATE_EXPIRED",
    "wrong-name,      CERTIFICATE_HOST_MISMATCH",
    "unknown-ca,      CERTIFICATE_NOT_TRUSTED",
    "no-starttls,     STARTTLS_NOT_SUPPORTED",
    "unknown-ca-ip6,  CERTIFICATE_NOT_TRUSTED",
    "no-starttls-ip6, STARTTLS_NOT_SUPPORTED",
  })
  void deliversToAHostThatFailsAPolicyInTestingAndCountsTheFailure(String mx, ResultType expected)
      throws Exception {
    Letter letter = Letter.brief();

    DomainDelivery delivery = sender.deliver(letter, "testing." + mx + ".test", servers.mx(mx));

    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.requirement()).contains(Requirement.TESTING);
    assertThat(sender.tlsSessions)
        .singleElement()
        .satisfies(session -> assertThat(session.failure()).contains(expected));
    servers.mx(mx).awaitMail(letter);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "valid",
        "expired",
        "wrong-name",
        "unknown-ca",
        "no-starttls",
        "encrypt-only",
        "tls13-only",
        "valid-ip6",
        "unknown-ca-ip6",
        "no-starttls-ip6"
      })
  void deliversToAnyHostOfADomainWithoutPolicyByTheBestTlsThereIs(String mx) throws Exception {
    Letter letter = Letter.brief();

    DomainDelivery delivery = sender.deliver(letter, "open." + mx + ".test", servers.mx(mx));

    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.requirement()).contains(Requirement.OPPORTUNISTIC);
    String mail = servers.mx(mx).awaitMail(letter);
    if (mx.startsWith("no-starttls")) {
      assertThat(mail).contains("with ESMTP id").doesNotContain("using TLS");
    } else {
      assertThat(mail).contains("with ESMTPS id").contains("(using TLSv1.3 ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"valid", "encrypt-only", "tls13-only", "valid-ip6"})
  void deliversByTlsToAHostThatMeetsAnEnforcedPolicy(String mx) throws Exception {
    Letter letter = Letter.brief();

    DomainDelivery delivery = sender.deliver(letter, "enforce." + mx + ".test", servers.mx(mx));

    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.mxHost()).contains("mx." + mx + ".test");
    assertThat(sender.tlsSessions)
        .singleElement()
        .satisfies(session -> assertThat(session.failure()).isEmpty());
    assertThat(servers.mx(mx).awaitMail(letter)).contains("with ESMTPS id");
    servers.mx(mx).awaitMailFrom(letter);
    assertThat(servers.requestsAtPolicyHostOf("enforce." + mx + ".test")).contains(WELL_KNOWN);
  }

  @Test
  void changesNoByteOfAMessage() throws Exception {
    Letter letter =
        Letter.of(
            "Gr\u00c3\u00bc\u00c3\u009fe, and a byte that is no UTF-8: \u00e4\n"
                + ".\n..\n.one dot\n...three\n\n"
                + "From the beginning of a line\n"
                + "blanks at the end   \n\ttabs\t\n"
                + "control \u0001 \u0007 \u001b \u007f characters\n"
                + "x".repeat(998)
                + "\n-- \n\n\n");
    PostfixHost mx = servers.mx("valid");

    sender.deliver(letter, "enforce.valid.test", mx);

    assertThat(withoutAddedHeaders(mx.awaitMail(letter))).isEqualTo(letter.text());
  }

  /** What Postfix puts on top of what it got. */
  private static String withoutAddedHeaders(String mail) {
    return mail.replaceFirst(
        "\\A(?:(?:Return-Path|X-Original-To|Delivered-To|Received):.*\n(?:[ \t].*\n)*)+", "");
  }

  @Test
  void dialsNoHostThatAnEnforcedPolicyDoesNotList() throws Exception {
    Letter letter = Letter.brief();

    DomainDelivery delivery = sender.deliver(letter, "unlisted.test", servers.mx("valid"));

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.requirement()).contains(Requirement.REFUSED);
    assertThat(delivery.attempts())
        .singleElement()
        .satisfies(attempt -> assertThat(attempt.address()).isEmpty());
    assertNeverOffered(letter, "valid");
  }

  @Test
  void walksPastFourHostsThatFailToTheOneThatDoesNot() throws Exception {
    Letter letter = Letter.brief();

    DomainDelivery delivery = sender.deliver(letter, "detour.test", servers.mx("valid"));

    assertThat(delivery.attempts())
        .extracting(Attempt::mxHost)
        .containsExactly(
            "mx.expired.test",
            "mx.wrong-name.test",
            "mx.unknown-ca.test",
            "mx.no-starttls.test",
            "mx.valid.test");
    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    servers.mx("valid").awaitMail(letter);
    for (String mx : List.of("expired", "wrong-name", "unknown-ca", "no-starttls")) {
      assertNeverOffered(letter, mx);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"impostor.test", "moved.test"})
  void believesNoPolicyBehindAStrangeCertificateOrARedirection(String domain) throws Exception {
    Letter letter = Letter.brief();
    PostfixHost mx = servers.mx("no-starttls");

    DomainDelivery delivery = sender.deliver(letter, domain, mx);

    assertThat(delivery.requirement()).contains(Requirement.OPPORTUNISTIC);
    assertThat(sender.resolver.resolve(domain))
        .isInstanceOfSatisfying(
            Resolution.NoPolicy.class,
            none -> assertThat(none.reason()).isEqualTo(Resolution.Reason.FETCH_FAILED));
    assertThat(servers.requestsAtPolicyHostOf(domain)).isSubsetOf(WELL_KNOWN);
    mx.awaitMail(letter);
  }

  @Test
  void tellsTransportSendWhoHasTheMessageAndWhoHasNot() throws Exception {
    Letter letter = Letter.brief();
    PostfixHost valid = servers.mx("valid");
    Address taken = Sender.bobAt("enforce.valid.test");
    Address kept = Sender.bobAt("enforce.expired.test");
    Address unknown = new InternetAddress("nobody@enforce.valid.test");

    SendFailedException failure =
        catchThrowableOfType(
            SendFailedException.class,
            () ->
                Transport.send(
                    letter.message(sender.session(valid)), new Address[] {taken, kept, unknown}));

    assertThat(failure.getValidSentAddresses()).containsExactly(taken);
    assertThat(failure.getValidUnsentAddresses()).containsExactly(kept);
    assertThat(failure.getInvalidAddresses()).containsExactly(unknown);
    valid.awaitMail(letter);
    assertNeverOffered(letter, "expired");
  }

  @Test
  void failsForGoodWhatPostfixRejectsForGood() throws Exception {
    Letter letter = Letter.brief();
    Address nobody = new InternetAddress("nobody@enforce.valid.test");

    SendFailedException failure =
        catchThrowableOfType(
            SendFailedException.class,
            () ->
                Transport.send(
                    letter.message(sender.session(servers.mx("valid"))), new Address[] {nobody}));

    assertThat(failure.getInvalidAddresses()).containsExactly(nobody);
    assertThat(failure.getNextException())
        .isInstanceOfSatisfying(
            DomainDeliveryException.class,
            cause -> assertThat(cause.delivery().status()).isEqualTo("5.1.1"));
  }

  /** No copy of it and no MAIL FROM for it, though mail that was sent later has arrived. */
  private static void assertNeverOffered(Letter refused, String mx) throws Exception {
    PostfixHost host = servers.mx(mx);
    Letter later = Letter.brief();
    try (Sender another = new Sender(servers)) {
      another.deliver(later, "open." + mx + ".test", host);
    }
    host.awaitMail(later);
    host.awaitMailFrom(later);
    assertThat(host.commands()).noneMatch(command -> command.contains(refused.sender()));
    assertThat(host.mails()).noneMatch(refused::isIn);
  }
}
