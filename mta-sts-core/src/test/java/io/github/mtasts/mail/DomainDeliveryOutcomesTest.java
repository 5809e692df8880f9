// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static io.github.mtasts.testing.MxReaction.hangUp;
import static io.github.mtasts.testing.MxReaction.say;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the Javadoc of {@link DomainDelivery} says about outcomes. */
final class DomainDeliveryOutcomesTest {
  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  private static Address[] addresses(String... addresses) throws MessagingException {
    return InternetAddress.parse(String.join(",", addresses));
  }

  @Test
  void namesTheHostThatDeferredTheRecipientsAndNotOneThatRefusedTheConnection() throws Exception {
    fixture.mx("mx1.example.com", ScriptedMx.script().on("", say("421 4.3.2 busy"), hangUp()));
    fixture.mx(
        "mx2.example.com",
        MxServer.builder().refuse("carol@example.com", 452, "4.2.2 mailbox full"));
    fixture.domain("example.com", "mx1.example.com", "mx2.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com", "carol@example.com");

    assertThat(delivery.delivered()).containsExactly(addresses("bob@example.com"));
    assertThat(delivery.deferred()).containsExactly(addresses("carol@example.com"));
    assertThat(delivery.mxHost()).contains("mx2.example.com");
    assertThat(delivery.status()).isEqualTo("4.2.2");
    assertThat(delivery.detail()).contains("mailbox full").doesNotContain("busy");
  }

  @Test
  void listsAServerOnceForEachDifferentReplyAndCountsItAsOneAttempt() throws Exception {
    fixture.mx(
        "mx1.example.com", MxServer.builder().refuse("bob@example.com", 550, "5.1.1 no such user"));
    fixture.domain("example.com", "mx1.example.com");

    DomainDelivery delivery =
        fixture.deliverToOne("bob@example.com", "carol@example.com", "dave@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.FAILED);
    assertThat(delivery.delivered())
        .containsExactly(addresses("carol@example.com", "dave@example.com"));
    assertThat(delivery.attempts())
        .extracting(Attempt::mxHost, Attempt::outcome)
        .containsExactly(
            tuple("mx1.example.com", Outcome.FAILED), tuple("mx1.example.com", Outcome.DELIVERED));
    assertThat(delivery.detail()).doesNotContain("attempts");
  }

  @Test
  void countsEachHostThatWasTried() throws Exception {
    fixture.addressOf("mx1.example.com"); // no server listens there
    fixture.mx(
        "mx2.example.com", MxServer.builder().refuse("bob@example.com", 550, "5.1.1 no such user"));
    fixture.domain("example.com", "mx1.example.com", "mx2.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com", "carol@example.com");

    assertThat(delivery.detail()).endsWith(" (2 attempts in all)");
  }

  @Test
  void putsEveryRefusalOfABounceOnOneLine() throws Exception {
    InternetAddress injected = new InternetAddress();
    injected.setAddress("bob@example.com>\r\nSubject: injected");
    InternetAddress other = new InternetAddress();
    other.setAddress("carol\n@example.com");

    List<DomainDelivery> deliveries = deliver(injected, other);

    assertThat(deliveries)
        .hasSize(2)
        .allSatisfy(
            delivery ->
                assertThat(delivery.bounceText())
                    .matches(text -> text.chars().noneMatch(Character::isISOControl)));
    assertThat(deliveries.get(0).bounceText()).contains("Subject: injected");
  }

  @Test
  void namesARecipientThatIsNoMailAddressInPlaceOfADomain() throws Exception {
    InternetAddress address = new InternetAddress();
    address.setAddress("bob");

    DomainDelivery delivery = deliver(address).get(0);

    assertThat(delivery.domain()).isEqualTo("bob");
    assertThat(delivery.disposition()).isEqualTo(Disposition.FAILED);
    assertThat(delivery.mxHost()).isEmpty();
    assertThat(delivery.requirement()).isEmpty();
    assertThat(delivery.attempts()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'',   421 4.3.2 busy,            DEFERRED",
    "'',   554 5.7.1 not you,         DEFERRED",
    "EHLO, 421 4.3.2 busy,            DEFERRED",
    "MAIL, 421 4.3.2 busy,            UNREACHABLE",
    "RCPT, 421 4.3.2 busy,            UNREACHABLE",
    "DATA, 421 4.3.2 busy,            UNREACHABLE",
    "RCPT, 530 5.7.0 STARTTLS first,  UNREACHABLE",
    "'.',  421 4.3.2 busy,            DEFERRED",
    "RCPT, 552 5.5.3 too many,        DEFERRED",
    "MAIL, 552 5.3.4 too big,         FAILED",
    "RCPT, 550 5.1.1 no such user,    FAILED"
  })
  void classifiesRepliesAsDocumented(String verb, String reply, Outcome outcome) throws Exception {
    fixture.mx(
        "mx1.example.com",
        ScriptedMx.script().on("EHLO", say("250 mx1.example.com")).on(verb, say(reply), hangUp()));
    fixture.domain("example.com", "mx1.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.attempts()).extracting(Attempt::outcome).containsExactly(outcome);
    assertThat(delivery.resultType()).as("no policy blocked it").isEqualTo(Optional.empty());
  }

  private List<DomainDelivery> deliver(Address... recipients) throws MessagingException {
    Session session = fixture.session();
    MimeMessage message = MailFixture.message(session, "Good morning.", "list@example.org");
    try (MtaStsTransport transport = new MtaStsTransport(session, fixture.resolver)) {
      transport.connect();
      return transport.deliver(message, recipients);
    }
  }
}
