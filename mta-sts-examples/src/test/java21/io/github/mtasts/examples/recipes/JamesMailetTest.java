// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import static io.github.mtasts.testing.MxReaction.handshake;
import static io.github.mtasts.testing.MxReaction.say;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.apache.james.core.MailAddress;
import org.apache.james.core.MaybeSender;
import org.apache.mailet.Attribute;
import org.apache.mailet.Mail;
import org.apache.mailet.base.test.FakeMail;
import org.apache.mailet.base.test.FakeMailContext;
import org.apache.mailet.base.test.FakeMailetConfig;
import org.junit.jupiter.api.Test;

class JamesMailetTest {
  private static final String TEXT =
      "From: Anna <anna@sender.example>\r\nSubject: x\r\n\r\nGood morning.\r\n";

  private final FakeMailContext james = FakeMailContext.defaultContext();

  @Test
  void deliversOverVerifiedTlsWithTheEnvelopeSender() throws Exception {
    try (MxServer mx = MxServer.start(RecipeNetwork.CA.issue("mx.example.com"));
        RecipeNetwork network = new RecipeNetwork(mx.address())) {
      Mail mail = mail("returns@sender.example");

      mailet(network).service(mail);

      assertThat(mail.getState()).isEqualTo(Mail.GHOST);
      assertThat(james.getSentMails()).isEmpty();
      assertThat(james.getBouncedMails()).isEmpty();
      assertThat(mx.messages())
          .singleElement()
          .satisfies(
              received -> {
                assertThat(received.isOverTls()).isTrue();
                assertThat(received.from()).isEqualTo("returns@sender.example");
                assertThat(received.text()).isEqualTo(TEXT);
              });
    }
  }

  @Test
  void queuesTheMessageThatThePolicyRefuses() throws Exception {
    try (MxServer mx = MxServer.startWithoutTls();
        RecipeNetwork network = new RecipeNetwork(mx.address())) {
      Mail mail = mail("anna@sender.example");

      mailet(network).service(mail);

      assertThat(mx.messages()).isEmpty();
      assertThat(mail.getState()).isEqualTo(Mail.GHOST);
      assertThat(james.getSentMails())
          .singleElement()
          .satisfies(
              later -> {
                assertThat(later.getState()).isEqualTo("relay");
                assertThat(later.getDelay()).isPresent();
                assertThat(later.getRecipients())
                    .containsExactly(new MailAddress("bob@example.com"));
              });
    }
  }

  @Test
  void bouncesAfterFiveDays() throws Exception {
    try (MxServer mx = MxServer.startWithoutTls();
        RecipeNetwork network = new RecipeNetwork(mx.address())) {
      Mail mail = mail("anna@sender.example");
      mail.setAttribute(Attribute.convertToAttribute("mta-sts-tries", 239));

      mailet(network).service(mail);

      assertThat(james.getSentMails()).isEmpty();
      assertThat(james.getBouncedMails()).hasSize(1);
    }
  }

  @Test
  void bouncesPermanentlyRefusedRecipients() throws Exception {
    try (ScriptedMx mx = refusing();
        RecipeNetwork network = new RecipeNetwork(mx.address())) {
      mailet(network).service(mail("anna@sender.example"));

      assertThat(james.getBouncedMails()).hasSize(1);
      assertThat(james.getSentMails()).isEmpty();
    }
  }

  @Test
  void bouncesNoNotification() throws Exception {
    try (ScriptedMx mx = refusing();
        RecipeNetwork network = new RecipeNetwork(mx.address())) {
      mailet(network).service(mail(MailAddress.NULL_SENDER_AS_STRING));

      assertThat(mx.dialogue()).anyMatch(line -> line.startsWith("MAIL FROM:<>"));
      assertThat(james.getBouncedMails()).isEmpty();
    }
  }

  private static ScriptedMx refusing() {
    return ScriptedMx.script()
        .on("STARTTLS", say("220 go ahead"), handshake(RecipeNetwork.CA.issue("mx.example.com")))
        .on("RCPT", say("550 5.1.1 no such user"))
        .start();
  }

  private JamesMailet mailet(RecipeNetwork network) throws Exception {
    JamesMailet mailet = new JamesMailet(RecipeNetwork.resolver("enforce"), network.properties());
    mailet.init(FakeMailetConfig.builder().mailetContext(james).build());
    return mailet;
  }

  private static Mail mail(String sender) throws Exception {
    MimeMessage message =
        new MimeMessage(
            Session.getInstance(new Properties()),
            new ByteArrayInputStream(TEXT.getBytes(StandardCharsets.US_ASCII)));
    return FakeMail.builder()
        .name("mail-1")
        .sender(MaybeSender.getMailSender(sender))
        .recipient("bob@example.com")
        .mimeMessage(message)
        .state("relay")
        .build();
  }
}
