// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.discovery.record.DiscoveredRecord;
import io.github.mtasts.discovery.record.RecordDiscovery;
import io.github.mtasts.fetch.FetchResult;
import io.github.mtasts.fetch.PolicyFetcher;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.policy.RecordAnswer;
import io.github.mtasts.testing.InMemoryPolicyStore;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * An attacker makes the sender look up very many domains of the attacker, each once.
 *
 * <p>150,000 domains by default; {@code -Dmtasts.flood.domains=1000000} for more. The cache limits
 * are those of a small sender, far below that number.
 */
final class FloodTest {
  private static final int FLOOD = Integer.getInteger("mtasts.flood.domains", 150_000);
  private static final int HONEST = 1_000;
  private static final int DAY = 86_400;
  private static final int YEAR = 31_557_600;
  private static final String ATTACKER = ".attacker.example";

  private final FakeInternet clock = new FakeInternet();
  private final PatternInternet net = new PatternInternet();

  /** Derives the answers from the domain name, so that no table of a million domains is needed. */
  private static final class PatternInternet implements RecordDiscovery, PolicyFetcher {
    private static final DiscoveredRecord ABSENT = record(List.of());
    private static final DiscoveredRecord FOUND = record(List.of("v=STSv1; id=1;"));
    private static final Policy HONEST_POLICY = policy(7 * DAY);
    private static final Policy SHORT_LIVED = policy(DAY - 1);
    private static final Policy LONG_LIVED = policy(YEAR);

    private boolean blocked;
    private int honestFetches;

    private static DiscoveredRecord record(List<String> values) {
      return new DiscoveredRecord(
          RecordAnswer.evaluate(values, Reading.TOLERANT), Duration.ofMinutes(5));
    }

    private static Policy policy(int maxAge) {
      return FakeInternet.parse(FakeInternet.text("enforce", maxAge, "mx.example"));
    }

    @Override
    public CompletableFuture<DiscoveredRecord> discover(DomainName domain) {
      return CompletableFuture.completedFuture(
          domain.value().startsWith("none") || blocked ? ABSENT : FOUND);
    }

    @Override
    public CompletableFuture<FetchResult> fetch(DomainName domain) {
      String name = domain.value();
      if (!name.endsWith(ATTACKER)) {
        honestFetches++;
      }
      if (blocked || name.startsWith("fail")) {
        return CompletableFuture.completedFuture(
            new FetchResult.Failed(
                ResultType.STS_POLICY_FETCH_ERROR, "connection refused", Optional.empty()));
      }
      Policy policy =
          !name.endsWith(ATTACKER)
              ? HONEST_POLICY
              : name.startsWith("short") ? SHORT_LIVED : LONG_LIVED;
      return CompletableFuture.completedFuture(new FetchResult.Fetched(policy));
    }

    @Override
    public void close() {}
  }

  private PolicyResolverBuilder options() {
    return clock.builder().memory(2 * HONEST, HONEST, HONEST);
  }

  private CachingPolicyResolver resolver(PolicyResolverBuilder options) {
    return FakeInternet.resolverWith(options, net, net, Runnable::run, () -> {});
  }

  private static String honest(int number) {
    return "honest" + number + ".example";
  }

  private static void mailToHonestDomains(PolicyResolver resolver) {
    for (int i = 0; i < HONEST; i++) {
      assertThat(resolver.resolve(honest(i)).policy()).isPresent();
    }
  }

  private static void flood(PolicyResolver resolver, int from, int to, String... kinds) {
    for (int i = from; i < to; i++) {
      resolver.resolve(kinds[i % kinds.length] + i + ATTACKER);
    }
  }

  /** The honest domains are not looked up during the flood. */
  @Test
  void randomDomainsEvictNoPolicyThatHonestMailUsedTwice() {
    CachingPolicyResolver resolver = resolver(options());
    mailToHonestDomains(resolver);
    mailToHonestDomains(resolver);

    flood(resolver, 0, FLOOD, "none", "fail", "short");

    net.blocked = true;
    mailToHonestDomains(resolver);
    assertThat(net.honestFetches).isEqualTo(HONEST);
    assertThat(resolver.cache().statistics().negativeAnswers()).isLessThanOrEqualTo(HONEST);
    assertThat(resolver.cache().list(PolicyCacheAdmin.State.ENFORCE, "", 10_000).rows())
        .as("the honest ones, and as many of the attacker as fit among those used once")
        .hasSizeBetween(HONEST, 3 * HONEST);
  }

  /** Each of a hundred thousand hostile domains gets one message, such as a bounce. */
  @Test
  void policiesOfEverySizeAndModeEvictNoneThatHonestMailUsedTwice() {
    PolicyResolver resolver = clock.resolver(clock.builder().memory(2 * HONEST, 100, 100));
    for (int i = 0; i < HONEST; i++) {
      clock.txt(honest(i), 300, "v=STSv1; id=1;").enforce(honest(i), 7 * DAY, "mx.example");
      resolver.resolve(honest(i));
      resolver.resolve(honest(i));
    }
    Policy[] hostile = hostilePolicies();
    for (int i = 0; i < 100_000; i++) {
      String domain = "d" + i + ATTACKER;
      clock.txt(domain, 300, "v=STSv1; id=1;").policy(domain, hostile[i % hostile.length].text());
      resolver.resolve(domain);
      clock.forget(domain);
    }

    for (int i = 0; i < HONEST; i++) {
      clock.dnsDown(honest(i));
      clock.broken(honest(i), ResultType.STS_POLICY_FETCH_ERROR);
      assertThat(resolver.resolve(honest(i)).decide("mx.evil.example").isRefused()).isTrue();
    }
  }

  private static Policy[] hostilePolicies() {
    List<Policy> policies = new ArrayList<>();
    for (String mode : List.of("enforce", "testing", "none")) {
      for (int maxAge : new int[] {60, DAY - 1, YEAR}) {
        for (int lines : new int[] {1, 20, 190}) {
          String[] mx = new String[lines];
          Arrays.setAll(
              mx, i -> "mx" + i + "." + "long-label-of-an-attacker.".repeat(8) + "example");
          policies.add(FakeInternet.parse(FakeInternet.text(mode, maxAge, mx)));
        }
      }
    }
    return policies.toArray(Policy[]::new);
  }

  /**
   * Policies in testing mode compete with the attacker's for space, unless the operator enforces
   * them.
   */
  @Test
  void aFloodOfPoliciesEvictsNoneThatTheOperatorEnforces() {
    PolicyResolver resolver =
        clock.overridden(
            clock
                .builder()
                .memory(HONEST, 10, 10)
                .overrides(
                    PolicyOverride.enforce(".partner.example")
                        .by("alice")
                        .because("agreed upon")
                        .withoutEnd()));
    for (int i = 0; i < 20; i++) {
      publishTesting("d" + i + ".partner.example");
      resolver.resolve("d" + i + ".partner.example");
    }

    for (int i = 0; i < HONEST; i++) {
      publishTesting("d" + i + ATTACKER);
      resolver.resolve("d" + i + ATTACKER);
    }

    for (int i = 0; i < 20; i++) {
      String partner = "d" + i + ".partner.example";
      clock.dnsDown(partner);
      assertThat(resolver.resolve(partner).decide("evil.example").isRefused()).isTrue();
    }
  }

  private void publishTesting(String domain) {
    clock
        .txt(domain, 300, "v=STSv1; id=1;")
        .policy(domain, FakeInternet.text("testing", 7 * DAY, "mx.example"));
  }

  @Test
  void memoryUseStaysWithinItsLimit() {
    CachingPolicyResolver resolver = resolver(options());
    mailToHonestDomains(resolver);
    flood(resolver, 0, FLOOD / 3, "none", "fail", "short", "long");
    long full = usedHeap();

    flood(resolver, FLOOD / 3, FLOOD, "none", "fail", "short", "long");

    long growth = (usedHeap() - full) / 1_048_576;
    System.out.printf("flood of %d domains: heap grew by %d MiB%n", FLOOD, growth);
    // At 300 octets a domain, keeping two thirds of the flood would take more.
    assertThat(growth).isLessThan(16);
    assertThat(resolver.cache().statistics().enforce()).isLessThanOrEqualTo(3 * HONEST);
  }

  /**
   * Policies of one year are worth caching, also those of the attacker. Policies that are looked up
   * more often stay longer than those looked up once.
   */
  @Test
  void oneYearPoliciesEvictFewPoliciesThatAreInUse() {
    CachingPolicyResolver resolver = resolver(options());
    for (int message = 0; message < 5; message++) {
      mailToHonestDomains(resolver);
    }
    int before = net.honestFetches;
    int step = 2 * HONEST;
    for (int from = 0; from < FLOOD; from += step) {
      flood(resolver, from, Math.min(from + step, FLOOD), "long");
      mailToHonestDomains(resolver);
    }

    int evicted = net.honestFetches - before;
    int lookups = HONEST * ((FLOOD + step - 1) / step);
    System.out.printf(
        "%d policies of one year: %d of %d lookups of honest domains found them evicted%n",
        FLOOD, evicted, lookups);
    assertThat(evicted).isLessThanOrEqualTo(lookups / 20);
  }

  @Test
  void policiesEvictedByAFloodAreReadBackFromTheStore() {
    CachingPolicyResolver resolver = resolver(options().store(new InMemoryPolicyStore()));
    mailToHonestDomains(resolver);

    flood(resolver, 0, FLOOD / 5, "long");

    net.blocked = true;
    mailToHonestDomains(resolver);
    assertThat(resolver.resolve(honest(7)).decide("evil.example").isRefused()).isTrue();
  }

  /** Returns the used heap after a garbage collection that really ran. */
  private static long usedHeap() {
    List<WeakReference<Object>> witnesses = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      witnesses.add(new WeakReference<>(new byte[1_000]));
      System.gc();
    }
    assertThat(witnesses).allMatch(witness -> witness.refersTo(null));
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
