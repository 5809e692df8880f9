// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.mtasts.address.AddressRange;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ReceivedMail;
import io.github.mtasts.testing.ScriptedMx;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recipient addresses: literals, groups, non-ASCII addresses and invalid ones. */
final class RecipientAddressesTest {
  private static final String UTF8 = "mail.mime.allowutf8";

  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  /** Bypasses the checks of Jakarta Mail, as a program may do. */
  private static InternetAddress raw(String address) {
    InternetAddress raw = new InternetAddress();
    raw.setAddress(address);
    return raw;
  }

  private List<DomainDelivery> deliver(Address... recipients) throws MessagingException {
    return deliverFrom(new InternetAddress("alice@example.org"), recipients);
  }

  private List<DomainDelivery> deliverFrom(Address sender, Address... recipients)
      throws MessagingException {
    Session session = fixture.session();
    MimeMessage message = MailFixture.message(session, "Good morning.", "list@example.org");
    message.setFrom(sender);
    message.saveChanges();
    try (MtaStsTransport transport = new MtaStsTransport(session, fixture.resolver)) {
      transport.connect();
      return transport.deliver(message, recipients);
    }
  }

  @Test
  void connectsToAnAddressLiteralWithoutDns() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    String literal = "[" + mx.address().getAddress().getHostAddress() + "]";

    DomainDelivery delivery = deliver(raw("bob@" + literal)).get(0);

    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.domain()).isEqualTo(literal);
    assertThat(mx.messages())
        .singleElement()
        .satisfies(
            mail -> {
              assertThat(mail.recipients()).containsExactly("bob@" + literal);
              assertThat(mail.isOverTls()).isTrue();
            });
    assertThat(mx.sniSeen()).as("RFC 6066 §3: no addresses in SNI").isEmpty();
    assertThat(fixture.dns.queryLog()).isEmpty();
  }

  @Test
  void connectsToAnIpv6AddressLiteral() throws Exception {
    InetSocketAddress address =
        new InetSocketAddress(AddressRange.address("::1").orElseThrow(), fixture.port());
    MxServer mx = fixture.mxAt(address, MxServer.builder());

    DomainDelivery delivery = deliver(raw("bob@[IPv6:::1]")).get(0);

    assertThat(delivery.disposition()).as(delivery.detail()).isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages()).hasSize(1);
  }

  @Test
  void connectsToNoPrivateAddressLiteralUnlessAllowed() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.properties.remove("mail.mta-sts.allowedaddresses");

    DomainDelivery delivery =
        deliver(raw("bob@[" + mx.address().getAddress().getHostAddress() + "]")).get(0);

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.attempts())
        .extracting(Attempt::outcome)
        .containsExactly(Outcome.UNREACHABLE);
    assertThat(mx.dialogue()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bob",
        "@example.com",
        "bob@",
        "bob@[127.0.0.2",
        "bob@[localhost]",
        "bob@[IPv6:127.0.0.2]",
        "bob@[::1]",
        "bob@exam ple.com",
        "bob@-.example..com",
        "bob@example.com>\r\nRCPT TO:<eve@example.com"
      })
  void failsInvalidAddressesAndSendsToTheOthers(String address) throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com");

    assertThat(deliver(raw("carol@example.com"), raw(address)))
        .extracting(DomainDelivery::disposition, DomainDelivery::status)
        .containsExactly(tuple(Disposition.FAILED, "5.1.3"), tuple(Disposition.DELIVERED, "2.0.0"));
    assertThat(mx.messages())
        .singleElement()
        .extracting(ReceivedMail::recipients)
        .isEqualTo(List.of("carol@example.com"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bücher.example", "BÜCHER.Example", "xn--bcher-kva.example"})
  void writesInternationalDomainsAsALabels(String domain) throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture
        .domain("xn--bcher-kva.example", "mx1.example.com")
        .enforce("xn--bcher-kva.example", "mx1.example.com");
    InternetAddress given = raw("bob@" + domain);

    DomainDelivery delivery = deliver(given).get(0);

    assertThat(delivery.domain()).isEqualTo("xn--bcher-kva.example");
    assertThat(delivery.delivered()).singleElement().isSameAs(given);
    assertThat(given.getAddress()).as("the caller's object").isEqualTo("bob@" + domain);
    assertThat(mx.dialogue()).contains("RCPT TO:<bob@xn--bcher-kva.example>");
  }

  @Test
  void sendsToTheMembersOfAGroup() throws Exception {
    MxServer com = fixture.mx("mx.example.com");
    MxServer net = fixture.mx("mx.example.net");
    fixture.domain("example.com", "mx.example.com").domain("example.net", "mx.example.net");

    List<DomainDelivery> deliveries =
        deliver(raw("Friends: bob@example.com, Carol <carol@example.net>;"));

    assertThat(deliveries)
        .flatExtracting(DomainDelivery::delivered)
        .extracting(address -> ((InternetAddress) address).getAddress())
        .containsExactly("bob@example.com", "carol@example.net");
    assertThat(com.messages()).hasSize(1);
    assertThat(net.messages()).hasSize(1);
  }

  @Test
  void failsAGroupThatCannotBeRead() throws Exception {
    assertThat(deliver(raw("Friends: bob@exa mple.com, <carol;")))
        .extracting(DomainDelivery::disposition, DomainDelivery::status)
        .containsExactly(tuple(Disposition.FAILED, "5.1.3"));
  }

  @Test
  void sendsNonAsciiLocalPartsWhereBothSidesAllowThem() throws Exception {
    ScriptedMx mx = scripted("250 SMTPUTF8");
    fixture.properties.setProperty(UTF8, "true");

    DomainDelivery delivery = deliver(raw("jörg@example.com")).get(0);

    assertThat(delivery.disposition()).as(delivery.detail()).isEqualTo(Disposition.DELIVERED);
    assertThat(mx.dialogue())
        .contains("MAIL FROM:<alice@example.org> SMTPUTF8", latin1("RCPT TO:<jörg@example.com>"));
  }

  @Test
  void defersNonAsciiRecipientsIfTheServerLacksSmtpUtf8() throws Exception {
    ScriptedMx mx = scripted("250 8BITMIME");
    fixture.properties.setProperty(UTF8, "true");

    DomainDelivery delivery = deliver(raw("jörg@example.com"), raw("bob@example.com")).get(0);

    assertThat(delivery.deferred()).containsExactly(raw("jörg@example.com"));
    assertThat(delivery.delivered()).containsExactly(raw("bob@example.com"));
    assertThat(delivery.status()).isEqualTo("4.6.7");
    assertThat(mx.messages())
        .singleElement()
        .extracting(ReceivedMail::recipients)
        .isEqualTo(List.of("bob@example.com"));
  }

  @Test
  void failsNonAsciiRecipientsWhereThePropertiesDoNotAllowThem() throws Exception {
    ScriptedMx mx = scripted("250 SMTPUTF8");

    List<DomainDelivery> deliveries = deliver(raw("jörg@example.com"), raw("bob@example.com"));

    assertThat(deliveries)
        .extracting(DomainDelivery::disposition, DomainDelivery::status)
        .containsExactly(tuple(Disposition.FAILED, "5.6.7"), tuple(Disposition.DELIVERED, "2.0.0"));
    assertThat(deliveries.get(0).detail()).contains("mail.mime.allowutf8=true");
    assertThat(mx.dialogue())
        .filteredOn(line -> line.startsWith("RCPT"))
        .containsExactly("RCPT TO:<bob@example.com>");
  }

  @Test
  void defersTheMessageOfANonAsciiSenderIfTheServerLacksSmtpUtf8() throws Exception {
    ScriptedMx mx = scripted("250 8BITMIME");
    fixture.properties.setProperty(UTF8, "true");

    DomainDelivery delivery = deliverFrom(raw("ålice@example.org"), raw("bob@example.com")).get(0);

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.6.7");
    assertThat(mx.dialogue()).noneMatch(line -> line.startsWith("MAIL"));
  }

  @Test
  void requiresAnAsciiSenderUnlessOthersAreAllowed() throws Exception {
    ScriptedMx mx = scripted("250 SMTPUTF8");

    assertThatThrownBy(() -> deliverFrom(raw("ålice@example.org"), raw("bob@example.com")))
        .isInstanceOf(MessagingException.class)
        .hasMessageStartingWith("sender: expected ")
        .hasMessageContaining("mail.mime.allowutf8=true");
    assertThat(mx.dialogue()).isEmpty();
  }

  private ScriptedMx scripted(String extension) {
    fixture.domain("example.com", "mx1.example.com");
    return fixture.mx(
        "mx1.example.com",
        ScriptedMx.script().on("EHLO", MxReaction.say("250-mx1.example.com", extension)));
  }

  /** The scripted host records octets as ISO 8859-1. */
  private static String latin1(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
