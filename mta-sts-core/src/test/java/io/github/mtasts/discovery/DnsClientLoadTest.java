// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.discovery.DnsAnswer.Status;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.testing.TestDns;
import io.github.mtasts.testing.TestDns.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many queries at a time, and which threads remain afterwards. */
class DnsClientLoadTest {
  private final TestDns dns = TestDns.start();

  @AfterEach
  void close() {
    dns.close();
  }

  @Test
  void aThousandQueriesCompleteAlthoughHalfTimeOut() {
    dns.fallback(name -> Optional.of(List.of("for " + name)));
    for (int i = 0; i < 1000; i += 2) {
      dns.fault("n" + i + ".example", Fault.SILENT);
    }
    DnsLimits limits = new DnsLimits(Duration.ofSeconds(10), 600, 1000);
    try (DnsJavaClient client = DnsJavaClient.of(List.of(dns.address()), limits)) {
      List<CompletableFuture<DnsAnswer<String>>> answers = query(client, 1000);

      for (int i = 0; i < 1000; i++) {
        DnsAnswer<String> answer = answers.get(i).orTimeout(60, TimeUnit.SECONDS).join();
        assertThat(answer.status()).isEqualTo(i % 2 == 0 ? Status.UNAVAILABLE : Status.FOUND);
      }
    }
  }

  @Test
  void tenThousandQueriesPassThroughTheQueue() {
    dns.fallback(name -> Optional.of(List.of("for " + name)));
    try (DnsJavaClient client =
        DnsJavaClient.of(List.of(dns.address()), DnsLimits.within(Duration.ofMinutes(5)))) {
      assertThat(query(client, 10_000))
          .allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(Status.FOUND));
    }
  }

  @Test
  void completesEveryOpenQueryOnClose() {
    dns.faultEverywhere(Fault.SILENT);
    DnsJavaClient client =
        DnsJavaClient.of(List.of(dns.address()), DnsLimits.within(Duration.ofMinutes(5)));
    List<CompletableFuture<DnsAnswer<String>>> answers = query(client, 500);
    client.close();

    assertThat(answers).allSatisfy(DnsClientLoadTest::assertRejected);
    assertRejected(client.txt(DomainName.of("late.example")));
  }

  @Test
  void cancellingOneQueryAffectsNoOther() {
    dns.txt("same.example", "x").hold("same.example");
    try (DnsJavaClient client = DnsJavaClient.of(List.of(dns.address()), Duration.ofSeconds(60))) {
      CompletableFuture<DnsAnswer<String>> cancelled = client.txt(DomainName.of("same.example"));
      CompletableFuture<DnsAnswer<String>> kept = client.txt(DomainName.of("same.example"));
      while (dns.queries("same.example", "TXT") < 2) {
        Thread.onSpinWait();
      }
      cancelled.cancel(true);
      dns.release("same.example");

      assertThat(kept.join().records()).containsExactly("x");
    }
  }

  @Test
  void startsNoThreadBeforeTheFirstQueryAndLeavesNoneRunning() throws InterruptedException {
    dns.txt("name.example", "x");
    Set<Thread> before = ours();
    DnsJavaClient client = DnsJavaClient.of(List.of(dns.address()), Duration.ofSeconds(30));
    assertThat(before).containsAll(ours()); // threads of earlier clients may end at any time

    client.txt(DomainName.of("name.example")).join();
    Set<Thread> started = ours();
    started.removeAll(before);
    client.close();

    assertThat(started).isNotEmpty().allMatch(Thread::isDaemon);
    for (Thread thread : started) {
      thread.join(TimeUnit.SECONDS.toMillis(30));
      assertThat(thread.isAlive()).isFalse();
    }
  }

  private static void assertRejected(CompletableFuture<DnsAnswer<String>> answer) {
    assertThatThrownBy(answer::join)
        .hasCauseInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("closed");
  }

  private static List<CompletableFuture<DnsAnswer<String>>> query(DnsClient client, int queries) {
    List<CompletableFuture<DnsAnswer<String>>> answers = new ArrayList<>();
    for (int i = 0; i < queries; i++) {
      answers.add(client.txt(DomainName.of("n" + i + ".example")));
    }
    return answers;
  }

  private static Set<Thread> ours() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("mta-sts-dns"))
        .collect(Collectors.toSet());
  }
}
