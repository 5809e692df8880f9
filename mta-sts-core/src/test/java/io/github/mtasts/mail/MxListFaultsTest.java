// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.discovery.DnsAnswer;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.MxHost;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.testing.MxServer;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hosts in DNS that do not answer, and very long lists of hosts. */
final class MxListFaultsTest {
  private static final int LONG_LIST = 500;
  private static final String DEAD = "dead.example.com";
  private static final String GOOD = "good.example.com";

  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @ParameterizedTest
  @EnumSource(names = "REFUSED", mode = EnumSource.Mode.EXCLUDE)
  void deliversToTheLastAddressAfterTenDeadOnes(Requirement requirement) throws Exception {
    MxServer good = fixture.mx(GOOD);
    tenDeadAddressesOf(GOOD);
    fixture.properties.put(
        "mail.mta-sts.dns", new OneAddressLast(good.address().getAddress(), dns()));
    publish(requirement, "*.example.com").domain("example.com", GOOD);

    DomainDelivery delivery = deliver();

    assertThat(delivery.disposition()).as(delivery.detail()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.attempts()).hasSize(11);
    assertThat(delivery.attempts().subList(0, 10))
        .extracting(Attempt::outcome)
        .containsOnly(Outcome.UNREACHABLE);
    assertThat(good.messages()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = "REFUSED", mode = EnumSource.Mode.EXCLUDE)
  void defersWhenAllTenAddressesAreDead(Requirement requirement) throws Exception {
    tenDeadAddressesOf(DEAD);
    publish(requirement, "*.example.com").domain("example.com", DEAD);

    DomainDelivery delivery = deliver();

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.4.1");
    assertThat(delivery.resultType()).isEmpty();
    assertThat(delivery.mxHost()).contains(DEAD);
    assertThat(delivery.attempts()).hasSize(10);
    assertThat(delivery.attempts()).extracting(Attempt::address).doesNotHaveDuplicates();
    assertThat(fixture.sessions).as("there was no TLS to count").isEmpty();
    assertThat(fixture.rechecks).as("the policy blocked nothing").isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = "REFUSED", mode = EnumSource.Mode.EXCLUDE)
  @Tag("rfc-item-77")
  void triesTheNextHostAfterTenDeadAddresses(Requirement requirement) throws Exception {
    tenDeadAddressesOf(DEAD);
    MxServer good = fixture.mx(GOOD);
    publish(requirement, "*.example.com").domain("example.com", DEAD, GOOD);

    DomainDelivery delivery = deliver();

    assertThat(delivery.disposition()).as(delivery.detail()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.mxHost()).contains(GOOD);
    assertThat(good.messages()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = "REFUSED", mode = EnumSource.Mode.EXCLUDE)
  void connectsToTwentyOfFiveHundredDeadHostsAndDefers(Requirement requirement) throws Exception {
    String[] hosts = fiveHundredHosts();
    for (String host : hosts) {
      fixture.dns.a(host, "127.0.1.1");
    }
    publish(requirement, "*.example.com").domain("example.com", hosts);

    DomainDelivery delivery = deliver();

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.4.1");
    assertThat(delivery.attempts())
        .as("in the order of preference")
        .extracting(Attempt::mxHost)
        .containsExactlyElementsOf(List.of(hosts).subList(0, DomainDeliverer.MAX_CONNECTIONS));
  }

  @Test
  @Tag("rfc-item-70")
  @Tag("rfc-item-74")
  void connectsToNoneOfFiveHundredHostsThatThePolicyDoesNotList() throws Exception {
    String[] hosts = fiveHundredHosts();
    MxServer impostor = impostorFor(hosts);
    fixture.enforce("example.com", GOOD).domain("example.com", hosts);

    DomainDelivery delivery = deliver();

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.7.1");
    assertThat(delivery.resultType()).contains(ResultType.VALIDATION_FAILURE);
    assertThat(delivery.attempts()).hasSize(DomainDeliverer.MAX_HOSTS);
    assertThat(delivery.attempts())
        .allMatch(attempt -> attempt.outcome() == Outcome.REFUSED && attempt.address().isEmpty());
    assertThat(impostor.dialogue()).isEmpty();
    assertThat(fixture.rechecks).containsExactly("example.com");
  }

  @Test
  @Tag("rfc-item-96")
  void findsTheOneListedHostAmongFiveHundred() throws Exception {
    String[] hosts = fiveHundredHosts();
    MxServer impostor = impostorFor(hosts);
    hosts[60] = GOOD;
    MxServer good = fixture.mx(GOOD);
    fixture.enforce("example.com", GOOD).domain("example.com", hosts);

    DomainDelivery delivery = deliver();

    assertThat(delivery.disposition()).as(delivery.detail()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.attempts()).hasSize(61);
    assertThat(good.messages()).hasSize(1);
    assertThat(impostor.dialogue()).isEmpty();
  }

  private static String[] fiveHundredHosts() {
    return IntStream.range(0, LONG_LIST)
        .mapToObj(i -> String.format(Locale.ROOT, "mx%03d.example.com", i))
        .toArray(String[]::new);
  }

  /** One server for all the names, which would accept the mail. */
  private MxServer impostorFor(String... hosts) {
    MxServer impostor = fixture.mx("impostor.example.net");
    for (String host : hosts) {
      fixture.dns.a(host, impostor.address().getAddress().getHostAddress());
    }
    return impostor;
  }

  private void tenDeadAddressesOf(String host) {
    for (int i = 1; i <= 10; i++) {
      fixture.dns.a(host, "127.0.1." + i);
    }
  }

  private MailFixture publish(Requirement requirement, String pattern) {
    return switch (requirement) {
      case ENFORCED -> fixture.enforce("example.com", pattern);
      case TESTING -> fixture.testing("example.com", pattern);
      case OPPORTUNISTIC, REFUSED -> fixture;
    };
  }

  private DomainDelivery deliver() throws Exception {
    List<DomainDelivery> deliveries = fixture.deliver("bob@example.com");
    assertThat(deliveries).hasSize(1);
    return deliveries.get(0);
  }

  private DnsClient dns() {
    return (DnsClient)
        Optional.ofNullable(fixture.properties.get("mail.mta-sts.dns")).orElseThrow();
  }

  /** Answers as another client does, but moves one address to the end. */
  private record OneAddressLast(InetAddress last, DnsClient dns) implements DnsClient {
    @Override
    public CompletableFuture<DnsAnswer<InetAddress>> addresses(DomainName name) {
      return dns.addresses(name).thenApply(this::reordered);
    }

    private DnsAnswer<InetAddress> reordered(DnsAnswer<InetAddress> answer) {
      List<InetAddress> order =
          answer.records().stream().sorted(Comparator.comparing(last::equals)).toList();
      return new DnsAnswer<>(answer.status(), order, answer.ttl(), answer.detail());
    }

    @Override
    public CompletableFuture<DnsAnswer<String>> txt(DomainName name) {
      return dns.txt(name);
    }

    @Override
    public CompletableFuture<DnsAnswer<MxHost>> mx(DomainName name) {
      return dns.mx(name);
    }

    @Override
    public void close() {
      dns.close();
    }
  }
}
