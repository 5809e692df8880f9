// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.Undetermined;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.discovery.DnsAnswer;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.MxHost;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.policy.RecordAnswer;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.testing.InMemoryPolicyStore;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A resolver in trouble of its own never says that a domain has no policy: the store knows one for
 * example.com, and DNS says, honestly or forged, that there is none.
 */
@Timeout(60)
final class OwnTroubleTest {
  private static final String IMPOSTOR = "mx.impostor.example";

  private final InMemoryPolicyStore store = new InMemoryPolicyStore();
  private final ExecutorService pool = Executors.newFixedThreadPool(2);

  /** Silent for domains of an attacker; no such name for all others. */
  private static final class Dns implements DnsClient {
    @Override
    public CompletableFuture<DnsAnswer<String>> txt(DomainName name) {
      return name.value().contains("attacker") ? new CompletableFuture<>() : noSuchName(name);
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
              DnsAnswer.Status.NO_DOMAIN,
              List.of(),
              Duration.ofMinutes(30),
              name + ": no such name"));
    }

    @Override
    public void close() {}
  }

  OwnTroubleTest() {
    Instant fetchedAt = Instant.now().minusSeconds(3_600);
    store.put(
        new StoredPolicy(
            "example.com",
            "1",
            FakeInternet.text("enforce", 31_536_000, "mx.example.com"),
            PolicyMode.ENFORCE,
            fetchedAt,
            fetchedAt.plusSeconds(31_536_000),
            fetchedAt,
            Optional.empty()));
  }

  @AfterEach
  void stopPool() {
    pool.shutdownNow();
  }

  private PolicyResolverBuilder options() {
    return PolicyResolver.builder()
        .store(store)
        .dnsClient(new Dns())
        .dnsDeadline(Duration.ofSeconds(1))
        .fetchDeadline(Duration.ofSeconds(1));
  }

  private static void fill(PolicyResolver resolver, int lookups) {
    for (int i = 0; i < lookups; i++) {
      var unused = resolver.resolveAsync("d" + i + ".attacker.example");
    }
  }

  private static Requirement requirement(Resolution resolution) {
    return resolution.decide(IMPOSTOR).requirement();
  }

  @Test
  void aStoredPolicyIsFoundThoughTooManyLookupsRun() {
    try (PolicyResolver resolver = options().concurrentLookups(100).build()) {
      fill(resolver, 100);

      assertThat(resolver.resolve("example.com")).isInstanceOf(InForce.class);
      Resolution unknown = resolver.resolve("unknown.example");
      assertThat(((Undetermined) unknown).cause()).isEqualTo(Cause.BUSY);
      assertThat(requirement(unknown)).isEqualTo(Requirement.REFUSED);
    }
  }

  @Test
  void beyondTwiceTheLimitMailWaits() {
    try (PolicyResolver resolver = options().concurrentLookups(2).build()) {
      store.fault(InMemoryPolicyStore.Fault.HANGING);
      fill(resolver, 4);

      assertThat(requirement(resolver.resolve("example.com"))).isEqualTo(Requirement.REFUSED);
      store.fault(InMemoryPolicyStore.Fault.NONE);
    }
  }

  @Test
  void withTheDefaultLimitsTenThousandLookupsHideNoStoredPolicy() {
    try (PolicyResolver resolver = options().build()) {
      fill(resolver, PolicyResolverBuilder.DEFAULT_CONCURRENT_LOOKUPS);

      assertThat(resolver.resolve("example.com")).isInstanceOf(InForce.class);
    }
  }

  @Test
  void anInterruptedThreadIsToldToWait() {
    try (PolicyResolver resolver = options().build()) {
      store.fault(InMemoryPolicyStore.Fault.HANGING);
      Thread.currentThread().interrupt();

      Resolution resolution = resolver.resolve("example.com");

      assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
      assertThat(((Undetermined) resolution).cause()).isEqualTo(Cause.INTERRUPTED);
      assertThat(requirement(resolution)).isEqualTo(Requirement.REFUSED);
      store.fault(InMemoryPolicyStore.Fault.NONE);
    }
  }

  @Test
  void theMailersOwnPoolMayBeTheExecutor() throws Exception {
    try (PolicyResolver resolver = options().executor(pool).build()) {
      Callable<Resolution> send = () -> resolver.resolve("example.com");

      List<Future<Resolution>> both = pool.invokeAll(List.of(send, send), 10, TimeUnit.SECONDS);

      for (Future<Resolution> each : both) {
        assertThat(each.get()).isInstanceOf(InForce.class);
      }
    }
  }

  @Test
  void listenersThatHangDelayNoAnswer() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch hanging = new CountDownLatch(1);
    ResolverListener listener =
        new ResolverListener() {
          @Override
          public void recordChecked(String domain, RecordAnswer answer) {
            hanging.countDown();
            try {
              never.await();
            } catch (InterruptedException closed) {
              Thread.currentThread().interrupt();
            }
          }
        };
    try (PolicyResolver resolver = options().listener(listener).listener(listener).build()) {
      var unused = resolver.resolveAsync("alarm.example");
      assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();

      assertThat(resolver.resolveAsync("example.com").get(5, TimeUnit.SECONDS))
          .isInstanceOf(InForce.class);
      never.countDown();
    }
  }
}
