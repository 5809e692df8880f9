// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.mtasts.address.AddressRange;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The hosts of a domain that are tried, their order and their addresses. RFC 5321 §5.1 */
final class MxOrderTest {
  private static final InetAddress IPV6 = AddressRange.address("::1").orElseThrow();

  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  @Tag("rfc-item-228")
  void triesBetterPreferencesFirst() throws Exception {
    fixture.addressOf("best.example.com"); // no server listens there
    MxServer middle = fixture.mx("middle.example.com");
    MxServer worst = fixture.mx("worst.example.com");
    fixture
        .dns
        .mx("example.com", 300, "worst.example.com")
        .mx("example.com", 5, "best.example.com")
        .mx("example.com", 40, "middle.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.attempts())
        .extracting(Attempt::mxHost, Attempt::outcome)
        .containsExactly(
            tuple("best.example.com", Outcome.UNREACHABLE),
            tuple("middle.example.com", Outcome.DELIVERED));
    assertThat(delivery.mxHost()).contains("middle.example.com");
    assertThat(middle.messages()).hasSize(1);
    assertThat(worst.dialogue()).isEmpty();
  }

  @Test
  @Tag("rfc-item-228")
  void triesHostsOfOnePreferenceInRandomOrder() throws Exception {
    fixture.mxWithoutTls("mx1.example.com");
    fixture.mxWithoutTls("mx2.example.com");
    fixture.dns.mx("example.com", 10, "mx1.example.com").mx("example.com", 10, "mx2.example.com");

    Set<String> first = new HashSet<>();
    for (int i = 0; i < 64 && first.size() < 2; i++) {
      first.add(fixture.deliverToOne("bob@example.com").attempts().get(0).mxHost());
    }

    assertThat(first).containsExactlyInAnyOrder("mx1.example.com", "mx2.example.com");
  }

  @Test
  void triesEveryAddressOfAHostBeforeTheNextHost() throws Exception {
    fixture.addressOf("mx1.example.com"); // no server listens at this address or the next
    fixture.addressOf("mx1.example.com");
    MxServer mx1 = fixture.mx("mx1.example.com");
    MxServer mx2 = fixture.mx("mx2.example.com");
    fixture.domain("example.com", "mx1.example.com", "mx2.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.attempts())
        .extracting(Attempt::mxHost, Attempt::outcome)
        .containsExactly(
            tuple("mx1.example.com", Outcome.UNREACHABLE),
            tuple("mx1.example.com", Outcome.UNREACHABLE),
            tuple("mx1.example.com", Outcome.DELIVERED));
    assertThat(mx1.messages()).hasSize(1);
    assertThat(mx2.dialogue()).isEmpty();
  }

  @Test
  void reachesAHostThatHasOnlyIpv6() throws Exception {
    MxServer mx = mxOnIpv6("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");

    assertThat(fixture.deliverToOne("bob@example.com").disposition())
        .isEqualTo(Disposition.DELIVERED);
    assertThat(mx.sniSeen()).containsExactly("mx1.example.com");
    assertThat(mx.messages()).singleElement().matches(mail -> mail.isOverTls());
  }

  @Test
  void triesIpv6FirstAndIpv4Next() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.dns.aaaa("mx1.example.com", "::1"); // no server listens there
    fixture.domain("example.com", "mx1.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.attempts())
        .extracting(Attempt::address)
        .containsExactly(Optional.of(IPV6), Optional.of(mx.address().getAddress()));
    assertThat(mx.messages()).hasSize(1);
  }

  private MxServer mxOnIpv6(String host) {
    fixture.dns.aaaa(host, "::1");
    return fixture.mxAt(
        new InetSocketAddress(IPV6, fixture.port()),
        MxServer.builder().certificate(MailFixture.CA.issue(host)).hostName(host));
  }

  @Test
  void triesTheNextHostAfterOneWithoutAddress() throws Exception {
    MxServer mx2 = fixture.mx("mx2.example.com");
    fixture.domain("example.com", "nowhere.example.com", "mx2.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.attempts())
        .extracting(Attempt::mxHost, Attempt::address, Attempt::outcome)
        .first()
        .isEqualTo(tuple("nowhere.example.com", Optional.empty(), Outcome.UNREACHABLE));
    assertThat(mx2.messages()).hasSize(1);
  }

  @Test
  void defersTheMessageIfTheOnlyHostHasNoAddress() throws Exception {
    fixture.domain("example.com", "nowhere.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.4.1");
    assertThat(delivery.mxHost()).contains("nowhere.example.com");
  }

  @Test
  void connectsToNoPrivateAddressUnlessAllowed() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com");
    fixture.properties.remove("mail.mta-sts.allowedaddresses");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.attempts()).extracting(Attempt::address).containsExactly(Optional.empty());
    assertThat(delivery.detail()).contains("127.0.0.0/8", "mail.mta-sts.allowedaddresses");
    assertThat(mx.dialogue()).isEmpty();
  }

  @Test
  void triesOnlyHostsPreferredToThisSystem() throws Exception {
    fixture.properties.setProperty("mail.mta-sts.ownhosts", "other.example.com, MX2.example.com");
    fixture.addressOf("mx1.example.com"); // no server listens there
    MxServer own = fixture.mx("mx2.example.com");
    MxServer equal = fixture.mx("mx3.example.com");
    MxServer worse = fixture.mx("mx4.example.com");
    fixture
        .domain("example.com", "mx1.example.com", "mx2.example.com")
        .dns
        .mx("example.com", 20, "mx3.example.com")
        .mx("example.com", 30, "mx4.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.attempts()).extracting(Attempt::mxHost).containsExactly("mx1.example.com");
    assertThat(own.dialogue()).isEmpty();
    assertThat(equal.dialogue()).isEmpty();
    assertThat(worse.dialogue()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mx1.example.com", "mx1.example.com.", "MX1.EXAMPLE.COM"})
  @Tag("rfc-item-228")
  void defersTheMessageIfThisSystemIsThePreferredHost(String own) throws Exception {
    fixture.properties.setProperty("mail.mta-sts.ownhosts", own);
    MxServer mx1 = fixture.mx("mx1.example.com");
    MxServer mx2 = fixture.mx("mx2.example.com");
    fixture.domain("example.com", "mx1.example.com", "mx2.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.4.6");
    assertThat(mx1.dialogue()).isEmpty();
    assertThat(mx2.dialogue()).isEmpty();
  }

  @Test
  void treatsTheEhloNameAsThisSystem() throws Exception {
    MxServer mx = fixture.mx("Sender.Example.ORG");
    fixture.domain("example.com", "sender.example.org");

    assertThat(fixture.deliverToOne("bob@example.com").status()).isEqualTo("4.4.6");
    assertThat(mx.dialogue()).isEmpty();
  }

  @Test
  @Tag("rfc-item-96")
  @Tag("rfc-item-228")
  void triesNoHostAfterThisSystemEvenIfThePolicyListsIt() throws Exception {
    fixture.properties.setProperty("mail.mta-sts.ownhosts", "own.example.com");
    MxServer unlisted = fixture.mx("unlisted.example.com");
    MxServer listed = fixture.mx("listed.example.com");
    fixture
        .domain("example.com", "unlisted.example.com", "own.example.com", "listed.example.com")
        .enforce("example.com", "listed.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.attempts())
        .extracting(Attempt::mxHost, Attempt::outcome)
        .containsExactly(tuple("unlisted.example.com", Outcome.REFUSED));
    assertThat(unlisted.dialogue()).isEmpty();
    assertThat(listed.dialogue()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"MAIL, 250 STARTTLS", "RCPT, 250 8BITMIME"})
  void defersMailInClearToAHostThatRequiresTls(String verb, String extension) throws Exception {
    ScriptedMx requiringTls =
        fixture.mx(
            "mx1.example.com",
            ScriptedMx.script()
                .on("EHLO", MxReaction.say("250-mx1.example.com", extension))
                .on(verb, MxReaction.say("530 5.7.0 Must issue a STARTTLS command first")));
    fixture.domain("example.com", "mx1.example.com");

    DomainDelivery alone = fixture.deliverToOne("bob@example.com");
    MxServer good = fixture.mx("mx2.example.com");
    fixture.domain("example.net", "mx1.example.com", "mx2.example.com");
    DomainDelivery withAnother = fixture.deliverToOne("bob@example.net");

    assertThat(alone.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(alone.status()).isEqualTo("4.7.4");
    assertThat(alone.detail()).contains("530");
    assertThat(withAnother.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(good.messages()).hasSize(1);
    assertThat(requiringTls.messages()).isEmpty();
  }
}
