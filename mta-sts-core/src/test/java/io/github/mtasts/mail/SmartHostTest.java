// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ReceivedMail;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Mail through a smart host, whose own domain is the policy domain. RFC 8461 §3.4 */
@Tag("rfc-item-57")
final class SmartHostTest {
  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void sendsAllMailToTheHostsOfTheSmartHostUnderItsPolicy() throws Exception {
    MxServer mx = fixture.mx("mx.relay.example");
    fixture
        .domain("relay.example", "mx.relay.example")
        .enforce("relay.example", "mx.relay.example")
        .enforce("example.com", "mx1.example.com");
    fixture.properties.setProperty("mail.mta-sts.route", "relay.example");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.domain()).isEqualTo("example.com");
    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.requirement()).contains(Requirement.ENFORCED);
    assertThat(delivery.mxHost()).contains("mx.relay.example");
    assertThat(mx.sniSeen()).containsExactly("mx.relay.example");
    assertThat(mx.messages())
        .singleElement()
        .satisfies(mail -> assertThat(mail.recipients()).containsExactly("bob@example.com"));
    assertThat(fixture.dns.queries("relay.example", "MX")).isPositive();
    assertThat(fixture.dns.queries("example.com", "MX")).as("MX of the recipient").isZero();
  }

  @Test
  void defersTheMessageIfTheSmartHostFailsItsOwnPolicy() throws Exception {
    MxServer mx = fixture.mx("mx.relay.example");
    fixture
        .domain("relay.example", "mx.relay.example")
        .enforce("relay.example", "other.relay.example")
        .enforce("example.com", "mx.relay.example");
    fixture.properties.setProperty("mail.mta-sts.route", "relay.example");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.attempts())
        .extracting(Attempt::mxHost, Attempt::outcome)
        .containsExactly(tuple("mx.relay.example", Outcome.REFUSED));
    assertThat(fixture.rechecks).containsExactly("relay.example");
    assertThat(mx.dialogue()).isEmpty();
  }

  @Test
  void routesOneDomainOnly() throws Exception {
    MxServer relay = fixture.mx("mx.relay.example");
    MxServer direct = fixture.mx("mx1.example.net");
    fixture.domain("relay.example", "mx.relay.example").domain("example.net", "mx1.example.net");
    fixture.properties.setProperty("mail.mta-sts.route.Example.COM", "relay.example");

    assertThat(fixture.deliver("bob@example.com", "bob@example.net", "bob@mail.example.com"))
        .extracting(DomainDelivery::domain, DomainDelivery::disposition, DomainDelivery::mxHost)
        .containsExactly(
            tuple("example.com", Disposition.DELIVERED, Optional.of("mx.relay.example")),
            tuple("example.net", Disposition.DELIVERED, Optional.of("mx1.example.net")),
            tuple("mail.example.com", Disposition.FAILED, Optional.empty()));
    assertThat(relay.messages()).hasSize(1);
    assertThat(direct.messages()).hasSize(1);
  }

  @Test
  void prefersTheRouteOfADomainToTheRouteForAllDomains() throws Exception {
    MxServer one = fixture.mx("one.example");
    MxServer all = fixture.mx("all.example");
    fixture.properties.setProperty("mail.mta-sts.route", "[all.example]");
    fixture.properties.setProperty("mail.mta-sts.route.bücher.example", "[one.example]");

    fixture.deliver("bob@xn--bcher-kva.example", "bob@example.net");

    assertThat(one.messages()).hasSize(1);
    assertThat(all.messages()).hasSize(1);
  }

  @Test
  void connectsToAHostInBracketsAtItsPort() throws Exception {
    MxServer host = onItsOwnPort("mx.relay.example");
    fixture.enforce("mx.relay.example", "mx.relay.example");
    fixture.properties.setProperty(
        "mail.mta-sts.route", "[mx.relay.example]:" + host.address().getPort());

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.requirement()).contains(Requirement.ENFORCED);
    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(host.messages()).singleElement().matches(ReceivedMail::isOverTls);
    assertThat(fixture.dns.queries("mx.relay.example", "MX")).isZero();
  }

  @Test
  void connectsToTheHostsOfADomainAtThePortOfTheRoute() throws Exception {
    MxServer host = onItsOwnPort("mx.relay.example");
    fixture.domain("relay.example", "mx.relay.example");
    fixture.properties.setProperty(
        "mail.mta-sts.route", "relay.example:" + host.address().getPort());

    assertThat(fixture.deliverToOne("bob@example.com").mxHost()).contains("mx.relay.example");
    assertThat(host.messages()).hasSize(1);
  }

  @Test
  void connectsToAnAddressInBrackets() throws Exception {
    MxServer host = onItsOwnPort("mx.relay.example");
    InetSocketAddress address = host.address();
    fixture.properties.setProperty(
        "mail.mta-sts.route",
        "[" + address.getAddress().getHostAddress() + "]:" + address.getPort());

    assertThat(fixture.deliverToOne("bob@example.com").disposition())
        .isEqualTo(Disposition.DELIVERED);
    assertThat(host.messages()).hasSize(1);
  }

  private MxServer onItsOwnPort(String host) {
    return fixture.mxAt(
        new InetSocketAddress(fixture.addressOf(host).getAddress(), 0),
        MxServer.builder().certificate(MailFixture.CA.issue(host)).hostName(host));
  }

  @Test
  void defersTheMessageIfTheSmartHostIsNotInDns() throws Exception {
    fixture.properties.setProperty("mail.mta-sts.route", "relay.example");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.1.2");
    assertThat(delivery.detail()).contains("relay.example");
  }

  @Test
  void defersTheMessageIfTheSmartHostAcceptsNoMail() throws Exception {
    fixture.dns.mx("relay.example", 0, ".");
    fixture.properties.setProperty("mail.mta-sts.route", "relay.example");

    assertThat(fixture.deliverToOne("bob@example.com").status()).isEqualTo("4.1.10");
  }

  @Test
  void sendsTheMailOfAllDomainsOverOneConnection() throws Exception {
    MxServer mx = fixture.mx("mx.relay.example");
    fixture
        .domain("relay.example", "mx.relay.example")
        .enforce("relay.example", "mx.relay.example");
    fixture.properties.setProperty("mail.mta-sts.route", "relay.example");

    assertThat(fixture.deliver("bob@example.com", "bob@example.net", "carol@example.com"))
        .extracting(DomainDelivery::domain)
        .containsExactly("example.com", "example.net");
    assertThat(mx.messages())
        .extracting(ReceivedMail::recipients)
        .containsExactly(
            List.of("bob@example.com", "carol@example.com"), List.of("bob@example.net"));
    assertThat(mx.sniSeen()).hasSize(1);
  }

  @Test
  void reusesNoConnectionToAnotherPortOfTheSameHost() throws Exception {
    MxServer first = onItsOwnPort("mx.relay.example");
    MxServer second =
        fixture.mxAt(
            new InetSocketAddress(first.address().getAddress(), 0),
            MxServer.builder().certificate(MailFixture.CA.issue("mx.relay.example")));
    fixture.properties.setProperty(
        "mail.mta-sts.route.example.com", "[mx.relay.example]:" + first.address().getPort());
    fixture.properties.setProperty(
        "mail.mta-sts.route.example.net", "[mx.relay.example]:" + second.address().getPort());

    fixture.deliver("bob@example.com", "bob@example.net");

    assertThat(first.dialogue()).contains("RCPT TO:<bob@example.com>").hasSize(4);
    assertThat(second.dialogue()).contains("RCPT TO:<bob@example.net>").hasSize(4);
  }
}
