// SPDX-License-Identifier: Apache-2.0
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

/** Delivered mail is in the mailbox of Postfix; refused mail was never offered to it. */
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
  void startWithAnEmptyCache() throws Exception {
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
    "MX on IPv6 with an unknown CA,          enforce.unknown-ca-ip6.test, unknown-ca-ip6, "
        + " DEFERRED",
    "MX that requires TLS,                   enforce.encrypt-only.test,   encrypt-only,   "
        + " DELIVERED",
    "MX on IPv6 in clear and without policy, open.no-starttls-ip6.test,   no-starttls-ip6,"
        + " DELIVERED",
  })
  void passesThePublishedSenderAuditWithEmptyAndFilledCache(
      String situation, String domain, String mx, Disposition expected) throws Exception {
    PostfixHost host = servers.mx(mx);
    TestMessage first = TestMessage.small();
    TestMessage second = TestMessage.small();

    DomainDelivery firstDelivery = sender.deliver(first, domain, host);
    int fetches = servers.requestsAtPolicyHostOf(domain).size();
    assertThat(sender.resolver.resolve(domain))
        .as(situation)
        .satisfies(RealServersIT::assertCachedIfPublished);
    DomainDelivery secondDelivery = sender.deliver(second, domain, host);

    assertThat(List.of(firstDelivery.disposition(), secondDelivery.disposition()))
        .containsOnly(expected);
    if (expected == Disposition.DELIVERED) {
      host.awaitMail(first);
      host.awaitMail(second);
      assertThat(servers.requestsAtPolicyHostOf(domain)).hasSize(fetches);
    } else {
      assertNeverOffered(first, mx);
      assertNeverOffered(second, mx);
    }
  }

  private static void assertCachedIfPublished(Resolution resolution) {
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
  void offersNothingToAHostThatFailsAnEnforcedPolicy(String mx, ResultType expected, String status)
      throws Exception {
    TestMessage message = TestMessage.small();

    DomainDelivery delivery = sender.deliver(message, "enforce." + mx + ".test", servers.mx(mx));

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.requirement()).contains(Requirement.ENFORCED);
    assertThat(delivery.resultType()).contains(expected);
    assertThat(delivery.status()).isEqualTo(status);
    assertThat(delivery.attempts()).extracting(Attempt::outcome).containsOnly(Outcome.TLS_FAILED);
    assertThat(sender.tlsSessionsAtEnd())
        .allSatisfy(s -> assertThat(s.failure()).contains(expected));
    assertThat(sender.tlsSessionsAtEnd()).isNotEmpty();
    assertNeverOffered(message, mx);
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
  void deliversToAHostThatFailsATestingPolicyAndCountsTheFailure(String mx, ResultType expected)
      throws Exception {
    TestMessage message = TestMessage.small();

    DomainDelivery delivery = sender.deliver(message, "testing." + mx + ".test", servers.mx(mx));

    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.requirement()).contains(Requirement.TESTING);
    assertThat(sender.tlsSessionsAtEnd())
        .singleElement()
        .satisfies(session -> assertThat(session.failure()).contains(expected));
    servers.mx(mx).awaitMail(message);
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
  void deliversToAnyHostWithoutAPolicyWithTlsWhereOffered(String mx) throws Exception {
    TestMessage message = TestMessage.small();

    DomainDelivery delivery = sender.deliver(message, "open." + mx + ".test", servers.mx(mx));

    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.requirement()).contains(Requirement.OPPORTUNISTIC);
    String mail = servers.mx(mx).awaitMail(message);
    if (mx.startsWith("no-starttls")) {
      assertThat(mail).contains("with ESMTP id").doesNotContain("using TLS");
    } else {
      assertThat(mail).contains("with ESMTPS id").contains("(using TLSv1.3 ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"valid", "encrypt-only", "tls13-only", "valid-ip6"})
  void deliversOverTlsToAHostThatMeetsAnEnforcedPolicy(String mx) throws Exception {
    TestMessage message = TestMessage.small();

    DomainDelivery delivery = sender.deliver(message, "enforce." + mx + ".test", servers.mx(mx));

    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.mxHost()).contains("mx." + mx + ".test");
    assertThat(sender.tlsSessionsAtEnd())
        .singleElement()
        .satisfies(session -> assertThat(session.failure()).isEmpty());
    assertThat(servers.mx(mx).awaitMail(message)).contains("with ESMTPS id");
    servers.mx(mx).awaitMailFrom(message);
    assertThat(servers.requestsAtPolicyHostOf("enforce." + mx + ".test")).contains(WELL_KNOWN);
  }

  @Test
  void changesNoByteOfAMessage() throws Exception {
    TestMessage message =
        TestMessage.of(
            "Gr\u00c3\u00bc\u00c3\u009fe, and a byte that is no UTF-8: \u00e4\n"
                + ".\n..\n.one dot\n...three\n\n"
                + "From the beginning of a line\n"
                + "blanks at the end   \n\ttabs\t\n"
                + "control \u0001 \u0007 \u001b \u007f characters\n"
                + "x".repeat(998)
                + "\n-- \n\n\n");
    PostfixHost mx = servers.mx("valid");

    sender.deliver(message, "enforce.valid.test", mx);

    assertThat(withoutAddedHeaders(mx.awaitMail(message))).isEqualTo(message.text());
  }

  /** Removes the headers that Postfix adds at the top. */
  private static String withoutAddedHeaders(String mail) {
    return mail.replaceFirst(
        "\\A(?:(?:Return-Path|X-Original-To|Delivered-To|Received):.*\n(?:[ \t].*\n)*)+", "");
  }

  @Test
  void connectsToNoHostThatAnEnforcedPolicyDoesNotList() throws Exception {
    TestMessage message = TestMessage.small();

    DomainDelivery delivery = sender.deliver(message, "unlisted.test", servers.mx("valid"));

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.requirement()).contains(Requirement.REFUSED);
    assertThat(delivery.attempts())
        .singleElement()
        .satisfies(attempt -> assertThat(attempt.address()).isEmpty());
    assertNeverOffered(message, "valid");
  }

  @Test
  void triesFourFailingHostsBeforeTheGoodOne() throws Exception {
    TestMessage message = TestMessage.small();

    DomainDelivery delivery = sender.deliver(message, "several.test", servers.mx("valid"));

    assertThat(delivery.attempts())
        .extracting(Attempt::mxHost)
        .containsExactly(
            "mx.expired.test",
            "mx.wrong-name.test",
            "mx.unknown-ca.test",
            "mx.no-starttls.test",
            "mx.valid.test");
    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    servers.mx("valid").awaitMail(message);
    for (String mx : List.of("expired", "wrong-name", "unknown-ca", "no-starttls")) {
      assertNeverOffered(message, mx);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"impostor.test", "moved.test"})
  void ignoresAPolicyBehindAnUntrustedCertificateOrARedirect(String domain) throws Exception {
    TestMessage message = TestMessage.small();
    PostfixHost mx = servers.mx("no-starttls");

    DomainDelivery delivery = sender.deliver(message, domain, mx);

    assertThat(delivery.requirement()).contains(Requirement.OPPORTUNISTIC);
    assertThat(sender.resolver.resolve(domain))
        .isInstanceOfSatisfying(
            Resolution.NoPolicy.class,
            none -> assertThat(none.reason()).isEqualTo(Resolution.Reason.FETCH_FAILED));
    assertThat(servers.requestsAtPolicyHostOf(domain)).isSubsetOf(WELL_KNOWN);
    mx.awaitMail(message);
  }

  @Test
  void separatesSentUnsentAndInvalidAddressesForTransportSend() throws Exception {
    TestMessage message = TestMessage.small();
    PostfixHost valid = servers.mx("valid");
    Address delivered = Sender.bobAt("enforce.valid.test");
    Address deferred = Sender.bobAt("enforce.expired.test");
    Address unknown = new InternetAddress("nobody@enforce.valid.test");

    SendFailedException failure =
        catchThrowableOfType(
            SendFailedException.class,
            () ->
                Transport.send(
                    message.toMimeMessage(sender.session(valid)),
                    new Address[] {delivered, deferred, unknown}));

    assertThat(failure.getValidSentAddresses()).containsExactly(delivered);
    assertThat(failure.getValidUnsentAddresses()).containsExactly(deferred);
    assertThat(failure.getInvalidAddresses()).containsExactly(unknown);
    valid.awaitMail(message);
    assertNeverOffered(message, "expired");
  }

  @Test
  void failsPermanentlyWhatPostfixRejectsPermanently() throws Exception {
    TestMessage message = TestMessage.small();
    Address nobody = new InternetAddress("nobody@enforce.valid.test");

    SendFailedException failure =
        catchThrowableOfType(
            SendFailedException.class,
            () ->
                Transport.send(
                    message.toMimeMessage(sender.session(servers.mx("valid"))),
                    new Address[] {nobody}));

    assertThat(failure.getInvalidAddresses()).containsExactly(nobody);
    assertThat(failure.getNextException())
        .isInstanceOfSatisfying(
            DomainDeliveryException.class,
            cause -> assertThat(cause.delivery().status()).isEqualTo("5.1.1"));
  }

  /** Checks that a later message has arrived, but no copy of and no MAIL FROM for this one. */
  private static void assertNeverOffered(TestMessage refused, String mx) throws Exception {
    PostfixHost host = servers.mx(mx);
    TestMessage later = TestMessage.small();
    try (Sender another = new Sender(servers)) {
      another.deliver(later, "open." + mx + ".test", host);
    }
    host.awaitMail(later);
    host.awaitMailFrom(later);
    assertThat(host.commands()).noneMatch(command -> command.contains(refused.sender()));
    assertThat(host.mails()).noneMatch(refused::isIn);
  }
}
