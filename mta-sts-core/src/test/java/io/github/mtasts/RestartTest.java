// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.discovery.DnsAnswer;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.MxHost;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.testing.InMemoryPolicyStore;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A mailer restarts with a full queue: its first lookups all need the store at the same moment. */
final class RestartTest {
  private static final int STORED = 100_000;
  private static final int LOOKUPS = 10_000;
  private static final int YEAR = 31_536_000;

  private final InMemoryPolicyStore store = new InMemoryPolicyStore();

  /** Says, forged, that no domain has a record. */
  private static final class StrippingDns implements DnsClient {
    @Override
    public CompletableFuture<DnsAnswer<String>> txt(DomainName name) {
      return noSuchName(name);
    }

    @Override
    public CompletableFuture<DnsAnswer<InetAddress>> addresses(DomainName name) {
      return noSuchName(name);
    }

    @Override
    public CompletableFuture<DnsAnswer<MxHost>> mx(DomainName name) {
      return noSuchName(name);
    }

    private static <T> CompletableFuture<DnsAnswer<T>> noSuchName(DomainName name) {
      return CompletableFuture.completedFuture(
          new DnsAnswer<>(
              DnsAnswer.Status.NO_DOMAIN, List.of(), Duration.ofDays(1), name + ": no such name"));
    }

    @Override
    public void close() {}
  }

  @Test
  void tenThousandLookupsAtOnceAreAllAnsweredFromTheStore() throws Exception {
    Instant fetchedAt = Instant.now().minusSeconds(3_600);
    for (int i = 0; i < STORED; i++) {
      store.put(row("d" + i + ".example", fetchedAt));
    }
    store.latency(Duration.ofMillis(20));
    int before = Thread.activeCount();
    AtomicInteger most = new AtomicInteger();
    try (PolicyResolver resolver =
        PolicyResolver.builder().store(store).dnsClient(new StrippingDns()).build()) {
      long begin = System.nanoTime();

      List<CompletableFuture<Resolution>> answers =
          IntStream.range(0, LOOKUPS)
              .mapToObj(i -> resolver.resolveAsync("d" + i * (STORED / LOOKUPS) + ".example"))
              .map(
                  answer ->
                      answer.whenComplete(
                          (found, failure) ->
                              most.accumulateAndGet(Thread.activeCount(), Math::max)))
              .toList();
      CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(2, TimeUnit.MINUTES);

      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      int peak = most.get() - before;
      System.out.printf(
          "restart: %d stored policies, %d lookups at once, 20 ms a call: %d ms, %d more threads%n",
          STORED, LOOKUPS, millis, peak);
      assertThat(answers).allMatch(answer -> answer.join() instanceof InForce);
      assertThat(peak).as("threads").isLessThan(80);
    }
  }

  private static StoredPolicy row(String domain, Instant fetchedAt) {
    return new StoredPolicy(
        domain,
        "1",
        FakeInternet.text("enforce", YEAR, "mx." + domain),
        PolicyMode.ENFORCE,
        fetchedAt,
        fetchedAt.plusSeconds(YEAR),
        fetchedAt,
        Optional.empty());
  }
}
