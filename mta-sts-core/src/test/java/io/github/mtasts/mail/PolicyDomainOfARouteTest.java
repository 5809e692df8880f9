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
  private final MailWorld world = new MailWorld();

  @AfterEach
  void stop() throws Exception {
    world.close();
  }

  @Test
  void looksUpOnlyThePolicyOfTheSmartHost() throws Exception {
    MxServer mx = world.mx("mx.smart.example");
    world.domain("smart.example", "mx.smart.example");
    world.properties.setProperty("mail.mta-sts.route", "smart.example");

    DomainDelivery delivery;
    try (PolicyResolver resolver =
        PolicyResolver.builder().dnsServers(world.dns.address()).build()) {
      delivery = deliver(resolver);
    }

    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages()).hasSize(1);
    assertThat(world.dns.queries("_mta-sts.smart.example", "TXT")).isPositive();
    assertThat(world.dns.queries("_mta-sts.example.com", "TXT")).isZero();
    assertThat(world.dns.queries("example.com", "MX")).isZero();
  }

  @Test
  void defersTheMessageWhenTheSmartHostsPolicyIsNotMet() throws Exception {
    MxServer mx = world.mxWithoutTls("mx.smart.example");
    world.domain("smart.example", "mx.smart.example").enforce("smart.example", "mx.smart.example");
    world.properties.setProperty("mail.mta-sts.route.example.com", "smart.example");

    DomainDelivery delivery = deliver(world.resolver);

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.domain()).isEqualTo("example.com");
    assertThat(delivery.status()).isEqualTo("4.7.4");
    assertThat(mx.messages()).isEmpty();
  }

  @Test
  void ignoresThePolicyOfTheRecipientsDomain() throws Exception {
    MxServer mx = world.mxWithoutTls("mx.smart.example");
    world.domain("smart.example", "mx.smart.example").enforce("example.com", "mx.example.com");
    world.properties.setProperty("mail.mta-sts.route.example.com", "smart.example");

    assertThat(deliver(world.resolver).disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages()).hasSize(1);
  }

  private DomainDelivery deliver(PolicyResolver resolver) throws Exception {
    Session session = world.session();
    MimeMessage message = MailWorld.message(session, "Good morning.", "bob@example.com");
    try (MtaStsTransport transport = new MtaStsTransport(session, resolver)) {
      transport.connect();
      return transport.deliver(message, message.getAllRecipients()).get(0);
    }
  }
}
