// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import static io.github.mtasts.policy.PolicyMode.ENFORCE;
import static io.github.mtasts.testing.MxReaction.handshake;
import static io.github.mtasts.testing.MxReaction.say;
import static io.github.mtasts.testing.TestInternet.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.mail.DomainDelivery;
import io.github.mtasts.mail.MtaStsTransport;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestInternet;
import jakarta.mail.Message;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SendByTransportTest {
  private static final String MX = "mx.example.com";

  @AutoClose private final TestInternet internet = TestInternet.start();
  @AutoClose private final PolicyResolver resolver = internet.resolver().build();
  private final RecordingOutbox outbox = new RecordingOutbox();

  @BeforeEach
  void publish() {
    internet.publish("example.com", policy(ENFORCE, MX)).mxRecords("example.com", MX);
  }

  @Test
  void deliversOverVerifiedTls() throws Exception {
    MxServer mx = internet.mx(MX);

    SendByTransport.send(resolver, internet.mailProperties());

    assertThat(mx.messages())
        .singleElement()
        .satisfies(
            mail -> {
              assertThat(mail.isOverTls()).isTrue();
              assertThat(mail.recipients()).containsExactly("bob@example.com");
            });
  }

  @Test
  void throwsAndSendsNothingToAnotherHostsCertificate() throws Exception {
    MxServer mx = internet.mx(MX, internet.ca().issue("other.example.com"));

    assertThatThrownBy(() -> SendByTransport.send(resolver, internet.mailProperties()))
        .isInstanceOf(SendFailedException.class)
        .hasMessageContaining("mx.example.com");
    assertThat(mx.messages()).isEmpty();
  }

  @Test
  void queuesTheMessageThatThePolicyRefuses() throws Exception {
    MxServer mx = internet.mxWithoutTls(MX);

    SendByTransport.send(message("bob@example.com"), outbox);

    assertThat(outbox.calls).containsExactly("try again: [bob@example.com] 4.7.4");
    assertThat(mx.dialogue()).noneMatch(line -> line.startsWith("MAIL"));
  }

  @Test
  void reportsEachDomainWithoutDelivery() throws Exception {
    internet.mx(
        MX,
        ScriptedMx.script()
            .on("STARTTLS", say("220 go ahead"), handshake(internet.ca().issue(MX)))
            .on("RCPT", say("550 5.1.1 no such user")));

    internet.publish("example.org", policy(ENFORCE, "example.org")); // which has no address
    SendByTransport.send(message("bob@example.com", "eve@example.org"), outbox);

    assertThat(outbox.calls)
        .containsExactly("bounce: [bob@example.com] 5.1.1", "try again: [eve@example.org] 4.4.1");
  }

  private Message message(String... recipients) throws Exception {
    Session session = Session.getInstance(internet.mailProperties());
    session.setProtocolForAddress("rfc822", MtaStsTransport.PROTOCOL);
    MtaStsTransport.register(session, resolver);
    MimeMessage message = new MimeMessage(session);
    message.setFrom("anna@sender.example");
    for (String recipient : recipients) {
      message.addRecipient(Message.RecipientType.TO, new InternetAddress(recipient));
    }
    message.setText("hello");
    return message;
  }

  private static final class RecordingOutbox implements SendByTransport.Outbox {
    private final List<String> calls = new ArrayList<>();

    @Override
    public void tryAgain(Message message, DomainDelivery delivery) {
      calls.add("try again: " + delivery.deferred() + " " + delivery.status());
    }

    @Override
    public void bounce(Message message, DomainDelivery delivery) {
      calls.add("bounce: " + delivery.failed() + " " + delivery.status());
    }
  }
}
