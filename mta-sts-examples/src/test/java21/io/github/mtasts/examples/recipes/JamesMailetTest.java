// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import static io.github.mtasts.policy.PolicyMode.ENFORCE;
import static io.github.mtasts.testing.MxReaction.handshake;
import static io.github.mtasts.testing.MxReaction.say;
import static io.github.mtasts.testing.TestInternet.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestInternet;
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
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JamesMailetTest {
  private static final String MX = "mx.example.com";
  private static final String TEXT =
      "From: Anna <anna@sender.example>\r\nSubject: x\r\n\r\nGood morning.\r\n";

  @AutoClose private final TestInternet internet = TestInternet.start();
  @AutoClose private final PolicyResolver resolver = internet.resolver().build();
  private final FakeMailContext james = FakeMailContext.defaultContext();

  @BeforeEach
  void publish() {
    internet.publish("example.com", policy(ENFORCE, MX)).mxRecords("example.com", MX);
  }

  @Test
  void deliversOverVerifiedTlsWithTheEnvelopeSender() throws Exception {
    MxServer mx = internet.mx(MX);
    Mail mail = mail("returns@sender.example");

    mailet().service(mail);

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

  @Test
  void queuesTheMessageThatThePolicyRefuses() throws Exception {
    MxServer mx = internet.mxWithoutTls(MX);
    Mail mail = mail("anna@sender.example");

    mailet().service(mail);

    assertThat(mx.messages()).isEmpty();
    assertThat(mail.getState()).isEqualTo(Mail.GHOST);
    assertThat(james.getSentMails())
        .singleElement()
        .satisfies(
            later -> {
              assertThat(later.getState()).isEqualTo("relay");
              assertThat(later.getDelay()).isPresent();
              assertThat(later.getRecipients()).containsExactly(new MailAddress("bob@example.com"));
            });
  }

  @Test
  void bouncesAfterFiveDays() throws Exception {
    internet.mxWithoutTls(MX);
    Mail mail = mail("anna@sender.example");
    mail.setAttribute(Attribute.convertToAttribute("mta-sts-tries", 239));

    mailet().service(mail);

    assertThat(james.getSentMails()).isEmpty();
    assertThat(james.getBouncedMails()).hasSize(1);
  }

  @Test
  void bouncesPermanentlyRefusedRecipients() throws Exception {
    refusing();
    mailet().service(mail("anna@sender.example"));

    assertThat(james.getBouncedMails()).hasSize(1);
    assertThat(james.getSentMails()).isEmpty();
  }

  @Test
  void bouncesNoNotification() throws Exception {
    ScriptedMx mx = refusing();
    mailet().service(mail(MailAddress.NULL_SENDER_AS_STRING));

    assertThat(mx.dialogue()).anyMatch(line -> line.startsWith("MAIL FROM:<>"));
    assertThat(james.getBouncedMails()).isEmpty();
  }

  private ScriptedMx refusing() {
    return internet.mx(
        MX,
        ScriptedMx.script()
            .on("STARTTLS", say("220 go ahead"), handshake(internet.ca().issue(MX)))
            .on("RCPT", say("550 5.1.1 no such user")));
  }

  private JamesMailet mailet() throws Exception {
    JamesMailet mailet = new JamesMailet(resolver, internet.mailProperties());
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
