// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ReceivedMail;
import io.github.mtasts.testing.ScriptedMx;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Idle connections are reused for the same policy domain and decision only. */
final class ConnectionReuseTest {
  private final MailFixture fixture = new MailFixture();
  private final Session session = fixture.session();
  private final MtaStsTransport transport = new MtaStsTransport(session, fixture.resolver);

  @BeforeEach
  void connect() throws Exception {
    transport.connect();
  }

  @AfterEach
  void stop() throws Exception {
    transport.close();
    fixture.close();
  }

  private Disposition send(String text, String recipient) throws MessagingException {
    MimeMessage message = MailFixture.message(session, text, recipient);
    return transport.deliver(message, message.getAllRecipients()).get(0).disposition();
  }

  @Test
  void sendsTheNextMessageOverTheSameConnection() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");

    send("first", "bob@example.com");
    send("second", "carol@example.com");
    transport.close();

    assertThat(mx.sniSeen()).hasSize(1);
    assertThat(mx.messages())
        .extracting(ReceivedMail::text)
        .satisfiesExactly(
            first -> assertThat(first).contains("first"),
            second -> assertThat(second).contains("second"));
    assertThat(mx.messages()).allMatch(ReceivedMail::isOverTls);
    assertThat(fixture.sessions).as("one session for the report").hasSize(1);
  }

  @Test
  void reusesNoConnectionOfAnotherDomainWithTheSameHost() throws Exception {
    MxServer mx = fixture.mx("mx.provider.example");
    fixture
        .domain("example.com", "mx.provider.example")
        .domain("example.net", "mx.provider.example")
        .enforce("example.com", "mx.provider.example")
        .enforce("example.net", "mx.provider.example");

    send("first", "bob@example.com");
    send("second", "bob@example.net");

    assertThat(mx.messages()).hasSize(2);
    assertThat(mx.sniSeen()).hasSize(2);
  }

  @Test
  void reusesNoConnectionMadeBeforeThereWasAPolicy() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com", MailFixture.CA.issue("other.example.com"));
    fixture.domain("example.com", "mx1.example.com");

    assertThat(send("first", "bob@example.com")).isEqualTo(Disposition.DELIVERED);
    fixture.enforce("example.com", "mx1.example.com");

    assertThat(send("second", "bob@example.com")).isEqualTo(Disposition.DEFERRED);
    assertThat(mx.messages()).singleElement().matches(mail -> mail.text().contains("first"));
  }

  @Test
  void reusesNoConnectionMadeUnderAnOlderPolicy() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");

    send("first", "bob@example.com");
    fixture.enforce("example.com", "*.example.com");
    send("second", "bob@example.com");

    assertThat(mx.messages()).hasSize(2);
    assertThat(mx.sniSeen()).hasSize(2);
  }

  @Test
  void reusesNoConnectionToAHostThatTheNewPolicyDoesNotList() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");

    send("first", "bob@example.com");
    fixture.enforce("example.com", "mx2.example.com");

    assertThat(send("second", "bob@example.com")).isEqualTo(Disposition.DEFERRED);
    assertThat(mx.messages()).hasSize(1);
  }

  @Test
  void connectsAgainAfterTheServerWasRestarted() throws Exception {
    MxServer before = fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");
    send("first", "bob@example.com");

    before.close();
    MxServer after =
        fixture.mxAt(
            before.address(),
            MxServer.builder().certificate(MailFixture.CA.issue("mx1.example.com")));

    assertThat(send("second", "bob@example.com")).isEqualTo(Disposition.DELIVERED);
    assertThat(after.messages()).singleElement().matches(mail -> mail.text().contains("second"));
  }

  @Test
  void connectsAgainAfterTheServerClosedTheConnectionWith421() throws Exception {
    ScriptedMx mx =
        fixture.mx(
            "mx1.example.com",
            ScriptedMx.script()
                .on("EHLO", MxReaction.say("250 mx1.example.com"))
                .on("NOOP", MxReaction.say("421 4.4.2 idle for too long"), MxReaction.hangUp())
                .on("RSET", MxReaction.say("421 4.4.2 idle for too long"), MxReaction.hangUp()));
    fixture.domain("example.com", "mx1.example.com");

    send("first", "bob@example.com");

    assertThat(send("second", "bob@example.com")).isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages())
        .extracting(ReceivedMail::text)
        .satisfiesExactly(
            first -> assertThat(first).contains("first"),
            second -> assertThat(second).contains("second"));
    assertThat(mx.dialogue()).filteredOn(line -> line.startsWith("EHLO")).hasSize(2);
  }

  @Test
  void keepsNoConnectionAfterClose() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com");

    send("first", "bob@example.com");
    transport.close();
    transport.connect();
    send("second", "bob@example.com");

    assertThat(mx.messages()).hasSize(2);
    assertThat(mx.sniSeen()).hasSize(2);
  }

  @Test
  void checksAnIdleConnectionForNoLongerThanTheConnectionTimeout() throws Exception {
    ScriptedMx mx =
        fixture.mx("mx1.example.com", ScriptedMx.script().on("NOOP", MxReaction.silence()));
    fixture.domain("example.com", "mx1.example.com");
    fixture.properties.setProperty("mail.mta-sts.connectiontimeout", "2000");
    fixture.properties.setProperty("mail.mta-sts.timeout", "60000");
    fixture.properties.setProperty("mail.mta-sts.deliverytimeout", "59000");
    transport.close();
    transport.connect();

    assertThat(send("first", "bob@example.com")).isEqualTo(Disposition.DELIVERED);
    assertThat(send("second", "bob@example.com")).isEqualTo(Disposition.DELIVERED);

    assertThat(mx.messages()).hasSize(2);
  }

  @Test
  void usesTheSenderOfEachMessageAndNotOfTheFirst() throws Exception {
    ScriptedMx mx = fixture.mx("mx1.example.com", ScriptedMx.script());
    fixture.domain("example.com", "mx1.example.com");

    for (String sender : List.of("bounces-1@example.org", "<>", "bounces-2@example.org", "")) {
      session.getProperties().setProperty("mail.smtp.from", sender);
      assertThat(send("Good morning.", "bob@example.com")).isEqualTo(Disposition.DELIVERED);
    }

    assertThat(mx.dialogue().stream().filter(line -> line.startsWith("MAIL")))
        .containsExactly(
            "MAIL FROM:<bounces-1@example.org>",
            "MAIL FROM:<>",
            "MAIL FROM:<bounces-2@example.org>",
            "MAIL FROM:<alice@example.org>");
  }
}
