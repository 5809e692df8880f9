// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static io.github.mtasts.policy.PolicyMode.ENFORCE;
import static io.github.mtasts.testing.TestInternet.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.endtoend.DeliveryCase;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ReceivedMail;
import io.github.mtasts.testing.ScriptedMx;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The delivery cases, except DANE and REQUIRETLS, through the transport. */
final class DeliveryCasesTransportTest {
  private static final String RECIPIENT = "bob@example.com";

  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.github.mtasts.endtoend.DeliveryCase#withOneMxHost")
  @Tag("rfc-item-71")
  @Tag("rfc-item-74")
  void delivers(DeliveryCase row) throws Exception {
    fixture.domain("example.com", row.mxHost()).resolution(row.resolution(fixture.settings()));
    Server server = server(row);

    DomainDelivery delivery = fixture.deliverToOne(RECIPIENT);

    assertThat(delivery.disposition())
        .as(delivery.detail())
        .isEqualTo(row.isDelivered() ? Disposition.DELIVERED : Disposition.DEFERRED);
    assertThat(server.messages().get()).hasSize(row.isDelivered() ? 1 : 0);
    assertThat(server.dialogue().get().stream().anyMatch(line -> line.startsWith("MAIL")))
        .as("MAIL FROM seen")
        .isEqualTo(row.isDelivered());
    if (row.isTransient()) {
      assertThat(delivery.status()).startsWith("4.7.");
    }
    if (row.isTlsRequired()) {
      assertThat(delivery.requirement()).contains(Requirement.ENFORCED);
    }
    if (row.isValidated()) {
      assertThat(server.messages().get()).allMatch(ReceivedMail::isOverTls);
      assertThat(fixture.sessions)
          .extracting(TlsSession::failure)
          .containsExactly(Optional.empty());
    }
    if (row.isInClear()) {
      assertThat(server.messages().get()).noneMatch(ReceivedMail::isOverTls);
    }
    if (row.resultType().isPresent()) {
      assertThat(fixture.sessions)
          .extracting(session -> session.failure().map(ResultType::label))
          .containsExactly(row.resultType());
      if (!row.isDelivered()) {
        assertThat(delivery.resultType().map(ResultType::label)).isEqualTo(row.resultType());
      }
    }
  }

  /** What both kinds of host record. */
  private record Server(Supplier<List<ReceivedMail>> messages, Supplier<List<String>> dialogue) {}

  private Server server(DeliveryCase row) {
    Optional<ScriptedMx.Script> broken = row.brokenTls();
    if (broken.isPresent()) {
      ScriptedMx faulty = fixture.mx(row.mxHost(), broken.get());
      return new Server(faulty::messages, faulty::dialogue);
    }
    MxServer honest = fixture.mx(row.mxHost(), row.certificate(MailFixture.CA));
    return new Server(honest::messages, honest::dialogue);
  }

  @Test
  void deliversInClearWhereTheOperatorHasDisabledThePolicy() throws Exception {
    MxServer mx = fixture.mxWithoutTls("mail.example.com");
    fixture.domain("example.com", "mail.example.com").enforce("example.com", "mail.example.com");
    assertThat(fixture.deliverToOne(RECIPIENT).disposition()).isEqualTo(Disposition.DEFERRED);

    fixture.resolution(
        new Resolution.NoPolicy(
            "example.com",
            Resolution.Reason.OVERRIDDEN,
            "disabled by the operator",
            Optional.empty(),
            fixture.settings()));

    assertThat(fixture.deliverToOne(RECIPIENT).disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages()).hasSize(1);
  }

  @Test
  @Tag("rfc-item-77")
  @Tag("rfc-item-96")
  void skipsAPreferredMxThatThePolicyDoesNotList() throws Exception {
    MxServer mx1 = fixture.mx("mx1.example.invalid");
    fixture.mx("mx2.example.invalid");
    fixture
        .domain("example.com", "mx1.example.invalid", "mx2.example.invalid")
        .enforce("example.com", "mx2.example.invalid");

    DomainDelivery delivery = fixture.deliverToOne(RECIPIENT);

    assertThat(delivery.mxHost()).contains("mx2.example.invalid");
    assertThat(delivery.attempts())
        .extracting(Attempt::mxHost, Attempt::outcome)
        .containsExactly(
            tuple("mx1.example.invalid", Outcome.REFUSED),
            tuple("mx2.example.invalid", Outcome.DELIVERED));
    assertThat(mx1.dialogue()).as("no connection").isEmpty();
  }

  @Test
  @Tag("rfc-item-74")
  @Tag("rfc-item-77")
  void triesTheSecondMxWhenTheFirstHasAnInvalidCertificate() throws Exception {
    MxServer mx1 =
        fixture.mx(
            "mx1.example.com", MailFixture.CA.leaf().dnsNames("mx1.example.com").expired().issue());
    MxServer mx2 = fixture.mx("mx2.example.com");
    fixture
        .domain("example.com", "mx1.example.com", "mx2.example.com")
        .enforce("example.com", "*.example.com");

    assertThat(fixture.deliverToOne(RECIPIENT).mxHost()).contains("mx2.example.com");
    assertThat(mx1.dialogue()).noneMatch(line -> line.startsWith("MAIL"));
    assertThat(mx2.messages()).hasSize(1);
    assertThat(fixture.sessions)
        .extracting(TlsSession::failure)
        .containsExactly(Optional.of(ResultType.CERTIFICATE_EXPIRED), Optional.empty());
  }

  @Test
  @Tag("rfc-item-60")
  void looksUpThePolicyOfTheDomainAndNotOfItsAlias() throws Exception {
    MxServer mx = fixture.mx("mx.example.net");
    fixture.dns.cname("example.org", "hosted.example.net");
    fixture.domain("hosted.example.net", "mx.example.net");
    try (PolicyResolver resolver = fixture.internet().resolver().build()) {
      fixture.internet().publish("hosted.example.net", policy(ENFORCE, "other.example.net"));

      assertThat(deliver(resolver, "bob@example.org").disposition())
          .isEqualTo(Disposition.DELIVERED);
    }
    assertThat(mx.messages()).hasSize(1);
    assertThat(fixture.dns.queryLog())
        .filteredOn(line -> line.startsWith("_mta-sts."))
        .containsExactly("_mta-sts.example.org TXT");
  }

  @Test
  @Tag("rfc-item-78")
  @Tag("rfc-item-79")
  void checksForANewPolicyBeforeItGivesUp() throws Exception {
    fixture.domain("example.com", "new.example.com");
    MxServer mx = fixture.mx("new.example.com");
    try (PolicyResolver resolver = fixture.internet().resolver().build()) {
      fixture.internet().publish("example.com", policy(ENFORCE, "old.example.com"));
      assertThat(resolver.resolve("example.com").policy()).isPresent();
      fixture.internet().publish("example.com", policy(ENFORCE, "new.example.com"));

      DomainDelivery delivery = deliver(resolver, RECIPIENT);

      assertThat(delivery.attempts())
          .extracting(Attempt::outcome)
          .containsExactly(Outcome.REFUSED, Outcome.DELIVERED);
    }
    assertThat(mx.messages()).hasSize(1);
  }

  @Test
  @Tag("rfc-item-57")
  void enforcesThePolicyOfASmartHost() throws Exception {
    MxServer relay = fixture.mx("smtp.example.net", MailFixture.CA.issue("other.example.net"));
    fixture.properties.setProperty("mail.mta-sts.route", "[smtp.example.net]:" + fixture.port());
    assertThat(fixture.deliverToOne(RECIPIENT).disposition()).isEqualTo(Disposition.DELIVERED);

    fixture.enforce("smtp.example.net", "smtp.example.net");

    DomainDelivery delivery = fixture.deliverToOne(RECIPIENT);
    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.resultType()).contains(ResultType.CERTIFICATE_HOST_MISMATCH);
    assertThat(relay.messages()).as("the one before the policy").hasSize(1);
  }

  private DomainDelivery deliver(PolicyResolver resolver, String recipient)
      throws MessagingException {
    Session session = Session.getInstance(fixture.properties);
    MimeMessage message = MailFixture.message(session, "Good morning.", recipient);
    try (MtaStsTransport transport = new MtaStsTransport(session, resolver)) {
      transport.connect();
      return transport.deliver(message, message.getAllRecipients()).get(0);
    }
  }
}
