// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import static io.github.mtasts.fetch.FetchFixture.POLICY;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.policy.DomainName;
import io.github.mtasts.testing.PolicyAnswer;
import io.github.mtasts.testing.PolicyAnswer.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Threads, permits, cancelling and closing. */
class FetcherLifecycleTest {
  private FetchFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new FetchFixture();
    fixture.hosts.publish("example.com", POLICY);
    fixture.hosts.answer("silent.example", PolicyAnswer.fault(Fault.SILENT_AFTER_REQUEST));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private FetcherBuilder here() {
    return fixture.builder(host -> completedFuture(List.of(fixture.hosts.address())));
  }

  private static CompletableFuture<FetchResult> begin(PolicyFetcher fetcher, String domain) {
    return fetcher.fetch(DomainName.of(domain));
  }

  private static List<Thread> ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("mta-sts-fetch-"))
        .toList();
  }

  private static void awaitEnd(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(30));
      assertThat(thread.isAlive()).as(thread.getName()).isFalse();
    }
  }

  @Test
  void endsAllThreadsWhenClosedDuringFetches() throws InterruptedException {
    List<CompletableFuture<FetchResult>> results = new ArrayList<>();
    List<Thread> threads;
    try (PolicyFetcher fetcher = here().build()) {
      FetchFixture.policy(FetchFixture.fetch(fetcher, "example.com"));
      for (int i = 0; i < 20; i++) {
        results.add(begin(fetcher, "silent.example"));
      }
      threads = ourThreads();
      assertThat(threads).isNotEmpty().allMatch(Thread::isDaemon);
    }

    awaitEnd(threads);
    awaitEnd(ourThreads());
    assertThat(results)
        .allSatisfy(
            result ->
                assertThat(FetchFixture.unavailable(result.join()))
                    .contains("expected an open fetcher, found it closed"));
  }

  @Test
  void isUnavailableOnceClosed() {
    PolicyFetcher fetcher = here().build();
    fetcher.close();
    fetcher.close();

    assertThat(begin(fetcher, "example.com"))
        .isCompletedWithValueMatching(
            result -> FetchFixture.unavailable(result).contains("closed"));
    assertThat(fixture.hosts.connections()).isZero();
  }

  @Test
  void cancellingOneFetchDoesNotAffectTheOthers() {
    CompletableFuture<List<InetAddress>> addresses = new CompletableFuture<>();
    try (PolicyFetcher fetcher = fixture.builder(host -> addresses).build()) {
      CompletableFuture<FetchResult> cancelled = begin(fetcher, "example.com");
      CompletableFuture<FetchResult> other = begin(fetcher, "example.com");

      assertThat(cancelled.cancel(true)).isTrue();
      addresses.complete(List.of(fixture.hosts.address()));

      FetchFixture.policy(other.orTimeout(30, TimeUnit.SECONDS).join());
      assertThat(fixture.hosts.requests("example.com")).isEqualTo(1);
    }
  }

  @Test
  void cancellingGivesThePermitToTheNextFetch() {
    try (PolicyFetcher fetcher = here().maxConcurrentFetches(1).build()) {
      CompletableFuture<FetchResult> first = begin(fetcher, "silent.example");
      CompletableFuture<FetchResult> next = begin(fetcher, "example.com");
      assertThat(next).isNotDone();

      assertThat(first.cancel(true)).isTrue();

      FetchFixture.policy(next.orTimeout(30, TimeUnit.SECONDS).join());
    }
  }

  @Test
  void runsNoMoreFetchesThanAllowed() {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    HostAddresses addresses =
        host -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          return completedFuture(List.of(fixture.hosts.address()));
        };
    List<CompletableFuture<Void>> results = new ArrayList<>();
    try (PolicyFetcher fetcher = fixture.builder(addresses).maxConcurrentFetches(3).build()) {
      for (int i = 0; i < 40; i++) {
        results.add(
            begin(fetcher, "example.com")
                .thenAccept(
                    result -> {
                      now.decrementAndGet();
                      FetchFixture.policy(result);
                    }));
      }
      CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
          .orTimeout(2, TimeUnit.MINUTES)
          .join();
    }

    assertThat(most.get()).isLessThanOrEqualTo(3);
    assertThat(fixture.hosts.requests("example.com")).isEqualTo(40);
  }

  @Test
  void endsALongQueueWithoutDeepRecursion() {
    CompletableFuture<List<InetAddress>> never = new CompletableFuture<>();
    List<CompletableFuture<FetchResult>> results = new ArrayList<>();
    try (PolicyFetcher fetcher = fixture.builder(host -> never).maxConcurrentFetches(1).build()) {
      for (int i = 0; i < 20_000; i++) {
        results.add(begin(fetcher, "example.com"));
      }
    }

    assertThat(results).allMatch(CompletableFuture::isDone);
  }

  @Test
  void usesTheGivenExecutor() {
    AtomicInteger tasks = new AtomicInteger();
    Executor executor =
        task -> {
          tasks.incrementAndGet();
          Thread thread = new Thread(task, "given");
          thread.setDaemon(true);
          thread.start();
        };
    try (PolicyFetcher fetcher = here().executor(executor).build()) {
      FetchFixture.policy(FetchFixture.fetch(fetcher, "example.com"));
    }

    assertThat(tasks.get()).isPositive();
  }

  @Test
  void isUnavailableWhenTheExecutorRejectsTasks() {
    Executor full =
        task -> {
          throw new RejectedExecutionException("full");
        };
    try (PolicyFetcher fetcher = here().executor(full).build()) {
      assertThat(FetchFixture.unavailable(FetchFixture.fetch(fetcher, "example.com")))
          .contains("RejectedExecutionException: full");
    }
  }

  @Test
  void refusesInvalidSettings() {
    assertRefused(here().deadline(Duration.ZERO), "deadline: expected above zero", "PT0S");
    assertRefused(here().deadline(Duration.ofDays(2)), "and at most a day, found PT48H");
    assertRefused(here().port(0), "port: expected 1 to 65535, found 0");
    assertRefused(here().port(65536), "found 65536");
    assertRefused(here().maxConcurrentFetches(0), "expected 1 or more, found 0");
    Proxy proxy =
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy.example", 3128));
    assertThatThrownBy(() -> here().proxy(proxy).port(8443).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("found both");
  }

  private static void assertRefused(FetcherBuilder builder, String... message) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(message);
  }
}
