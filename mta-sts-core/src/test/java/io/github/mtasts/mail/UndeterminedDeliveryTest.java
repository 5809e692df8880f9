// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.testing.MxServer;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Deliveries while it is not known whether the domain has a policy: delayed, never lost. */
final class UndeterminedDeliveryTest {
  private static final String RECIPIENT = "bob@example.com";

  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @ParameterizedTest
  @CsvSource({
    "DNS_UNAVAILABLE,   4.4.3",
    "STORE_UNAVAILABLE, 4.3.0",
    "BUSY,              4.3.2",
    "CLOSING,           4.3.2",
    "INTERRUPTED,       4.3.0",
    "INTERNAL_ERROR,    4.3.0",
  })
  void defersWithTheStatusOfTheCause(Cause cause, String status) throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    Resolution unknown = fixture.undetermined(cause, true);
    fixture.domain("example.com", "mx1.example.com").resolution(unknown);

    DomainDelivery delivery = fixture.deliverToOne(RECIPIENT);

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo(status);
    assertThat(delivery.requirement()).contains(Requirement.REFUSED);
    assertThat(delivery.resultType()).isEmpty();
    assertThat(delivery.detail()).contains(unknown.explain(), "keep the message queued");
    assertThat(delivery.bounceText()).isEmpty();
    assertThat(mx.dialogue()).isEmpty();
    assertThat(fixture.sessions).isEmpty();
  }

  @Test
  void saysOnceForAllHostsWhyMailWaits() throws Exception {
    fixture
        .domain("example.com", "mx1.example.com", "mx2.example.com", "mx3.example.com")
        .resolution(fixture.undetermined(Cause.BUSY, true));

    assertThat(fixture.deliverToOne(RECIPIENT).attempts())
        .extracting(Attempt::mxHost, Attempt::outcome, Attempt::status)
        .containsExactly(tuple("mx1.example.com", Outcome.REFUSED, "4.3.2"));
  }

  @ParameterizedTest
  @EnumSource
  void bouncesNothingForAnAnswerOfDnsThatNoPolicyContradicts(Cause cause) throws Exception {
    fixture.resolution(fixture.undetermined(cause, false)); // DNS says: no such domain

    DomainDelivery delivery = fixture.deliverToOne(RECIPIENT);

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.1.2");
    assertThat(delivery.failed()).isEmpty();
  }

  @Test
  void bouncesNothingForANullMxThatNoPolicyContradicts() throws Exception {
    fixture.dns.mx("example.com", 0, ".");
    fixture.resolution(fixture.undetermined(Cause.STORE_UNAVAILABLE, true));

    assertThat(fixture.deliverToOne(RECIPIENT).status()).isEqualTo("4.1.10");
  }

  @Test
  @Tag("rfc-item-78")
  void keepsAPolicyDuringTheDeliveryEvenIfARecheckFindsNothingOut() throws Exception {
    MxServer mx = fixture.mxWithoutTls("mx1.example.com");
    fixture
        .domain("example.com", "mx1.example.com")
        .enforce("example.com", "mx1.example.com")
        .afterRecheck(fixture.undetermined(Cause.DNS_UNAVAILABLE, false));

    DomainDelivery delivery = fixture.deliverToOne(RECIPIENT);

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.7.4");
    assertThat(delivery.attempts()).hasSize(1);
    assertThat(mx.messages()).isEmpty();
  }

  @Test
  void defersWithAClosedResolver() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com");
    PolicyResolver resolver = fixture.internet().resolver().build();
    resolver.close();

    DomainDelivery delivery = deliver(resolver);

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.3.0");
    assertThat(delivery.detail())
        .contains("policy of example.com: expected an open resolver", "found it closed");
    assertThat(mx.messages()).isEmpty();
  }

  @Test
  void keepsTheReasonOfARefusalIfTheResolverIsClosedMeanwhile() throws Exception {
    fixture.mxWithoutTls("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");

    DomainDelivery delivery = deliver(new ClosedOnRecheck(fixture.resolver));

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.7.4");
    assertThat(delivery.attempts()).hasSize(1);
  }

  private DomainDelivery deliver(PolicyResolver resolver) throws Exception {
    Session session = Session.getInstance(fixture.properties);
    MimeMessage message = MailFixture.message(session, "Good morning.", RECIPIENT);
    try (MtaStsTransport transport = new MtaStsTransport(session, resolver)) {
      transport.connect();
      return transport.deliver(message, message.getAllRecipients()).get(0);
    }
  }

  private record ClosedOnRecheck(PolicyResolver open) implements PolicyResolver {
    @Override
    public Resolution resolve(String domain) {
      return open.resolve(domain);
    }

    @Override
    public Resolution recheck(String domain) {
      throw new IllegalStateException("resolver: expected an open one, found it closed");
    }
  }
}
