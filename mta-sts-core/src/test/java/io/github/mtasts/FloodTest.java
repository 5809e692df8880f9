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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * An attacker has mail sent to domains of his, each once, as many as he likes.
 *
 * <p>150,000 by default; {@code -Dmtasts.flood.domains=1000000} for more. The budgets of memory are
 * those of a small sender, so that a flood is a flood.
 */
final class FloodTest {
  private static final int FLOOD = Integer.getInteger("mtasts.flood.domains", 150_000);
  private static final int HONEST = 1_000;
  private static final int DAY = 86_400;
  private static final int YEAR = 31_557_600;
  private static final String ATTACKER = ".attacker.example";

  private final FakeInternet clock = new FakeInternet();
  private final Internet net = new Internet();

  /** Without a table of a million domains: what a domain is like is in its name. */
  private static final class Internet implements RecordDiscovery, PolicyFetcher {
    private static final DiscoveredRecord ABSENT = record(List.of());
    private static final DiscoveredRecord FOUND = record(List.of("v=STSv1; id=1;"));
    private static final Policy HONESTS = policy(7 * DAY);
    private static final Policy SHORT = policy(DAY - 1);
    private static final Policy LONG = policy(YEAR);

    private boolean blocked;
    private int fetchesOfHonest;

    private static DiscoveredRecord record(List<String> values) {
      return new DiscoveredRecord(
          RecordAnswer.judge(values, Reading.TOLERANT), Duration.ofMinutes(5));
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
        fetchesOfHonest++;
      }
      if (blocked || name.startsWith("fail")) {
        return CompletableFuture.completedFuture(
            new FetchResult.Failed(
                ResultType.STS_POLICY_FETCH_ERROR, "connection refused", Optional.empty()));
      }
      Policy policy = !name.endsWith(ATTACKER) ? HONESTS : name.startsWith("short") ? SHORT : LONG;
      return CompletableFuture.completedFuture(new FetchResult.Fetched(policy));
    }

    @Override
    public void close() {}
  }

  private PolicyResolverBuilder options() {
    return clock.builder().memory(2 * HONEST, HONEST, HONEST);
  }

  private CachingPolicyResolver resolver(PolicyResolverBuilder options) {
    return FakeInternet.assembled(options, net, net, Runnable::run, () -> {});
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

  /** Nobody asks for the honest ones meanwhile. */
  @Test
  void randomDomainsPushNoHonestPolicyOut() {
    CachingPolicyResolver resolver = resolver(options());
    mailToHonestDomains(resolver);

    flood(resolver, 0, FLOOD, "none", "fail", "short");

    net.blocked = true;
    mailToHonestDomains(resolver);
    assertThat(net.fetchesOfHonest).isEqualTo(HONEST);
    assertThat(resolver.cache().statistics().negativeAnswers()).isLessThanOrEqualTo(HONEST);
    assertThat(resolver.cache().list(PolicyCacheAdmin.State.ENFORCE, "", 10_000).rows())
        .as("honest ones, and those of the attacker that fit in with other policies")
        .hasSizeBetween(HONEST, 2 * HONEST);
  }

  /**
   * Policies in testing compete for room with the attacker's, unless the operator enforces them.
   */
  @Test
  void aFloodOfPoliciesPushesOutNoneThatTheOperatorEnforces() {
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
  void memoryStaysWithinItsBound() {
    CachingPolicyResolver resolver = resolver(options());
    mailToHonestDomains(resolver);
    flood(resolver, 0, FLOOD / 3, "none", "fail", "short", "long");
    long full = usedHeap();

    flood(resolver, FLOOD / 3, FLOOD, "none", "fail", "short", "long");

    long grown = (usedHeap() - full) / 1_048_576;
    System.out.printf("flood of %d domains: heap grew by %d MiB%n", FLOOD, grown);
    // Two thirds of a flood would be more than that, at 300 octets a domain.
    assertThat(grown).isLessThan(16);
    assertThat(resolver.cache().statistics().enforce()).isLessThanOrEqualTo(3 * HONEST);
  }

  /**
   * A policy of a year is worth keeping, whoever publishes it. What is asked for more often is kept
   * rather than what was asked for once.
   */
  @Test
  void policiesOfAYearPushOutFewOfThoseThatAreInUse() {
    CachingPolicyResolver resolver = resolver(options());
    for (int message = 0; message < 5; message++) {
      mailToHonestDomains(resolver);
    }
    int before = net.fetchesOfHonest;
    int step = 2 * HONEST;
    for (int from = 0; from < FLOOD; from += step) {
      flood(resolver, from, Math.min(from + step, FLOOD), "long");
      mailToHonestDomains(resolver);
    }

    int lost = net.fetchesOfHonest - before;
    int mails = HONEST * ((FLOOD + step - 1) / step);
    System.out.printf(
        "%d policies of a year: %d of %d questions for honest ones found them gone%n",
        FLOOD, lost, mails);
    assertThat(lost).isLessThanOrEqualTo(mails / 20);
  }

  @Test
  void whatAFloodOfPoliciesOfAYearPushesOutComesBackFromTheStore() {
    CachingPolicyResolver resolver = resolver(options().store(new InMemoryPolicyStore()));
    mailToHonestDomains(resolver);

    flood(resolver, 0, FLOOD / 5, "long");

    net.blocked = true;
    mailToHonestDomains(resolver);
    assertThat(resolver.resolve(honest(7)).decide("evil.example").isRefused()).isTrue();
  }

  /** After a collection that has really been one. */
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
