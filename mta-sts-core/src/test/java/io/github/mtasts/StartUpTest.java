// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.fetch.FetchResult;
import io.github.mtasts.fetch.PolicyFetcher;
import io.github.mtasts.overrides.OverrideTable;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.testing.InMemoryPolicyStore;
import io.github.mtasts.testing.TestDns;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A process starts with 100,000 policies in its store, a third of which are overdue. */
final class StartUpTest {
  private static final int POLICIES = 100_000;
  private static final int PER_SECOND = 10;
  private static final int WEEK = 604_800;
  private static final String TEXT = FakeInternet.text("enforce", WEEK, "mx.example");

  private final FakeInternet clock = new FakeInternet();
  private final InMemoryPolicyStore store = new InMemoryPolicyStore();

  /** Slow policy hosts. */
  private static final class Hosts implements PolicyFetcher {
    final Map<String, CompletableFuture<FetchResult>> asked = new HashMap<>();
    int fetches;

    @Override
    public CompletableFuture<FetchResult> fetch(DomainName domain) {
      fetches++;
      CompletableFuture<FetchResult> answer = new CompletableFuture<>();
      asked.put(domain.value(), answer);
      return answer;
    }

    void answerAll() {
      Map<String, CompletableFuture<FetchResult>> now = new HashMap<>(asked);
      asked.clear();
      now.forEach(
          (domain, answer) -> answer.complete(new FetchResult.Fetched(FakeInternet.parse(TEXT))));
    }

    @Override
    public void close() {}
  }

  private void fill(Instant now) {
    for (int i = 0; i < POLICIES; i++) {
      Instant fetchedAt = now.minus(Duration.ofHours(i % 3 == 0 ? 30 : 1));
      store.put(
          new StoredPolicy(
              "d" + i + ".example",
              "1",
              TEXT,
              PolicyMode.ENFORCE,
              fetchedAt,
              fetchedAt.plusSeconds(WEEK),
              fetchedAt,
              Optional.empty()));
    }
  }

  @Test
  void renewsOverduePoliciesAtTheRate() {
    fill(clock.instant());
    Hosts hosts = new Hosts();
    CachingPolicyResolver resolver =
        ResolverFactory.of(
            clock.builder().store(store).refreshesPerSecond(PER_SECOND),
            () -> OverrideTable.EMPTY,
            clock,
            hosts,
            ResolverFactory.Threads.INLINE,
            FakeInternet.inline(clock.builder()),
            () -> {});
    int before = 0;
    for (int second = 0; second < 600; second++) {
      resolver.maintenance().tick();
      assertThat(hosts.fetches - before)
          .as("in second %d", second)
          .isLessThanOrEqualTo(4 * PER_SECOND);
      assertThat(hosts.fetches)
          .as("by second %d", second)
          .isLessThanOrEqualTo(PER_SECOND * (second + 1));
      before = hosts.fetches;
      clock.pass(1);
      if (second % 3 == 0) {
        hosts.answerAll();
      }
    }

    System.out.printf(
        "start with %d policies: %d renewals in 600 s at %d a second%n",
        POLICIES, hosts.fetches, PER_SECOND);
    assertThat(hosts.fetches).as("and not much less").isGreaterThan(600 * PER_SECOND / 2);
  }

  @Test
  void closeLeavesNoThread() throws Exception {
    fill(Instant.now());
    Set<Thread> before = threads();
    try (TestDns dns = TestDns.start()) {
      PolicyResolver resolver =
          PolicyResolver.builder()
              .dnsServers(dns.address())
              .store(store)
              .refreshesPerSecond(1_000)
              .build();
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (dns.queryLog().size() < 100) {
        assertThat(System.nanoTime()).as("renewals begin").isLessThan(deadline);
        Thread.onSpinWait();
      }
      Set<Thread> started = threads();
      started.removeAll(before);
      assertThat(started).anyMatch(thread -> thread.getName().equals("mta-sts-refresh"));

      long begin = System.nanoTime();
      resolver.close();
      for (Thread thread : started) {
        // Generous: an idle machine needs a second.
        thread.join(60_000);
      }
      System.out.printf(
          "close() and the end of %d threads: %d ms%n",
          started.size(), Duration.ofNanos(System.nanoTime() - begin).toMillis());
      assertThat(started).noneMatch(Thread::isAlive);
      Set<Thread> late = threads(); // started since
      late.removeAll(before);
      for (Thread thread : late) {
        thread.join(60_000);
      }
      assertThat(late).noneMatch(Thread::isAlive);
    }
  }

  private static Set<Thread> threads() {
    List<Thread> ours = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("mta-sts-")
          && !thread.getName().startsWith("mta-sts-test-")) {
        ours.add(thread);
      }
    }
    return new HashSet<>(ours);
  }
}
