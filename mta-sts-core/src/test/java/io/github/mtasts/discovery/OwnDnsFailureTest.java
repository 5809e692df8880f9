// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.discovery.DnsAnswer.Status;
import io.github.mtasts.discovery.DnsJavaServers.Server;
import io.github.mtasts.policy.DomainName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** A DNS library that breaks on this side must not look like a DNS that does not answer. */
class OwnDnsFailureTest {
  private static final DomainName NAME = DomainName.of("name.example");
  private static final Duration LONG = Duration.ofSeconds(30);

  static Stream<Throwable> failures() {
    return Stream.of(
        new IllegalStateException("broken"),
        new NoSuchMethodError("void org.xbill.DNS.Message.x()"),
        new OutOfMemoryError("unable to create native thread"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureOfTheLibraryIsNotUnavailable(Throwable failure) {
    try (DnsJavaClient client = client(query -> CompletableFuture.failedFuture(failure))) {
      assertThatThrownBy(() -> client.txt(NAME).join()).cause().isSameAs(failure);
      assertThatThrownBy(() -> client.mx(NAME).join()).cause().isSameAs(failure);
      assertThatThrownBy(() -> client.addresses(NAME).join()).cause().isSameAs(failure);
    }
  }

  @ParameterizedTest
  @MethodSource("failures")
  void anExceptionOfTheLibraryIsNotUnavailable(Throwable failure) {
    try (DnsJavaClient client = client(query -> thrown(failure))) {
      assertThatThrownBy(() -> client.txt(NAME).join()).cause().isSameAs(failure);
    }
  }

  @Test
  void aFailureOfTheNetworkIsUnavailable() {
    IOException failure = new IOException("no route");
    try (DnsJavaClient client = client(query -> CompletableFuture.failedFuture(failure))) {
      assertThat(client.txt(NAME).join().status()).isEqualTo(Status.UNAVAILABLE);
    }
  }

  @Test
  void theNextServerIsTriedAllTheSame() {
    Server broken = new Server(resolver(query -> thrown(new IllegalStateException("x"))), "broken");
    Server good = new Server(resolver(OwnDnsFailureTest::answer), "good");
    try (QueryQueue queue = new QueryQueue(DnsLimits.DEFAULT)) {
      DnsJavaServers servers = new DnsJavaServers(List.of(broken, good), 1, queue);

      assertThat(servers.query(DnsJavaQuery.of(NAME, Type.A), Duration.ofMinutes(10)))
          .succeedsWithin(LONG)
          .isInstanceOf(DnsJavaReply.Records.class);
    }
  }

  @Test
  void addressesOfOneFamilyAreEnough() {
    try (DnsJavaClient client =
        client(
            query ->
                query.getQuestion().getType() == Type.AAAA
                    ? thrown(new IllegalStateException("broken"))
                    : answer(query))) {
      assertThat(client.addresses(NAME).join().records()).hasSize(1);
    }
  }

  private static CompletionStage<Message> thrown(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) failure;
  }

  private static CompletionStage<Message> answer(Message query) {
    Record question = query.getQuestion();
    Message message = new Message(query.getHeader().getID());
    message.getHeader().setFlag(Flags.QR);
    message.addRecord(question, Section.QUESTION);
    message.addRecord(
        new ARecord(question.getName(), DClass.IN, 60, InetAddress.getLoopbackAddress()),
        Section.ANSWER);
    return CompletableFuture.completedFuture(message);
  }

  private static DnsJavaClient client(Function<Message, CompletionStage<Message>> answer) {
    return new DnsJavaClient(resolver(answer), DnsLimits.within(LONG));
  }

  private static SimpleResolver resolver(Function<Message, CompletionStage<Message>> answer) {
    return new SimpleResolver(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9)) {
      @Override
      public CompletionStage<Message> sendAsync(Message query, Executor executor) {
        return answer.apply(query);
      }
    };
  }
}
