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
  private final MailWorld world = new MailWorld();

  @AfterEach
  void stop() throws Exception {
    world.close();
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
    world.properties.setProperty(property, value);

    try (MtaStsTransport transport = new MtaStsTransport(world.session(), world.resolver)) {
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
    Session session = world.session();
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
    Session session = world.session();
    session.getProperties().remove("mail.mta-sts.resolver");

    try (Transport transport = session.getTransport("mta-sts")) {
      assertThatThrownBy(transport::connect)
          .isInstanceOf(MessagingException.class)
          .hasMessageContaining("MtaStsTransport.register(session, resolver)");
    }
  }

  @Test
  void isUnknownToASessionWithoutRegistration() {
    Session session = Session.getInstance(world.properties);

    assertThatThrownBy(() -> session.getTransport("mta-sts"))
        .isInstanceOf(NoSuchProviderException.class);
  }

  @Test
  void readsNumbersThatAreNotStrings() throws Exception {
    MxServer mx = world.mx("mx1.example.com");
    world.domain("example.com", "mx1.example.com");
    world.properties.put("mail.mta-sts.port", world.port());
    world.properties.put("mail.mta-sts.timeout", 4_000L);

    assertThat(world.deliverToOne("bob@example.com").disposition())
        .isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages()).hasSize(1);
  }

  @Test
  void ignoresSmtpPropertiesOfHostsSocketsAndTls() throws Exception {
    MxServer mx = world.mx("mx1.example.com");
    world.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");
    world.properties.setProperty("mail.smtp.host", "smtp.example.net");
    world.properties.setProperty("mail.smtp.port", "1");
    world.properties.setProperty("mail.smtp.auth", "true");
    world.properties.setProperty("mail.smtp.starttls.enable", "false");
    world.properties.setProperty("mail.smtp.starttls.required", "false");
    world.properties.setProperty("mail.smtp.ssl.enable", "true");
    world.properties.setProperty("mail.smtp.ssl.trust", "*");
    world.properties.setProperty("mail.smtp.socketFactory.class", "com.example.Missing");
    world.properties.setProperty("mail.smtp.localaddress", "192.0.2.1");
    world.properties.setProperty("mail.smtp.proxy.host", "192.0.2.1");

    assertThat(world.deliverToOne("bob@example.com").disposition())
        .isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages()).singleElement().matches(ReceivedMail::isOverTls);
  }

  @Test
  void usesSmtpPropertiesOfTheMessage() throws Exception {
    ScriptedMx mx =
        world.mx(
            "mx1.example.com",
            ScriptedMx.script().on("EHLO", MxReaction.say("250-mx1.example.com", "250 DSN")));
    world.domain("example.com", "mx1.example.com");
    world.properties.setProperty("mail.smtp.from", "bounces@example.org");
    world.properties.setProperty("mail.smtp.dsn.notify", "FAILURE");
    world.properties.setProperty("mail.smtp.dsn.ret", "HDRS");

    assertThat(world.deliverToOne("bob@example.com").disposition())
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
        world.mx(
            "mx.example.com",
            ScriptedMx.script().on("EHLO", MxReaction.say("250-mx", "250-DSN", "250 8BITMIME")));
    ScriptedMx seven =
        world.mx("mx.example.net", ScriptedMx.script().on("EHLO", MxReaction.say("250 mx")));
    world.domain("example.com", "mx.example.com").domain("example.net", "mx.example.net");
    Session session = world.session();
    SMTPMessage message =
        new SMTPMessage(MailWorld.message(session, "Hello.", "bob@example.com", "bob@example.net"));
    message.setText("Grüße", "UTF-8");
    message.setAllow8bitMIME(true);
    message.setEnvelopeFrom("bounces@example.org");
    message.setNotifyOptions(SMTPMessage.NOTIFY_FAILURE);
    message.setReturnOption(SMTPMessage.RETURN_HDRS);
    message.saveChanges();
    String id = "Message-ID: " + message.getMessageID();

    try (MtaStsTransport transport = new MtaStsTransport(session, world.resolver)) {
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
    ScriptedMx mx = world.mx("mx1.example.com", ScriptedMx.script());
    MxServer mx2 = world.mx("mx2.example.com");
    world.domain("example.com", "mx1.example.com", "mx2.example.com");
    world.properties.setProperty("mail.smtp.mailextension", "A=1\r\nRCPT TO:<eve@example.com>");

    DomainDelivery delivery = world.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.detail()).contains("illegal character");
    assertThat(mx.dialogue()).noneMatch(line -> line.startsWith("RCPT"));
    assertThat(mx2.sniSeen()).as("another host would not help").isEmpty();
  }

  @Test
  void usesTheNameOrAddressOfTheSystemInEhloByDefault() throws Exception {
    ScriptedMx mx = world.mx("mx1.example.com", ScriptedMx.script());
    world.domain("example.com", "mx1.example.com");
    world.properties.remove("mail.mta-sts.localhost");

    assertThat(world.deliverToOne("bob@example.com").disposition())
        .isEqualTo(Disposition.DELIVERED);
    assertThat(mx.dialogue().get(0))
        .matches("EHLO (\\[127\\.[0-9.]+]|[^\\[\\]: ]+\\.[^\\[\\]: ]+)");
  }

  @Test
  void sendsBouncesWithoutASender() throws Exception {
    MxServer mx = world.mx("mx1.example.com");
    world.domain("example.com", "mx1.example.com");
    world.properties.setProperty("mail.smtp.from", "<>");

    assertThat(world.deliverToOne("bob@example.com").disposition())
        .isEqualTo(Disposition.DELIVERED);
    assertThat(mx.dialogue()).contains("MAIL FROM:<>");
  }
}
