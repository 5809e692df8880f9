// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.mtasts.discovery.DnsAnswer.Status;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.testing.TestDns;
import io.github.mtasts.testing.TestDns.Fault;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers for each type of record. */
class DnsJavaClientTest {
  private static final DomainName NAME = DomainName.of("name.example");

  private final TestDns dns = TestDns.start();
  private final DnsJavaClient client =
      DnsJavaClient.of(List.of(dns.address()), Duration.ofSeconds(30));

  @AfterEach
  void close() {
    client.close();
    dns.close();
  }

  @Test
  void keepsTxtRecordsSeparate() {
    dns.txt("name.example", "one", "two");

    DnsAnswer<String> answer = client.txt(NAME).join();

    assertThat(answer.status()).isEqualTo(Status.FOUND);
    assertThat(answer.records()).containsExactlyInAnyOrder("one", "two");
    assertThat(answer.detail()).isEqualTo("TXT name.example: found 2");
  }

  @ParameterizedTest
  @Tag("rfc-item-14")
  @ValueSource(ints = {1, 2, 5, 9, 12, 19})
  void joinsCharacterStringsWhereverTheyAreSplit(int split) {
    String record = "v=STSv1; id=20240627;";
    dns.txtStrings("name.example", List.of(record.substring(0, split), record.substring(split)));

    assertThat(client.txt(NAME).join().records()).containsExactly(record);
  }

  @Test
  @Tag("rfc-item-14")
  void joinsManyEmptyAndTinyStrings() {
    dns.txtStrings("name.example", List.of("", "v=ST", "", "Sv1; i", "d=abc", ""));

    assertThat(client.txt(NAME).join().records()).containsExactly("v=STSv1; id=abc");
  }

  @Test
  void readsARecordLongerThanADatagram() {
    String record = "v=STSv1; id=1; x=" + "y".repeat(2000);
    dns.txt("name.example", record);

    assertThat(client.txt(NAME).join().records()).containsExactly(record);
    assertThat(dns.tcpQueryLog()).containsExactly("name.example TXT");
  }

  @Test
  void repeatsATruncatedQueryOverTcp() {
    dns.txt("name.example", "short").fault("name.example", Fault.TRUNCATED);

    assertThat(client.txt(NAME).join().records()).containsExactly("short");
    assertThat(dns.tcpQueryLog()).containsExactly("name.example TXT");
  }

  @Test
  @Tag("rfc-item-5")
  void keepsNonAsciiOctetsRecognisable() {
    dns.txt("name.example", "v=STSv1; id=\u00e9;");

    assertThat(client.txt(NAME).join().records()).containsExactly("v=STSv1; id=\u00c3\u00a9;");
  }

  @Test
  void keepsQuotesBackslashesAndControlCharacters() {
    dns.txt("name.example", "a\"b\\c;d\t\u0000e");

    assertThat(client.txt(NAME).join().records()).containsExactly("a\"b\\c;d\t\u0000e");
  }

  @Test
  void distinguishesAMissingNameFromAMissingRecord() {
    dns.a("name.example", "192.0.2.1");

    assertThat(client.txt(NAME).join().status()).isEqualTo(Status.NO_DATA);
    assertThat(client.txt(DomainName.of("other.example")).join().status())
        .isEqualTo(Status.NO_DOMAIN);
  }

  @Test
  void reportsTheSmallestTtlOfTheChain() {
    dns.ttl(500).cname("name.example", "b.example");
    dns.ttl(70).cname("b.example", "c.example");
    dns.ttl(300).txt("c.example", "x");

    assertThat(client.txt(NAME).join().ttl()).isEqualTo(Duration.ofSeconds(70));
  }

  @ParameterizedTest
  @CsvSource({"900, 60, 60", "60, 900, 60", "0, 900, 0"})
  void theNegativeTtlIsTheSmallerNumberOfTheSoa(int soaTtl, int minimum, int expected) {
    dns.negativeTtl(soaTtl, minimum).a("name.example", "192.0.2.1");

    assertThat(client.txt(NAME).join().ttl()).isEqualTo(Duration.ofSeconds(expected));
    assertThat(client.txt(DomainName.of("no.example")).join().ttl())
        .isEqualTo(Duration.ofSeconds(expected));
  }

  @Test
  void theNegativeTtlIsZeroWithoutAnSoa() {
    dns.noNegativeTtl();

    DnsAnswer<String> answer = client.txt(NAME).join();

    assertThat(answer.status()).isEqualTo(Status.NO_DOMAIN);
    assertThat(answer.ttl()).isZero();
  }

  @Test
  void findsAddressesOfBothFamilies() throws Exception {
    dns.ttl(90).a("name.example", "192.0.2.1");
    dns.ttl(80).aaaa("name.example", "2001:db8::1");

    DnsAnswer<InetAddress> answer = client.addresses(NAME).join();

    assertThat(answer.records())
        .containsExactly(InetAddress.getByName("192.0.2.1"), InetAddress.getByName("2001:db8::1"));
    assertThat(answer.ttl()).isEqualTo(Duration.ofSeconds(80));
  }

  @Test
  void addressesIncludeTheNameSoThatNoReverseLookupHappens() {
    dns.a("name.example", "192.0.2.1");

    assertThat(client.addresses(NAME).join().records().get(0).getHostName())
        .isEqualTo("name.example");
  }

  @Test
  void oneFamilyIsEnough() {
    dns.aaaa("name.example", "2001:db8::1");

    DnsAnswer<InetAddress> answer = client.addresses(NAME).join();

    assertThat(answer.status()).isEqualTo(Status.FOUND);
    assertThat(answer.records()).hasSize(1);
  }

  @Test
  void isEmptyOnlyIfBothFamiliesAre() {
    dns.txt("name.example", "x");

    assertThat(client.addresses(NAME).join().status()).isEqualTo(Status.NO_DATA);
    assertThat(client.addresses(DomainName.of("no.example")).join().status())
        .isEqualTo(Status.NO_DOMAIN);
  }

  @Test
  void addressesAreUnavailableIfDnsFails() {
    dns.fault("name.example", Fault.SERVFAIL);

    DnsAnswer<InetAddress> answer = client.addresses(NAME).join();

    assertThat(answer.status()).isEqualTo(Status.UNAVAILABLE);
    assertThat(answer.detail()).contains("A name.example", "AAAA name.example", "SERVFAIL");
  }

  @Test
  void readsMxRecords() {
    dns.mx("name.example", 20, "MX2.Name.Example").mx("name.example", 10, "mx1.name.example");

    assertThat(client.mx(NAME).join().records())
        .containsExactlyInAnyOrder(
            new MxHost(20, "mx2.name.example"), new MxHost(10, "mx1.name.example"));
  }

  @Test
  void readsTheNullMxAsAnEmptyHost() {
    dns.mx("name.example", 0, ".");

    MxHost host = client.mx(NAME).join().records().get(0);

    assertThat(host.host()).isEmpty();
    assertThat(host.isNullMx()).isTrue();
  }

  @Test
  void escapesSpecialOctetsInMxHosts() {
    dns.mx("name.example", 0, "a\\.b\\010c.example");

    assertThat(client.mx(NAME).join().records().get(0).host()).isEqualTo("a\\.b\\010c.example");
  }

  @Test
  void readsFiveHundredMxRecords() {
    for (int i = 0; i < 500; i++) {
      dns.mx("name.example", i, "mx" + i + ".name.example");
    }

    assertThat(client.mx(NAME).join().records()).hasSize(500);
  }

  @Test
  @SuppressWarnings("NullAway") // passes null on purpose
  void anMxHostRefusesNull() {
    assertThatNullPointerException().isThrownBy(() -> new MxHost(10, null)).withMessage("host");
  }
}
