// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.discovery.DnsAnswer.Status;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.testing.TestDns;
import io.github.mtasts.testing.TestDns.Fault;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;

/** CNAME records (RFC 8461 §3.1), and records that belong to other names. */
class DnsAliasTest {
  private static final DomainName A = DomainName.of("a.example");

  private final TestDns dns = TestDns.start();
  private final DnsJavaClient client =
      DnsJavaClient.of(List.of(dns.address()), Duration.ofSeconds(30));

  @AfterEach
  void close() {
    client.close();
    dns.close();
  }

  @Test
  @Tag("rfc-item-15")
  void followsAChainWithinOneMessage() {
    dns.cname("a.example", "b.example").cname("b.example", "c.example").txt("c.example", "end");

    assertThat(client.txt(A).join().records()).containsExactly("end");
    assertThat(dns.queryLog()).containsExactly("a.example TXT");
  }

  @Test
  @Tag("rfc-item-15")
  void followsAChainAcrossMessages() {
    dns.cname("a.example", "b.example").cname("b.example", "c.example").txt("c.example", "end");
    dns.fault("a.example", Fault.CHAIN_CUT).fault("b.example", Fault.CHAIN_CUT);

    assertThat(client.txt(A).join().records()).containsExactly("end");
    assertThat(dns.queryLog()).containsExactly("a.example TXT", "b.example TXT", "c.example TXT");
  }

  @Test
  void keepsTheSmallestTtlAcrossMessages() {
    dns.ttl(40).cname("a.example", "b.example").ttl(400).txt("b.example", "end");
    dns.fault("a.example", Fault.CHAIN_CUT);

    assertThat(client.txt(A).join().ttl()).isEqualTo(Duration.ofSeconds(40));
  }

  @Test
  void detectsALoop() {
    dns.cname("a.example", "b.example").cname("b.example", "a.example");

    DnsAnswer<String> answer = client.txt(A).join();

    assertThat(answer.status()).isEqualTo(Status.UNAVAILABLE);
    assertThat(answer.detail()).contains("CNAME", "loop");
  }

  @Test
  void detectsALoopAcrossMessages() {
    dns.cname("a.example", "b.example").cname("b.example", "a.example");
    dns.fault("a.example", Fault.CHAIN_CUT).fault("b.example", Fault.CHAIN_CUT);

    assertThat(client.txt(A).join().status()).isEqualTo(Status.UNAVAILABLE);
    assertThat(dns.queryLog()).hasSize(2);
  }

  @Test
  void detectsAnAliasOfItself() {
    dns.cname("a.example", "a.example");

    assertThat(client.txt(A).join().status()).isEqualTo(Status.UNAVAILABLE);
  }

  @Test
  void followsEightAliasesAndNotNine() {
    for (int i = 0; i < 9; i++) {
      dns.cname("n" + i + ".example", "n" + (i + 1) + ".example");
    }
    dns.txt("n9.example", "end");

    assertThat(client.txt(DomainName.of("n1.example")).join().status()).isEqualTo(Status.FOUND);
    assertThat(client.txt(DomainName.of("n0.example")).join().status())
        .isEqualTo(Status.UNAVAILABLE);
  }

  @Test
  void isNoDataIfTheTargetHasNoRecord() {
    dns.cname("a.example", "b.example").a("b.example", "192.0.2.1");

    assertThat(client.txt(A).join().status()).isEqualTo(Status.NO_DATA);
  }

  @Test
  void isNoDomainIfTheTargetDoesNotExist() {
    dns.cname("a.example", "b.example");

    assertThat(client.txt(A).join().status()).isEqualTo(Status.NO_DOMAIN);
  }

  @Test
  void queriesTheTargetIfTheAnswerHasNoSoa() {
    dns.noNegativeTtl().cname("a.example", "b.example").a("b.example", "192.0.2.1");

    assertThat(client.txt(A).join().status()).isEqualTo(Status.NO_DATA);
    assertThat(dns.queries("b.example", "TXT")).isEqualTo(1);
  }

  @Test
  void ignoresRecordsOfNamesThatWereNotQueried() {
    dns.txt("a.example", "mine").fault("a.example", Fault.STRAY_RECORDS);
    dns.a("b.example", "192.0.2.1").fault("b.example", Fault.STRAY_RECORDS);

    assertThat(client.txt(A).join().records()).containsExactly("mine");
    assertThat(client.txt(DomainName.of("b.example")).join().status()).isEqualTo(Status.NO_DATA);
  }

  @Test
  void followsNoAliasAfterTheDeadline() {
    CompletableFuture<Message> late = new CompletableFuture<>();
    List<Message> queries = new CopyOnWriteArrayList<>();
    SimpleResolver resolver =
        new SimpleResolver(dns.address()) {
          @Override
          public CompletionStage<Message> sendAsync(Message query, Executor executor) {
            queries.add(query);
            return late;
          }
        };
    try (DnsJavaClient shortDeadline =
        new DnsJavaClient(resolver, DnsLimits.within(Duration.ofSeconds(3)))) {
      assertThat(shortDeadline.txt(A).join().status()).isEqualTo(Status.UNAVAILABLE);
      late.complete(aliasOf(queries.get(0))); // continues on this thread

      assertThat(queries).hasSize(1);
    }
  }

  private static Message aliasOf(Message query) {
    Name name = query.getQuestion().getName();
    Message message = query.clone();
    message.getHeader().setFlag(Flags.QR);
    message.addRecord(
        new CNAMERecord(name, DClass.IN, 60, Name.fromConstantString("b.example.")),
        Section.ANSWER);
    return message;
  }
}
