// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.TestDns;
import jakarta.mail.internet.InternetAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** DNS answers for a mail domain: aliases, no MX, null MX, no answer. RFC 5321 §5.1 */
final class MailDomainsTest {
  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void comparesTheNameInTheMxRecordAndNotTheTargetOfItsAlias() throws Exception {
    MxServer mx = fixture.mx("host.provider.example", MailFixture.CA.issue("mx1.example.com"));
    fixture.dns.cname("mx1.example.com", "host.provider.example");
    fixture.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.requirement()).contains(Requirement.ENFORCED);
    assertThat(delivery.mxHost()).contains("mx1.example.com");
    assertThat(mx.sniSeen()).containsExactly("mx1.example.com");
  }

  @Test
  void refusesAnMxHostIfThePolicyListsOnlyTheTargetOfItsAlias() throws Exception {
    MxServer mx = fixture.mx("host.provider.example");
    fixture.dns.cname("mx1.example.com", "host.provider.example");
    fixture
        .domain("example.com", "mx1.example.com")
        .enforce("example.com", "host.provider.example");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.attempts())
        .extracting(Attempt::mxHost, Attempt::outcome)
        .containsExactly(tuple("mx1.example.com", Outcome.REFUSED));
    assertThat(mx.dialogue()).isEmpty();
  }

  @Test
  void followsADomainThatIsAnAliasToItsHostsButNotToItsPolicy() throws Exception {
    MxServer mx = fixture.mx("mx1.provider.example");
    fixture.dns.cname("example.com", "hosted.provider.example");
    fixture
        .domain("hosted.provider.example", "mx1.provider.example")
        .enforce("hosted.provider.example", "other.provider.example");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.requirement()).contains(Requirement.OPPORTUNISTIC);
    assertThat(mx.messages())
        .singleElement()
        .satisfies(mail -> assertThat(mail.recipients()).containsExactly("bob@example.com"));
  }

  @Test
  @Tag("rfc-item-229")
  void usesTheDomainItselfAsHostWhereItHasNoMx() throws Exception {
    MxServer mx = fixture.mx("example.com");
    fixture.enforce("example.com", "example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.mxHost()).contains("example.com");
    assertThat(mx.sniSeen()).containsExactly("example.com");
  }

  @Test
  @Tag("rfc-item-229")
  void requiresThatThePolicyListsTheImplicitHost() throws Exception {
    MxServer mx = fixture.mx("example.com");
    fixture.enforce("example.com", "mx1.example.com");

    assertThat(fixture.deliverToOne("bob@example.com").attempts())
        .extracting(Attempt::mxHost, Attempt::outcome)
        .containsExactly(tuple("example.com", Outcome.REFUSED));
    assertThat(mx.dialogue()).isEmpty();
  }

  @Test
  @Tag("rfc-item-230")
  void failsPermanentlyAtANullMx() throws Exception {
    MxServer mx = fixture.mx("example.com");
    fixture.dns.mx("example.com", 0, ".");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.FAILED);
    assertThat(delivery.status()).isEqualTo("5.1.10");
    assertThat(delivery.failed()).containsExactly(new InternetAddress("bob@example.com"));
    assertThat(delivery.attempts()).isEmpty();
    assertThat(mx.dialogue()).as("the address of the domain").isEmpty();
  }

  @Test
  @Tag("rfc-item-230")
  void defersAtANullMxIfThereIsAPolicy() throws Exception {
    fixture.dns.mx("example.com", 0, ".");
    fixture.enforce("example.com", "mx1.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.1.10");
  }

  @Test
  void ignoresANullMxBesideOtherHosts() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com").dns.mx("example.com", 0, ".");

    assertThat(fixture.deliverToOne("bob@example.com").disposition())
        .isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages()).hasSize(1);
  }

  @Test
  void failsPermanentlyIfTheDomainDoesNotExist() throws Exception {
    DomainDelivery delivery = fixture.deliverToOne("bob@nowhere.example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.FAILED);
    assertThat(delivery.status()).isEqualTo("5.1.2");
    assertThat(delivery.detail()).contains("nowhere.example.com");
  }

  @Test
  void defersIfTheDomainDoesNotExistButHasAPolicy() throws Exception {
    fixture.enforce("nowhere.example.com", "mx1.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@nowhere.example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.1.2");
  }

  @ParameterizedTest
  @EnumSource(names = {"SERVFAIL", "REFUSED", "GARBAGE"})
  void defersTheMessageWhileDnsDoesNotAnswer(TestDns.Fault fault) throws Exception {
    MxServer mx = fixture.mx("example.com");
    fixture.dns.fault("example.com", fault);

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.4.3");
    assertThat(mx.dialogue()).as("no implicit host").isEmpty();
  }

  @Test
  void defersTheMessageWhileDnsDoesNotAnswerForTheAddressOfTheHost() throws Exception {
    fixture.domain("example.com", "mx1.example.com");
    fixture.dns.fault("mx1.example.com", TestDns.Fault.SERVFAIL);

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.attempts())
        .extracting(Attempt::outcome)
        .containsExactly(Outcome.UNREACHABLE);
  }
}
