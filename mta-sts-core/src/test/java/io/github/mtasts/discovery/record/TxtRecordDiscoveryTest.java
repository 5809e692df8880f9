// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.discovery.DnsAnswer;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.DnsJavaClient;
import io.github.mtasts.discovery.MxHost;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.policy.RecordAnswer;
import io.github.mtasts.policy.RecordAnswer.Status;
import io.github.mtasts.testing.TestDns;
import io.github.mtasts.testing.TestDns.Fault;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The TXT record of a policy domain, looked up over real DNS. Includes the conformance cases
 * fetch-001, fetch-004, fetch-007 and the DNS part of fetch-010.
 */
class TxtRecordDiscoveryTest {
  private static final String NAME = "_mta-sts.a.example";

  private final TestDns dns = TestDns.start();
  private final DnsJavaClient client =
      DnsJavaClient.of(List.of(dns.address()), Duration.ofSeconds(30));
  private final RecordDiscovery discovery = new TxtRecordDiscovery(client, Reading.STRICT);

  @AfterEach
  void close() {
    client.close();
    dns.close();
  }

  @Test
  @Tag("rfc-item-3")
  void oneQueryFindsThatADomainHasAPolicy() {
    dns.ttl(123).txt(NAME, "v=STSv1; id=20240627092600;");

    DiscoveredRecord found = discover("a.example");

    assertThat(found.answer().record().orElseThrow().id()).isEqualTo("20240627092600");
    assertThat(found.ttl()).isEqualTo(Duration.ofSeconds(123));
    assertThat(dns.queryLog()).containsExactly("_mta-sts.a.example TXT");
  }

  @ParameterizedTest
  @Tag("rfc-item-4")
  @ValueSource(strings = {"a.example", "A.Example", "a.example.", "xn--bcher-kva.example"})
  void queriesTheDomainWithItsPrefixAndNothingElse(String domain) {
    discover(domain);

    assertThat(dns.queryLog())
        .containsExactly("_mta-sts." + DomainName.of(domain).value() + " TXT");
  }

  @Test
  void neverQueriesAParentDomain() {
    dns.txt(NAME, "v=STSv1; id=1;");

    assertThat(discover("user.a.example").answer().status()).isEqualTo(Status.ABSENT);
    assertThat(dns.queryLog()).containsExactly("_mta-sts.user.a.example TXT");
  }

  @Test
  @Tag("rfc-item-14")
  void joinsTheStringsOfOneRecord() {
    dns.txtStrings(NAME, List.of("v=ST", "Sv1; i", "d=abc"));

    assertThat(discover("a.example").answer().record().orElseThrow().id()).isEqualTo("abc");
  }

  @Test
  @Tag("rfc-item-14")
  void neverJoinsTwoRecords() {
    dns.txt(NAME, "v=STSv1; i", "d=abc");

    assertThat(discover("a.example").answer().status()).isEqualTo(Status.INVALID);
  }

  @Test
  @Tag("rfc-item-15")
  void followsAChainOfAliases() {
    dns.cname(NAME, "_mta-sts.b.example").cname("_mta-sts.b.example", "_mta-sts.c.example");
    dns.txt("_mta-sts.c.example", "v=STSv1; id=1");

    assertThat(discover("a.example").answer().record().orElseThrow().id()).isEqualTo("1");
  }

  @Test
  @Tag("rfc-item-11")
  void ignoresOtherTxtRecords() {
    dns.txt(NAME, "v=spf1 -all", "v=STSv1; id=1;");

    assertThat(discover("a.example").answer().status()).isEqualTo(Status.FOUND);
  }

  @Test
  @Tag("rfc-item-5")
  void rejectsNonAsciiOctets() {
    dns.txt(NAME, "v=STSv1; id=\u00e9;");

    assertThat(discover("a.example").answer().status()).isEqualTo(Status.INVALID);
  }

  @Test
  @Tag("rfc-item-12")
  void rejectsTwoRecords() {
    dns.txt(NAME, "v=STSv1; id=1;", "v=STSv1; id=2;");

    assertThat(discover("a.example").answer().status()).isEqualTo(Status.INVALID);
  }

  @Test
  @Tag("rfc-item-19")
  void missingNameAndMissingRecordAreAbsentForTheirNegativeTtl() {
    dns.negativeTtl(60, 45).a("_mta-sts.b.example", "192.0.2.1");

    DiscoveredRecord noName = discover("a.example");
    DiscoveredRecord noRecord = discover("b.example");

    assertThat(noName.answer().status()).isEqualTo(Status.ABSENT);
    assertThat(noName.answer().detail()).contains("no such name");
    assertThat(noName.ttl()).isEqualTo(Duration.ofSeconds(45));
    assertThat(noRecord.answer().status()).isEqualTo(Status.ABSENT);
    assertThat(noRecord.answer().detail()).contains("no such record");
    assertThat(noRecord.ttl()).isEqualTo(Duration.ofSeconds(45));
  }

  @ParameterizedTest
  @Tag("rfc-item-19")
  @EnumSource(names = {"SERVFAIL", "REFUSED", "GARBAGE"})
  void aDnsFailureIsUnavailableAndNeverAbsent(Fault fault) {
    dns.txt(NAME, "v=STSv1; id=1;").fault(NAME, fault);

    DiscoveredRecord discovered = discover("a.example");

    assertThat(discovered.answer().status()).isEqualTo(Status.UNAVAILABLE);
    assertThat(discovered.ttl()).isZero();
  }

  @Test
  @Tag("rfc-item-19")
  void aMissingAnswerIsUnavailable() {
    dns.fault(NAME, Fault.SILENT);
    try (DnsJavaClient shortDeadline =
        DnsJavaClient.of(List.of(dns.address()), Duration.ofMillis(200))) {
      RecordAnswer answer =
          new TxtRecordDiscovery(shortDeadline, Reading.TOLERANT)
              .discover(DomainName.of("a.example"))
              .join()
              .answer();

      assertThat(answer.status()).isEqualTo(Status.UNAVAILABLE);
      assertThat(answer.detail()).contains("200 ms");
    }
  }

  @Test
  void aQueryThatThisSenderCannotSendIsNotUnavailable() {
    client.close();

    assertThatThrownBy(() -> discover("a.example"))
        .hasCauseInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void aClientThatThrowsFailsTheFuture() {
    DnsClient throwing =
        new DnsClient() {
          @Override
          public CompletableFuture<DnsAnswer<String>> txt(DomainName name) {
            throw new IllegalStateException("broken");
          }

          @Override
          public CompletableFuture<DnsAnswer<InetAddress>> addresses(DomainName name) {
            throw new IllegalStateException("broken");
          }

          @Override
          public CompletableFuture<DnsAnswer<MxHost>> mx(DomainName name) {
            throw new IllegalStateException("broken");
          }

          @Override
          public void close() {}
        };

    assertThat(
            new TxtRecordDiscovery(throwing, Reading.TOLERANT).discover(DomainName.of("a.example")))
        .isCompletedExceptionally();
  }

  @Test
  void aDomainTooLongForThePrefixIsAbsentWithoutAQuery() {
    String label = "x".repeat(60) + ".";
    String longest = label.repeat(4) + "y".repeat(244 - label.length() * 4);

    assertThat(discover(longest).answer().status()).isEqualTo(Status.ABSENT);
    assertThat(dns.queryLog()).hasSize(1);
    assertThat(discover(longest + "y").answer().detail()).contains("at most 244");
    assertThat(dns.queryLog()).hasSize(1);
  }

  private DiscoveredRecord discover(String domain) {
    return discovery.discover(DomainName.of(domain)).join();
  }

  @Test
  @SuppressWarnings("NullAway") // passes null on purpose
  void aDiscoveredRecordRefusesNull() {
    assertThatNullPointerException()
        .isThrownBy(() -> new DiscoveredRecord(null, Duration.ZERO))
        .withMessage("answer");
    assertThatNullPointerException()
        .isThrownBy(() -> new DiscoveredRecord(RecordAnswer.unavailable("no answer"), null))
        .withMessage("ttl");
  }
}
