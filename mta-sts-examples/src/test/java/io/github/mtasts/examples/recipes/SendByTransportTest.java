// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import static io.github.mtasts.testing.MxReaction.handshake;
import static io.github.mtasts.testing.MxReaction.say;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.mail.DomainDelivery;
import io.github.mtasts.mail.MtaStsTransport;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import jakarta.mail.Message;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendByTransportTest {
  private final RecordingOutbox outbox = new RecordingOutbox();

  @Test
  void deliversOverVerifiedTls() throws Exception {
    try (MxServer mx = MxServer.start(RecipeNetwork.CA.issue("mx.example.com"));
        RecipeNetwork network = new RecipeNetwork(mx.address())) {
      SendByTransport.send(RecipeNetwork.resolver("enforce"), network.properties());

      assertThat(mx.messages())
          .singleElement()
          .satisfies(
              mail -> {
                assertThat(mail.isOverTls()).isTrue();
                assertThat(mail.recipients()).containsExactly("bob@example.com");
              });
    }
  }

  @Test
  void throwsAndSendsNothingToAnotherHostsCertificate() throws Exception {
    try (MxServer mx = MxServer.start(RecipeNetwork.CA.issue("other.example.com"));
        RecipeNetwork network = new RecipeNetwork(mx.address())) {
      assertThatThrownBy(
              () -> SendByTransport.send(RecipeNetwork.resolver("enforce"), network.properties()))
          .isInstanceOf(SendFailedException.class)
          .hasMessageContaining("mx.example.com");
      assertThat(mx.messages()).isEmpty();
    }
  }

  @Test
  void queuesTheMessageThatThePolicyRefuses() throws Exception {
    try (MxServer mx = MxServer.startWithoutTls();
        RecipeNetwork network = new RecipeNetwork(mx.address())) {
      SendByTransport.send(message(network, "bob@example.com"), outbox);

      assertThat(outbox.calls).containsExactly("try again: [bob@example.com] 4.7.4");
      assertThat(mx.dialogue()).noneMatch(line -> line.startsWith("MAIL"));
    }
  }

  @Test
  void reportsEachDomainWithoutDelivery() throws Exception {
    try (ScriptedMx mx =
            ScriptedMx.script()
                .on(
                    "STARTTLS",
                    say("220 go ahead"),
                    handshake(RecipeNetwork.CA.issue("mx.example.com")))
                .on("RCPT", say("550 5.1.1 no such user"))
                .start();
        RecipeNetwork network = new RecipeNetwork(mx.address())) {
      SendByTransport.send(message(network, "bob@example.com", "eve@example.org"), outbox);

      assertThat(outbox.calls)
          .containsExactly("bounce: [bob@example.com] 5.1.1", "try again: [eve@example.org] 4.1.2");
    }
  }

  private static Message message(RecipeNetwork network, String... recipients) throws Exception {
    Session session = Session.getInstance(network.properties());
    session.setProtocolForAddress("rfc822", MtaStsTransport.PROTOCOL);
    MtaStsTransport.register(session, RecipeNetwork.resolver("enforce"));
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
