// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ReceivedMail;
import io.github.mtasts.testing.ScriptedMx;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.event.TransportEvent;
import jakarta.mail.event.TransportListener;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several recipients of one message: delivered, deferred and failed. */
final class RecipientsTest {
  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  /** Accepts at .com; refuses bob at .net; has a wrong certificate at .org; .edu does not exist. */
  private void fourDomains() {
    fixture.mx("mx.example.com");
    fixture.mx(
        "mx.example.net",
        MxServer.builder()
            .certificate(MailFixture.CA.issue("mx.example.net"))
            .refuse("bob@example.net", 550, "5.1.1 no such user"));
    fixture.mx("mx.example.org", MailFixture.CA.issue("other.example.org"));
    fixture
        .domain("example.com", "mx.example.com")
        .domain("example.net", "mx.example.net")
        .domain("example.org", "mx.example.org")
        .enforce("example.com", "mx.example.com")
        .enforce("example.org", "mx.example.org");
  }

  private SendFailedException failureOf(String... recipients) throws MessagingException {
    Session session = fixture.session();
    MimeMessage message = MailFixture.message(session, "Good morning.", recipients);
    return catchThrowableOfType(SendFailedException.class, () -> Transport.send(message));
  }

  private static Address[] addresses(String... addresses) throws MessagingException {
    return InternetAddress.parse(String.join(",", addresses));
  }

  @Test
  void separatesSentUnsentAndInvalidAddresses() throws Exception {
    fourDomains();

    SendFailedException failure =
        failureOf(
            "bob@example.net",
            "bob@example.com",
            "bob@example.org",
            "carol@example.net",
            "bob@example.edu");

    assertThat(failure.getValidSentAddresses())
        .containsExactlyInAnyOrder(addresses("bob@example.com", "carol@example.net"));
    assertThat(failure.getValidUnsentAddresses()).containsExactly(addresses("bob@example.org"));
    assertThat(failure.getInvalidAddresses())
        .containsExactlyInAnyOrder(addresses("bob@example.net", "bob@example.edu"));
  }

  @Test
  void givesTheReasonForEachFailedRecipientEvenIfOthersAreDeferred() throws Exception {
    fixture.mx(
        "mx.example.com",
        MxServer.builder()
            .certificate(MailFixture.CA.issue("mx.example.com"))
            .refuse("bob@example.com", 550, "5.1.1 no such user")
            .refuse("carol@example.com", 452, "4.2.2 mailbox full"));
    fixture.domain("example.com", "mx.example.com").enforce("example.com", "mx.example.com");

    DomainDelivery delivery =
        fixture.deliver("bob@example.com", "carol@example.com", "dave@example.com").get(0);

    assertThat(delivery.delivered()).containsExactly(addresses("dave@example.com"));
    assertThat(delivery.deferred()).containsExactly(addresses("carol@example.com"));
    assertThat(delivery.failed()).containsExactly(addresses("bob@example.com"));
    assertThat(delivery.status()).isEqualTo("4.2.2");
    assertThat(delivery.refusals())
        .singleElement()
        .returns("5.1.1", DomainDelivery.Refusal::status)
        .returns(new InternetAddress("bob@example.com"), DomainDelivery.Refusal::recipient);
    assertThat(delivery.bounceText())
        .startsWith("bob@example.com: 5.1.1 ")
        .contains("no such user")
        .doesNotContain("carol", "full", "\n");
  }

  @Test
  void nestsAnExceptionForEveryDomainThatFailed() throws Exception {
    fourDomains();

    SendFailedException failure =
        failureOf("bob@example.net", "bob@example.com", "bob@example.org", "bob@example.edu");

    List<DomainDelivery> nested = new ArrayList<>();
    for (Exception e = failure.getNextException();
        e instanceof DomainDeliveryException domain;
        e = domain.getNextException()) {
      assertThat(e).hasMessage(domain.delivery().detail());
      nested.add(domain.delivery());
    }
    assertThat(nested)
        .extracting(DomainDelivery::domain, DomainDelivery::disposition, DomainDelivery::status)
        .containsExactly(
            tuple("example.net", Disposition.FAILED, "5.1.1"),
            tuple("example.org", Disposition.DEFERRED, "4.7.5"),
            tuple("example.edu", Disposition.FAILED, "5.1.2"));
    assertThat(failure.getMessage()).contains("example.net", "no such user", "2 more domains");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "bob@example.com, delivered, bob@example.com, '', ''",
    "bob@example.com bob@example.org, partially, bob@example.com, bob@example.org, ''",
    "bob@example.net carol@example.net, partially, carol@example.net, '', bob@example.net",
    "bob@example.net bob@example.org, not, '', bob@example.org, bob@example.net"
  })
  void notifiesListenersOfTheResult(
      String recipients, String expected, String sent, String unsent, String invalid)
      throws Exception {
    fourDomains();
    Session session = fixture.session();
    MimeMessage message = MailFixture.message(session, "Good morning.", recipients.split(" ", -1));
    Listener listener = new Listener();
    try (MtaStsTransport transport = new MtaStsTransport(session, fixture.resolver)) {
      transport.addTransportListener(listener);
      transport.connect();
      try {
        transport.sendMessage(message, message.getAllRecipients());
        assertThat(expected).isEqualTo("delivered");
      } catch (SendFailedException e) {
        assertThat(expected).isNotEqualTo("delivered");
      }
      Notification first = listener.notifications.poll(60, TimeUnit.SECONDS);
      assertThat(first).isNotNull();
      assertThat(first.kind()).isEqualTo(expected);
      assertThat(first.event().getMessage()).isSameAs(message);
      assertThat(first.event().getValidSentAddresses()).containsExactly(addresses(sent));
      assertThat(first.event().getValidUnsentAddresses()).containsExactly(addresses(unsent));
      assertThat(first.event().getInvalidAddresses()).containsExactly(addresses(invalid));
    }
    assertThat(listener.notifications).as("one event for a message").isEmpty();
  }

  private record Notification(String kind, TransportEvent event) {}

  private static final class Listener implements TransportListener {
    private final BlockingQueue<Notification> notifications = new LinkedBlockingQueue<>();

    @Override
    public void messageDelivered(TransportEvent event) {
      notifications.add(new Notification("delivered", event));
    }

    @Override
    public void messageNotDelivered(TransportEvent event) {
      notifications.add(new Notification("not", event));
    }

    @Override
    public void messagePartiallyDelivered(TransportEvent event) {
      notifications.add(new Notification("partially", event));
    }
  }

  @Test
  void settlesEachRecipientByTheReplyOfTheServer() throws Exception {
    MxServer mx =
        fixture.mx(
            "mx.example.com",
            MxServer.builder()
                .certificate(MailFixture.CA.issue("mx.example.com"))
                .refuse("gone@example.com", 550, "5.1.1 no such user")
                .refuse("busy@example.com", 450, "4.2.1 busy")
                .refuse("many@example.com", 552, "5.5.3 too many recipients"));
    fixture.domain("example.com", "mx.example.com");

    DomainDelivery delivery =
        fixture.deliverToOne(
            "gone@example.com", "busy@example.com", "fine@example.com", "many@example.com");

    assertThat(delivery.delivered()).containsExactly(addresses("fine@example.com"));
    assertThat(delivery.failed()).containsExactly(addresses("gone@example.com"));
    assertThat(delivery.deferred())
        .as("RFC 5321 §4.5.3.1.10: 552 to RCPT TO is temporary")
        .containsExactlyInAnyOrder(addresses("busy@example.com", "many@example.com"));
    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).startsWith("4.");
    assertThat(mx.messages())
        .singleElement()
        .satisfies(mail -> assertThat(mail.recipients()).containsExactly("fine@example.com"));
  }

  @Test
  void sendsNoContentIfEveryRecipientIsRefused() throws Exception {
    MxServer mx =
        fixture.mx(
            "mx.example.com",
            MxServer.builder()
                .refuse("bob@example.com", 550, "5.1.1 no such user")
                .refuse("carol@example.com", 553, "5.1.3 no such syntax"));
    fixture.domain("example.com", "mx.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com", "carol@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.FAILED);
    assertThat(delivery.failed())
        .containsExactlyInAnyOrder(addresses("bob@example.com", "carol@example.com"));
    assertThat(delivery.attempts())
        .extracting(Attempt::status)
        .containsExactlyInAnyOrder("5.1.1", "5.1.3");
    assertThat(mx.dialogue()).doesNotContain("DATA");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"550 5.1.1 no such user, FAILED", "450 4.2.1 busy, DEFERRED"})
  void triesNoOtherHostForARecipientThatTheFirstHasRefused(String reply, Outcome outcome)
      throws Exception {
    int code = Integer.parseInt(reply.substring(0, 3));
    fixture.mx(
        "mx1.example.com", MxServer.builder().refuse("bob@example.com", code, reply.substring(4)));
    MxServer mx2 = fixture.mx("mx2.example.com");
    fixture.domain("example.com", "mx1.example.com", "mx2.example.com");

    assertThat(fixture.deliverToOne("bob@example.com").attempts())
        .extracting(Attempt::mxHost, Attempt::outcome)
        .containsExactly(tuple("mx1.example.com", outcome));
    assertThat(mx2.dialogue()).isEmpty();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "MAIL, 552 5.3.4 message too big, FAILED, 5.3.4",
    "DATA, 552 5.2.2 mailbox full, FAILED, 5.2.2",
    "MAIL, 550 5.7.1 not you, FAILED, 5.7.1",
    "DATA, 554 no, FAILED, 5.0.0",
    "MAIL, 452 4.3.1 disk full, DEFERRED, 4.3.1",
    "DATA, 451 later, DEFERRED, 4.0.0",
    "DATA, 451 5.3.0 contradicts itself, DEFERRED, 4.0.0"
  })
  void settlesAllRecipientsByAReplyToTheWholeMessage(
      String verb, String reply, Disposition disposition, String status) throws Exception {
    fixture.mx("mx1.example.com", ScriptedMx.script().on(verb, MxReaction.say(reply)));
    fixture.domain("example.com", "mx1.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com", "carol@example.com");

    assertThat(delivery.disposition()).isEqualTo(disposition);
    assertThat(delivery.status()).isEqualTo(status);
    assertThat(delivery.detail()).contains(reply);
    assertThat(delivery.delivered()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"354 go ahead", "999 2.1.5 whatever"})
  void defersARecipientAfterAnUnexpectedReply(String reply) throws Exception {
    fixture.mx("mx1.example.com", ScriptedMx.script().on("RCPT", MxReaction.say(reply)));
    fixture.domain("example.com", "mx1.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.0.0");
  }

  @Test
  void keepsRecipientsApartThatDifferOnlyByCase() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com");

    DomainDelivery delivery =
        fixture.deliverToOne("bob@example.com", "Bob@example.com", "bob@example.com");

    assertThat(delivery.delivered())
        .extracting(Address::toString)
        .containsExactly("bob@example.com", "Bob@example.com");
    assertThat(mx.messages().get(0).recipients())
        .containsExactly("bob@example.com", "Bob@example.com");
  }

  @Test
  void treatsEvery2xxReplyToTheMessageAsAccepted() throws Exception {
    fixture.mx(
        "mx1.example.com", ScriptedMx.script().on(".", MxReaction.say("200 2.6.0 queued as 1")));
    fixture.domain("example.com", "mx1.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com", "carol@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.status()).isEqualTo("2.6.0");
    assertThat(delivery.delivered()).hasSize(2);
  }

  @Test
  void showsAMultiLineReplyOnOneLine() throws Exception {
    fixture.mx(
        "mx1.example.com",
        ScriptedMx.script()
            .on("RCPT", MxReaction.say("550-5.7.1 we do not", "550 5.7.1 like \u001b[31myou")));
    fixture.domain("example.com", "mx1.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.status()).isEqualTo("5.7.1");
    assertThat(delivery.detail())
        .contains("we do not", "you")
        .matches(text -> text.chars().noneMatch(Character::isISOControl));
  }

  @Test
  void sendsOneCopyToTheRecipientsOfADomain() throws Exception {
    MxServer mx = fixture.mx("mx.example.com");
    fixture.domain("example.com", "mx.example.com");

    fixture.deliverToOne("bob@example.com", "carol@EXAMPLE.com", "bob@example.com");

    assertThat(mx.messages())
        .singleElement()
        .extracting(ReceivedMail::recipients)
        .isEqualTo(List.of("bob@example.com", "carol@example.com"));
  }

  @Test
  void requiresARecipient() throws Exception {
    Session session = fixture.session();
    MimeMessage message = MailFixture.message(session, "Good morning.");
    try (MtaStsTransport transport = new MtaStsTransport(session, fixture.resolver)) {
      transport.connect();

      assertThatThrownBy(() -> transport.sendMessage(message, new Address[0]))
          .isInstanceOf(SendFailedException.class)
          .hasMessage("recipients: expected at least one, found none");
      assertThatThrownBy(() -> transport.sendMessage(message, addresses("nobody:;")))
          .isInstanceOf(SendFailedException.class)
          .hasMessage("recipients: expected at least one, found none");
    }
  }
}
