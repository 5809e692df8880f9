// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mtasts.discovery.DnsAnswer.Status;
import io.github.mtasts.discovery.DnsJavaServers.Server;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.testing.TestDns;
import io.github.mtasts.testing.TestDns.Fault;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** Servers that fail in every way, and the result of the query. */
class DnsServersTest {
  private static final DomainName NAME = DomainName.of("name.example");
  private static final DnsJavaQuery QUERY = DnsJavaQuery.of(NAME, Type.TXT);
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final TestDns first = TestDns.start();
  private final TestDns second = TestDns.start();

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  @ParameterizedTest
  @Tag("rfc-item-19")
  @CsvSource({
    "SERVFAIL, 'expected an answer, found SERVFAIL'",
    "REFUSED, 'expected an answer, found REFUSED'",
    "GARBAGE, 'expected an answer, found'",
    "WRONG_QUESTION, 'expected an answer, found'"
  })
  void aServerFailureIsUnavailableAndNotAbsent(Fault fault, String found) {
    first.fault("name.example", fault);

    DnsAnswer<String> answer = query(LONG, first.address());

    assertThat(answer.status()).isEqualTo(Status.UNAVAILABLE);
    assertThat(answer.records()).isEmpty();
    assertThat(answer.ttl()).isZero();
    assertThat(answer.detail()).startsWith("TXT name.example: " + found).contains("; check");
  }

  @Test
  @Tag("rfc-item-19")
  void aTimeoutIsUnavailableAtTheDeadline() {
    first.fault("name.example", Fault.SILENT);

    assertThat(query(SHORT, first.address()))
        .isEqualTo(
            DnsAnswer.unavailable(
                "TXT name.example: expected an answer within 300 ms, found none;"
                    + " check that the DNS server is reachable"));
  }

  @Test
  void rejectsAnAnswerWithAnotherId() {
    first.txt("name.example", "forged").fault("name.example", Fault.WRONG_ID);

    assertThat(query(SHORT, first.address()).status()).isEqualTo(Status.UNAVAILABLE);
  }

  @ParameterizedTest
  @EnumSource(names = {"SERVFAIL", "REFUSED", "GARBAGE", "WRONG_QUESTION"})
  void triesTheNextServerAfterAnUnusableAnswer(Fault fault) {
    first.fault("name.example", fault);
    second.txt("name.example", "answer");

    DnsAnswer<String> answer = query(LONG, first.address(), second.address());

    assertThat(answer.records()).containsExactly("answer");
    assertThat(first.queries("name.example", "TXT")).isEqualTo(1);
  }

  @Test
  void leavesTimeForTheSecondServerIfTheFirstDoesNotAnswer() {
    first.fault("name.example", Fault.SILENT);
    second.txt("name.example", "answer");

    assertThat(query(Duration.ofSeconds(8), first.address(), second.address()).records())
        .containsExactly("answer");
  }

  @Test
  void triesTheNextServerIfTheFirstIsDown() {
    InetSocketAddress down = first.address();
    first.close();
    second.txt("name.example", "answer");

    assertThat(query(LONG, down, second.address()).records()).containsExactly("answer");
  }

  @Test
  void doesNotTryTheNextServerAfterNxdomain() {
    second.txt("name.example", "answer");

    assertThat(query(LONG, first.address(), second.address()).status()).isEqualTo(Status.NO_DOMAIN);
    assertThat(second.queryLog()).isEmpty();
  }

  @Test
  void triesAServerThatDoesNotAnswerASecondTime() {
    first.fault("name.example", Fault.SILENT);
    try (DnsJavaClient client = DnsJavaClient.of(List.of(first.address()), Duration.ofSeconds(6))) {
      CompletableFuture<DnsAnswer<String>> answer = client.txt(NAME);
      while (!answer.isDone() && first.queries("name.example", "TXT") < 2) {
        Thread.onSpinWait();
      }

      assertThat(first.queries("name.example", "TXT")).isEqualTo(2);
    }
  }

  @Test
  void acceptsALateAnswerOfTheFirstServer() {
    first.txt("name.example", "late").hold("name.example");
    second.fault("name.example", Fault.SILENT);
    try (DnsJavaClient client =
        DnsJavaClient.of(List.of(first.address(), second.address()), Duration.ofSeconds(8))) {
      CompletableFuture<DnsAnswer<String>> answer = client.txt(NAME);
      while (!answer.isDone() && second.queries("name.example", "TXT") == 0) {
        Thread.onSpinWait();
      }
      first.release("name.example");

      assertThat(answer.join().records()).containsExactly("late");
    }
  }

  @Test
  void completesAtTheDeadlineEvenIfTheResolverNeverDoes() {
    SimpleResolver neverEnding = stubbed(CompletableFuture::new);
    try (DnsJavaClient client = new DnsJavaClient(neverEnding, DnsLimits.within(SHORT))) {
      assertThat(client.txt(NAME).orTimeout(20, TimeUnit.SECONDS).join().status())
          .isEqualTo(Status.UNAVAILABLE);
    }
  }

  @Test
  void triesTheNextServerAtOnceAfterAnUnreadableAnswer() {
    Server odd = new Server(stubbed(() -> answered(unreadable())), "odd");
    Server good = new Server(stubbed(() -> answered(empty())), "good");
    try (QueryQueue queue = new QueryQueue(DnsLimits.DEFAULT)) {
      DnsJavaServers servers = new DnsJavaServers(List.of(odd, good), 1, queue);

      assertThat(servers.query(QUERY, Duration.ofMinutes(10)))
          .succeedsWithin(LONG)
          .isInstanceOf(DnsJavaReply.Empty.class);
    }
  }

  @Test
  void namesTheServerOfAnUnreadableAnswer() {
    SimpleResolver odd = stubbed(() -> answered(unreadable()));
    try (DnsJavaClient client = new DnsJavaClient(odd, DnsLimits.within(Duration.ofMinutes(10)))) {
      assertThat(client.txt(NAME).orTimeout(30, TimeUnit.SECONDS).join().detail())
          .contains("expected a readable answer", "ClassCastException", "from", "; check");
    }
  }

  @Test
  void queriesTheServersOfTheSystemWithoutAnException() {
    try (DnsJavaClient client = DnsJavaClient.system(SHORT)) {
      assertThat(client.txt(DomainName.of("name.invalid")).join().status())
          .as("status of a name that cannot exist")
          .isNotEqualTo(Status.FOUND);
    }
  }

  @Test
  void requiresAServerWithAnAddress() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DnsJavaClient.of(List.of(), LONG))
        .withMessageContaining("at least one");
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("dns.example", 53);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DnsJavaClient.of(List.of(unresolved), LONG))
        .withMessageContaining("dns.example");
  }

  private static DnsAnswer<String> query(Duration deadline, InetSocketAddress... servers) {
    try (DnsJavaClient client = DnsJavaClient.of(List.of(servers), deadline)) {
      return client.txt(NAME).join();
    }
  }

  private static CompletionStage<Message> answered(Message message) {
    return CompletableFuture.completedFuture(message);
  }

  private static Message empty() {
    Message message = QUERY.toMessage();
    message.getHeader().setFlag(Flags.QR);
    return message;
  }

  /** In a dynamic update, a CNAME may have no target; dnsjava then creates no CNAMERecord. */
  private static Message unreadable() {
    Message message = empty();
    message.getHeader().setOpcode(Opcode.UPDATE);
    message.addRecord(Record.newRecord(QUERY.name(), Type.CNAME, DClass.IN), Section.ANSWER);
    return message;
  }

  private static SimpleResolver stubbed(Supplier<CompletionStage<Message>> answer) {
    return new SimpleResolver(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9)) {
      @Override
      public CompletionStage<Message> sendAsync(Message query, Executor executor) {
        return answer.get();
      }
    };
  }
}
