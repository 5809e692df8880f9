// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.List;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Non-ASCII headers, which only a server with SMTPUTF8 accepts, with ASCII addresses. */
final class NonAsciiHeadersTest {
  private static final String ALLOW = "mail.mime.allowutf8";
  private static final String EXTENSION = "mail.smtp.mailextension";
  private static final String MESSAGE =
      "From: alice@example.org\r\nSubject: Grüße\r\nMIME-Version: 1.0\r\n\r\nGood morning.\r\n";

  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  private ScriptedMx offering(String... extensions) {
    fixture.domain("example.com", "mx1.example.com", "mx2.example.com");
    return fixture.mx(
        "mx1.example.com",
        ScriptedMx.script()
            .on("EHLO", MxReaction.say("250-mx1.example.com", String.join("\r\n", extensions))));
  }

  private static MimeMessage parsed(Session session, String text, Charset charset)
      throws MessagingException {
    return new MimeMessage(session, new ByteArrayInputStream(text.getBytes(charset)));
  }

  private DomainDelivery deliver(MimeMessage message) throws MessagingException {
    try (MtaStsTransport transport = new MtaStsTransport(fixture.session(), fixture.resolver)) {
      transport.connect();
      List<DomainDelivery> deliveries =
          transport.deliver(message, new InternetAddress("bob@example.com"));
      assertThat(deliveries).hasSize(1);
      return deliveries.get(0);
    }
  }

  @ParameterizedTest(name = "allowutf8={0}, {1}")
  @CsvSource({"false, UTF-8", "true, UTF-8", "false, ISO-8859-1"})
  void defersAMessageAtAHostWithoutSmtpUtf8(String allowed, Charset charset) throws Exception {
    ScriptedMx mx = offering("250 8BITMIME");
    MxServer other = fixture.mx("mx2.example.com");
    fixture.properties.setProperty(ALLOW, allowed);

    DomainDelivery delivery = deliver(parsed(fixture.session(), MESSAGE, charset));

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.6.7");
    assertThat(delivery.detail()).contains("SMTPUTF8", "header");
    assertThat(mx.dialogue()).noneMatch(line -> line.startsWith("MAIL"));
    assertThat(other.dialogue()).isEmpty();
  }

  @Test
  void defersAMessageWhoseHeaderWasSetDirectly() throws Exception {
    offering("250 8BITMIME");
    MimeMessage message = MailFixture.message(fixture.session(), "Hello.", "bob@example.com");
    message.setHeader("X-Greeting", "Grüße");

    assertThat(deliver(message).status()).isEqualTo("4.6.7");
  }

  @ParameterizedTest(name = "allowutf8={0}, mailextension={1}")
  @CsvSource({"false, ''", "true, ''", "false, SMTPUTF8", "false, X=<y>"})
  void declaresSmtpUtf8Once(String allowed, String extension) throws Exception {
    ScriptedMx mx = offering("250-8BITMIME", "250 SMTPUTF8");
    fixture.properties.setProperty(ALLOW, allowed);
    fixture.properties.setProperty(EXTENSION, extension);

    DomainDelivery delivery = deliver(parsed(fixture.session(), MESSAGE, StandardCharsets.UTF_8));

    assertThat(delivery.disposition()).as(delivery.detail()).isEqualTo(Disposition.DELIVERED);
    assertThat(mx.dialogue())
        .filteredOn(line -> line.startsWith("MAIL"))
        .singleElement()
        .satisfies(
            line ->
                assertThat(line.split(" ", -1))
                    .startsWith("MAIL", "FROM:<alice@example.org>")
                    .containsOnlyOnce("SMTPUTF8"));
    assertThat(mx.messages().get(0).text()).contains("Subject: Grüße");
  }

  @Test
  void declaresSmtpUtf8ForAMessageConvertedToEightBits() throws Exception {
    ScriptedMx mx = offering("250-8BITMIME", "250 SMTPUTF8");
    SMTPMessage message =
        new SMTPMessage(parsed(fixture.session(), MESSAGE, StandardCharsets.UTF_8));
    message.setAllow8bitMIME(true);

    assertThat(deliver(message).disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(mx.dialogue()).contains("MAIL FROM:<alice@example.org> SMTPUTF8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bcc: jörg@example.com", "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=", "A: b"})
  void declaresNoSmtpUtf8ForAsciiHeaders(String header) throws Exception {
    ScriptedMx mx = offering("250 8BITMIME");
    String text = "From: alice@example.org\r\n" + header + "\r\n\r\nSchöne Grüße.\r\n";

    DomainDelivery delivery = deliver(parsed(fixture.session(), text, StandardCharsets.UTF_8));

    assertThat(delivery.disposition()).as(delivery.detail()).isEqualTo(Disposition.DELIVERED);
    assertThat(mx.dialogue()).contains("MAIL FROM:<alice@example.org>");
  }

  @Test
  void connectsToNoHostIfHeadersCannotBeRead() throws Exception {
    ScriptedMx mx = offering("250 SMTPUTF8");
    MimeMessage message =
        new MimeMessage(MailFixture.message(fixture.session(), "Hello.", "bob@example.com")) {
          @Override
          public Enumeration<String> getNonMatchingHeaderLines(String[] names)
              throws MessagingException {
            throw new MessagingException("the folder is closed");
          }
        };

    assertThatThrownBy(() -> deliver(message)).hasMessage("the folder is closed");
    assertThat(mx.dialogue()).isEmpty();
  }
}
