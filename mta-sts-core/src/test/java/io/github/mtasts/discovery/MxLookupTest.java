// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.discovery.DnsAnswer.Status;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.testing.TestDns;
import io.github.mtasts.testing.TestDns.Fault;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The hosts of a domain, over real DNS. */
class MxLookupTest {
  private final TestDns dns = TestDns.start();
  private final DnsJavaClient client =
      DnsJavaClient.of(List.of(dns.address()), Duration.ofSeconds(30));

  @AfterEach
  void close() {
    client.close();
    dns.close();
  }

  @Test
  void putsLowerPreferencesFirst() {
    dns.mx("a.example", 30, "c.example").mx("a.example", 5, "a.example");
    dns.mx("a.example", 10, "b.example");

    assertThat(hosts("a.example")).containsExactly("a.example", "b.example", "c.example");
  }

  @Test
  void shufflesOnlyEqualPreferences() {
    dns.mx("a.example", 10, "x.example").mx("a.example", 10, "y.example");
    dns.mx("a.example", 20, "z.example");
    MxLookup lookup = new MxLookup(client, new Random(1));
    Set<List<MxHost>> orders = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      orders.add(lookup.lookup(DomainName.of("a.example")).join().records());
    }

    assertThat(orders).hasSize(2);
    assertThat(orders)
        .allSatisfy(order -> assertThat(order.get(2)).isEqualTo(new MxHost(20, "z.example")));
  }

  @Test
  void listsEachHostOnceAtItsBestPreference() {
    dns.mx("a.example", 20, "x.example").mx("a.example", 10, "X.example");

    assertThat(lookup("a.example").records()).containsExactly(new MxHost(10, "x.example"));
  }

  @Test
  void usesTheDomainItselfIfItHasNoMx() {
    dns.negativeTtl(70, 70).a("a.example", "192.0.2.1");

    DnsAnswer<MxHost> answer = lookup("a.example");

    assertThat(answer.status()).isEqualTo(Status.FOUND);
    assertThat(answer.records()).containsExactly(new MxHost(0, "a.example"));
    assertThat(answer.ttl()).isEqualTo(Duration.ofSeconds(70));
    assertThat(answer.detail()).contains("no such record", "the domain itself");
  }

  @Test
  void recognisesTheNullMx() {
    dns.mx("a.example", 0, ".");

    DnsAnswer<MxHost> answer = lookup("a.example");

    assertThat(answer.status()).isEqualTo(Status.FOUND);
    assertThat(answer.records()).singleElement().matches(MxHost::isNullMx);
  }

  @Test
  void ignoresANullMxBesideOtherHosts() {
    dns.mx("a.example", 0, ".").mx("a.example", 10, "x.example");

    assertThat(hosts("a.example")).containsExactly("x.example");
  }

  @Test
  void followsAnAliasOfTheDomain() {
    dns.cname("a.example", "b.example").mx("b.example", 10, "mx.b.example");

    assertThat(hosts("a.example")).containsExactly("mx.b.example");
  }

  @Test
  void findsNoHostForADomainThatDoesNotExist() {
    assertThat(lookup("a.example").status()).isEqualTo(Status.NO_DOMAIN);
  }

  @Test
  void findsNoHostIfDnsIsUnavailable() {
    dns.mx("a.example", 10, "x.example").fault("a.example", Fault.SERVFAIL);

    assertThat(lookup("a.example").status()).isEqualTo(Status.UNAVAILABLE);
  }

  @Test
  void keepsFiveHundredHosts() {
    for (int i = 0; i < 500; i++) {
      dns.mx("a.example", i, "mx" + i + ".example");
    }

    assertThat(hosts("a.example")).hasSize(500).startsWith("mx0.example").endsWith("mx499.example");
  }

  private DnsAnswer<MxHost> lookup(String domain) {
    return new MxLookup(client).lookup(DomainName.of(domain)).join();
  }

  private List<String> hosts(String domain) {
    return lookup(domain).records().stream().map(MxHost::host).toList();
  }
}
