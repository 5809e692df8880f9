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
  private final MailWorld world = new MailWorld();
  private final Session session = world.session();
  private final MtaStsTransport transport = new MtaStsTransport(session, world.resolver);

  @BeforeEach
  void connect() throws Exception {
    transport.connect();
  }

  @AfterEach
  void stop() throws Exception {
    transport.close();
    world.close();
  }

  private Disposition send(String text, String recipient) throws MessagingException {
    MimeMessage message = MailWorld.message(session, text, recipient);
    return transport.deliver(message, message.getAllRecipients()).get(0).disposition();
  }

  @Test
  void sendsTheNextMessageOverTheSameConnection() throws Exception {
    MxServer mx = world.mx("mx1.example.com");
    world.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");

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
    assertThat(world.sessions).as("one session for the report").hasSize(1);
  }

  @Test
  void reusesNoConnectionOfAnotherDomainWithTheSameHost() throws Exception {
    MxServer mx = world.mx("mx.provider.example");
    world
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
    MxServer mx = world.mx("mx1.example.com", MailWorld.CA.issue("other.example.com"));
    world.domain("example.com", "mx1.example.com");

    assertThat(send("first", "bob@example.com")).isEqualTo(Disposition.DELIVERED);
    world.enforce("example.com", "mx1.example.com");

    assertThat(send("second", "bob@example.com")).isEqualTo(Disposition.DEFERRED);
    assertThat(mx.messages()).singleElement().matches(mail -> mail.text().contains("first"));
  }

  @Test
  void reusesNoConnectionMadeUnderAnOlderPolicy() throws Exception {
    MxServer mx = world.mx("mx1.example.com");
    world.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");

    send("first", "bob@example.com");
    world.enforce("example.com", "*.example.com");
    send("second", "bob@example.com");

    assertThat(mx.messages()).hasSize(2);
    assertThat(mx.sniSeen()).hasSize(2);
  }

  @Test
  void reusesNoConnectionToAHostThatTheNewPolicyDoesNotList() throws Exception {
    MxServer mx = world.mx("mx1.example.com");
    world.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");

    send("first", "bob@example.com");
    world.enforce("example.com", "mx2.example.com");

    assertThat(send("second", "bob@example.com")).isEqualTo(Disposition.DEFERRED);
    assertThat(mx.messages()).hasSize(1);
  }

  @Test
  void connectsAgainAfterTheServerWasRestarted() throws Exception {
    MxServer before = world.mx("mx1.example.com");
    world.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");
    send("first", "bob@example.com");

    before.close();
    MxServer after =
        world.mxAt(
            before.address(),
            MxServer.builder().certificate(MailWorld.CA.issue("mx1.example.com")));

    assertThat(send("second", "bob@example.com")).isEqualTo(Disposition.DELIVERED);
    assertThat(after.messages()).singleElement().matches(mail -> mail.text().contains("second"));
  }

  @Test
  void connectsAgainAfterTheServerClosedTheConnectionWith421() throws Exception {
    ScriptedMx mx =
        world.mx(
            "mx1.example.com",
            ScriptedMx.script()
                .on("EHLO", MxReaction.say("250 mx1.example.com"))
                .on("NOOP", MxReaction.say("421 4.4.2 idle for too long"), MxReaction.hangUp())
                .on("RSET", MxReaction.say("421 4.4.2 idle for too long"), MxReaction.hangUp()));
    world.domain("example.com", "mx1.example.com");

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
    MxServer mx = world.mx("mx1.example.com");
    world.domain("example.com", "mx1.example.com");

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
        world.mx("mx1.example.com", ScriptedMx.script().on("NOOP", MxReaction.silence()));
    world.domain("example.com", "mx1.example.com");
    world.properties.setProperty("mail.mta-sts.connectiontimeout", "2000");
    world.properties.setProperty("mail.mta-sts.timeout", "60000");
    world.properties.setProperty("mail.mta-sts.deliverytimeout", "59000");
    transport.close();
    transport.connect();

    assertThat(send("first", "bob@example.com")).isEqualTo(Disposition.DELIVERED);
    assertThat(send("second", "bob@example.com")).isEqualTo(Disposition.DELIVERED);

    assertThat(mx.messages()).hasSize(2);
  }

  @Test
  void usesTheSenderOfEachMessageAndNotOfTheFirst() throws Exception {
    ScriptedMx mx = world.mx("mx1.example.com", ScriptedMx.script());
    world.domain("example.com", "mx1.example.com");

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
