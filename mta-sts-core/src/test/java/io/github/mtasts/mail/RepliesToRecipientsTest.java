// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static io.github.mtasts.testing.MxReaction.hangUp;
import static io.github.mtasts.testing.MxReaction.say;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.tls.MxTls;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Replies to RCPT TO are recorded for each recipient, and their length is limited. */
final class RepliesToRecipientsTest {
  private static final String MX = "mx1.example.com";
  private static final int MANY = 50;
  private static final String LONG_REPLY = "550 5.1.1 nobody " + "there ".repeat(10_000);

  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  private static String[] many() {
    return IntStream.range(0, MANY)
        .mapToObj(i -> "bob" + i + "@example.com")
        .toArray(String[]::new);
  }

  /** Counts the characters of all messages, since a reply may be in any of them. */
  private static long charactersIn(Exception thrown) {
    long characters = 0;
    for (Exception e = thrown;
        e != null;
        e = e instanceof MessagingException m ? m.getNextException() : null) {
      characters += String.valueOf(e.getMessage()).length();
    }
    return characters;
  }

  @Test
  void shortensEachReply() throws Exception {
    ScriptedMx mx = fixture.mx(MX, ScriptedMx.script().on("RCPT", say(LONG_REPLY)));
    Properties properties = new Properties();
    properties.setProperty("mail.smtp.sendpartial", "true");
    Session session = Session.getInstance(properties);
    MimeMessage message = MailFixture.message(session, "Hello.", many());
    try (MxTls tls = MxTls.forDecision(Resolution.none("example.com").decide(MX));
        Socket socket = new Socket(mx.address().getAddress(), mx.address().getPort());
        ObservedSmtpTransport smtp = new ObservedSmtpTransport(session, tls)) {
      smtp.connect(socket);
      smtp.begin("alice@example.org", false);

      MessagingException thrown =
          catchThrowableOfType(
              MessagingException.class,
              () -> smtp.sendMessage(message, message.getAllRecipients()));

      assertThat(charactersIn(thrown)).isLessThan(LONG_REPLY.length());
      assertThat(smtp.recipientReplies())
          .hasSize(MANY)
          .allSatisfy(
              reply -> {
                assertThat(reply.text())
                    .hasSize(SmtpReply.MAX_LENGTH)
                    .startsWith("550 5.1.1 nobody");
                assertThat(reply.status()).isEqualTo("5.1.1");
              });
    }
    assertThat(mx.dialogue()).doesNotContain("DATA");
  }

  @Test
  void failsEachOfManyRecipientsWithAShortDetail() throws Exception {
    fixture.mx(MX, ScriptedMx.script().on("RCPT", say(LONG_REPLY)));
    fixture.domain("example.com", MX);

    DomainDelivery delivery = fixture.deliverToOne(many());

    assertThat(delivery.failed()).hasSize(MANY);
    assertThat(delivery.refusals())
        .allSatisfy(
            refusal -> {
              assertThat(refusal.status()).isEqualTo("5.1.1");
              assertThat(refusal.detail()).contains("nobody there").hasSizeLessThan(400);
            });
  }

  private void refusesBob() {
    fixture.mx(
        MX,
        MxServer.builder()
            .certificate(MailFixture.CA.issue(MX))
            .refuse("bob@example.com", 550, "5.1.1 no such user"));
    fixture.domain("example.com", MX);
  }

  @Test
  void keepsARefusalWhenTheMessageCannotBeReadAfterwards() throws Exception {
    refusesBob();
    Session session = fixture.session();
    MimeMessage message =
        new MimeMessage(MailFixture.message(session, "Hello.", "bob@example.com")) {
          @Override
          public void writeTo(OutputStream out, String[] ignored) throws IOException {
            throw new IOException("the file is gone");
          }
        };

    try (MtaStsTransport transport = new MtaStsTransport(session, fixture.resolver)) {
      transport.connect();
      List<DomainDelivery> deliveries =
          transport.deliver(message, address("bob@example.com"), address("carol@example.com"));

      assertThat(deliveries)
          .singleElement()
          .satisfies(
              delivery -> {
                assertThat(delivery.failed()).containsExactly(address("bob@example.com"));
                assertThat(delivery.deferred()).containsExactly(address("carol@example.com"));
                assertThat(delivery.status()).isEqualTo("4.6.0");
                assertThat(delivery.bounceText()).contains("no such user");
              });
    }
  }

  @Test
  void keepsARefusalWhenTheConnectionIsLostAtTheNextRecipient() throws Exception {
    fixture.mx(MX, ScriptedMx.script().on("RCPT", say("550 5.1.1 no such user"), hangUp()));
    fixture.domain("example.com", MX);

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com", "carol@example.com");

    assertThat(delivery.failed()).containsExactly(address("bob@example.com"));
    assertThat(delivery.deferred()).containsExactly(address("carol@example.com"));
    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.4.2");
  }

  private static Address address(String address) throws MessagingException {
    return new InternetAddress(address);
  }
}
