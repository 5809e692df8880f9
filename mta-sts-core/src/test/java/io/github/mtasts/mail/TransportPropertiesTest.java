// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ReceivedMail;
import io.github.mtasts.testing.ScriptedMx;
import jakarta.mail.MessagingException;
import jakarta.mail.NoSuchProviderException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import java.util.stream.Stream;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties of a session that the transport uses, and those that it ignores. */
final class TransportPropertiesTest {
  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  static Stream<Arguments> wrongValues() {
    return Stream.of(
        Arguments.of("mail.mta-sts.port", "smtp", "1 to 65535"),
        Arguments.of("mail.mta-sts.port", "0", "1 to 65535"),
        Arguments.of("mail.mta-sts.port", "65536", "1 to 65535"),
        Arguments.of("mail.mta-sts.connectiontimeout", "", "a number"),
        Arguments.of("mail.mta-sts.timeout", "-1", "a number"),
        Arguments.of("mail.mta-sts.deliverytimeout", "15 min", "a number"),
        Arguments.of("mail.mta-sts.deliverytimeout", "99999999999", "to 86400000"),
        Arguments.of("mail.mta-sts.localhost", "sender\r\nMAIL FROM:<>", "one word"),
        Arguments.of("mail.mta-sts.localhost", "büro.example", "ASCII"),
        Arguments.of("mail.mta-sts.ownhosts", "mx1.example.com; mx2.example.com", "letters"),
        Arguments.of("mail.mta-sts.allowedaddresses", "10.0.0.0/33", "prefix"),
        Arguments.of("mail.mta-sts.allowedaddresses", "127.0.0.1, localhost", "address"),
        Arguments.of("mail.mta-sts.route", "relay example", "letters"),
        Arguments.of("mail.mta-sts.route", "[mx.relay.example", "[name]"),
        Arguments.of("mail.mta-sts.route", "relay.example:0", "port"),
        Arguments.of("mail.mta-sts.route", "relay.example:", "port"),
        Arguments.of("mail.mta-sts.route", "[mx.relay.example]:99999", "port"),
        Arguments.of("mail.mta-sts.route", "", "label"),
        Arguments.of("mail.mta-sts.route.example.com", "[10.0.0.1.2]:x", "port"),
        Arguments.of("mail.mta-sts.route.exam ple", "relay.example", "letters"));
  }

  @ParameterizedTest(name = "{0}={1}")
  @MethodSource("wrongValues")
  void namesThePropertyWhatWasExpectedAndWhatWasFound(
      String property, String value, String expected) throws Exception {
    fixture.properties.setProperty(property, value);

    try (MtaStsTransport transport = new MtaStsTransport(fixture.session(), fixture.resolver)) {
      assertThatThrownBy(transport::connect)
          .isInstanceOf(MessagingException.class)
          .hasMessageStartingWith(property + ": ")
          .hasMessageMatching("[^\\r\\n]*expected [^\\r\\n]*found [^\\r\\n]*")
          .hasMessageContaining(expected);
      assertThat(transport.isConnected()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mail.mta-sts.resolver", "mail.mta-sts.dns"})
  void requiresInstancesOfResolverAndDnsClient(String property) throws Exception {
    Session session = fixture.session();
    session.getProperties().put(property, "com.example.Mine");

    try (Transport transport = session.getTransport("mta-sts")) {
      assertThatThrownBy(transport::connect)
          .isInstanceOf(MessagingException.class)
          .hasMessageStartingWith(property + ": expected an instance of ")
          .hasMessageContaining("found one of java.lang.String");
    }
  }

  @Test
  void saysHowToRegisterAResolver() throws Exception {
    Session session = fixture.session();
    session.getProperties().remove("mail.mta-sts.resolver");

    try (Transport transport = session.getTransport("mta-sts")) {
      assertThatThrownBy(transport::connect)
          .isInstanceOf(MessagingException.class)
          .hasMessageContaining("MtaStsTransport.register(session, resolver)");
    }
  }

  @Test
  void isUnknownToASessionWithoutRegistration() {
    Session session = Session.getInstance(fixture.properties);

    assertThatThrownBy(() -> session.getTransport("mta-sts"))
        .isInstanceOf(NoSuchProviderException.class);
  }

  @Test
  void readsNumbersThatAreNotStrings() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com");
    fixture.properties.put("mail.mta-sts.port", fixture.port());
    fixture.properties.put("mail.mta-sts.timeout", 4_000L);

    assertThat(fixture.deliverToOne("bob@example.com").disposition())
        .isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages()).hasSize(1);
  }

  @Test
  void ignoresSmtpPropertiesOfHostsSocketsAndTls() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");
    fixture.properties.setProperty("mail.smtp.host", "smtp.example.net");
    fixture.properties.setProperty("mail.smtp.port", "1");
    fixture.properties.setProperty("mail.smtp.auth", "true");
    fixture.properties.setProperty("mail.smtp.starttls.enable", "false");
    fixture.properties.setProperty("mail.smtp.starttls.required", "false");
    fixture.properties.setProperty("mail.smtp.ssl.enable", "true");
    fixture.properties.setProperty("mail.smtp.ssl.trust", "*");
    fixture.properties.setProperty("mail.smtp.socketFactory.class", "com.example.Missing");
    fixture.properties.setProperty("mail.smtp.localaddress", "192.0.2.1");
    fixture.properties.setProperty("mail.smtp.proxy.host", "192.0.2.1");

    assertThat(fixture.deliverToOne("bob@example.com").disposition())
        .isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages()).singleElement().matches(ReceivedMail::isOverTls);
  }

  @Test
  void usesSmtpPropertiesOfTheMessage() throws Exception {
    ScriptedMx mx =
        fixture.mx(
            "mx1.example.com",
            ScriptedMx.script().on("EHLO", MxReaction.say("250-mx1.example.com", "250 DSN")));
    fixture.domain("example.com", "mx1.example.com");
    fixture.properties.setProperty("mail.smtp.from", "bounces@example.org");
    fixture.properties.setProperty("mail.smtp.dsn.notify", "FAILURE");
    fixture.properties.setProperty("mail.smtp.dsn.ret", "HDRS");

    assertThat(fixture.deliverToOne("bob@example.com").disposition())
        .isEqualTo(Disposition.DELIVERED);
    assertThat(mx.dialogue())
        .contains(
            "EHLO sender.example.org",
            "MAIL FROM:<bounces@example.org> RET=HDRS",
            "RCPT TO:<bob@example.com> NOTIFY=FAILURE");
  }

  @Test
  void sendsEightBitsOnlyToHostsThatAcceptThem() throws Exception {
    ScriptedMx eight =
        fixture.mx(
            "mx.example.com",
            ScriptedMx.script().on("EHLO", MxReaction.say("250-mx", "250-DSN", "250 8BITMIME")));
    ScriptedMx seven =
        fixture.mx("mx.example.net", ScriptedMx.script().on("EHLO", MxReaction.say("250 mx")));
    fixture.domain("example.com", "mx.example.com").domain("example.net", "mx.example.net");
    Session session = fixture.session();
    SMTPMessage message =
        new SMTPMessage(
            MailFixture.message(session, "Hello.", "bob@example.com", "bob@example.net"));
    message.setText("Grüße", "UTF-8");
    message.setAllow8bitMIME(true);
    message.setEnvelopeFrom("bounces@example.org");
    message.setNotifyOptions(SMTPMessage.NOTIFY_FAILURE);
    message.setReturnOption(SMTPMessage.RETURN_HDRS);
    message.saveChanges();
    String id = "Message-ID: " + message.getMessageID();

    try (MtaStsTransport transport = new MtaStsTransport(session, fixture.resolver)) {
      transport.connect();
      transport.sendMessage(message, message.getAllRecipients());
    }

    assertThat(eight.messages().get(0).text()).contains("Grüße", id);
    assertThat(eight.dialogue())
        .contains(
            "MAIL FROM:<bounces@example.org> RET=HDRS", "RCPT TO:<bob@example.com> NOTIFY=FAILURE");
    assertThat(seven.messages().get(0).text()).contains("base64", id).doesNotContain("Grüße");
  }

  @Test
  void refusesAPropertyOfTheMessageThatContainsACommand() throws Exception {
    ScriptedMx mx = fixture.mx("mx1.example.com", ScriptedMx.script());
    MxServer mx2 = fixture.mx("mx2.example.com");
    fixture.domain("example.com", "mx1.example.com", "mx2.example.com");
    fixture.properties.setProperty("mail.smtp.mailextension", "A=1\r\nRCPT TO:<eve@example.com>");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.detail()).contains("illegal character");
    assertThat(mx.dialogue()).noneMatch(line -> line.startsWith("RCPT"));
    assertThat(mx2.sniSeen()).as("another host would not help").isEmpty();
  }

  @Test
  void usesTheNameOrAddressOfTheSystemInEhloByDefault() throws Exception {
    ScriptedMx mx = fixture.mx("mx1.example.com", ScriptedMx.script());
    fixture.domain("example.com", "mx1.example.com");
    fixture.properties.remove("mail.mta-sts.localhost");

    assertThat(fixture.deliverToOne("bob@example.com").disposition())
        .isEqualTo(Disposition.DELIVERED);
    assertThat(mx.dialogue().get(0))
        .matches("EHLO (\\[127\\.[0-9.]+]|[^\\[\\]: ]+\\.[^\\[\\]: ]+)");
  }

  @Test
  void sendsBouncesWithoutASender() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com");
    fixture.properties.setProperty("mail.smtp.from", "<>");

    assertThat(fixture.deliverToOne("bob@example.com").disposition())
        .isEqualTo(Disposition.DELIVERED);
    assertThat(mx.dialogue()).contains("MAIL FROM:<>");
  }
}
