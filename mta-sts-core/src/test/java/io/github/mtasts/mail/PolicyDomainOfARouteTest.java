// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.testing.MxServer;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** RFC 8461 §3.4: with a smart host, its domain is the policy domain. */
@Tag("rfc-item-57")
final class PolicyDomainOfARouteTest {
  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void looksUpOnlyThePolicyOfTheSmartHost() throws Exception {
    MxServer mx = fixture.mx("mx.smart.example");
    fixture.domain("smart.example", "mx.smart.example");
    fixture.properties.setProperty("mail.mta-sts.route", "smart.example");

    DomainDelivery delivery;
    try (PolicyResolver resolver =
        PolicyResolver.builder().dnsServers(fixture.dns.address()).build()) {
      delivery = deliver(resolver);
    }

    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages()).hasSize(1);
    assertThat(fixture.dns.queries("_mta-sts.smart.example", "TXT")).isPositive();
    assertThat(fixture.dns.queries("_mta-sts.example.com", "TXT")).isZero();
    assertThat(fixture.dns.queries("example.com", "MX")).isZero();
  }

  @Test
  void defersTheMessageWhenTheSmartHostsPolicyIsNotMet() throws Exception {
    MxServer mx = fixture.mxWithoutTls("mx.smart.example");
    fixture
        .domain("smart.example", "mx.smart.example")
        .enforce("smart.example", "mx.smart.example");
    fixture.properties.setProperty("mail.mta-sts.route.example.com", "smart.example");

    DomainDelivery delivery = deliver(fixture.resolver);

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.domain()).isEqualTo("example.com");
    assertThat(delivery.status()).isEqualTo("4.7.4");
    assertThat(mx.messages()).isEmpty();
  }

  @Test
  void ignoresThePolicyOfTheRecipientsDomain() throws Exception {
    MxServer mx = fixture.mxWithoutTls("mx.smart.example");
    fixture.domain("smart.example", "mx.smart.example").enforce("example.com", "mx.example.com");
    fixture.properties.setProperty("mail.mta-sts.route.example.com", "smart.example");

    assertThat(deliver(fixture.resolver).disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages()).hasSize(1);
  }

  private DomainDelivery deliver(PolicyResolver resolver) throws Exception {
    Session session = fixture.session();
    MimeMessage message = MailFixture.message(session, "Good morning.", "bob@example.com");
    try (MtaStsTransport transport = new MtaStsTransport(session, resolver)) {
      transport.connect();
      return transport.deliver(message, message.getAllRecipients()).get(0);
    }
  }
}
