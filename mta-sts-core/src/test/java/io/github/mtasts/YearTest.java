// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.testing.InMemoryPolicyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A year of mail in a fleet of three nodes with one store, with weekly restarts, and with an
 * attacker who blocks DNS and HTTPS of a third of the domains for up to a fifth of their policies'
 * lives at a time.
 *
 * <p>{@code -Dmtasts.year.domains=10000} simulates the full number; three hundred do for every
 * build.
 */
final class YearTest {
  private static final int DOMAINS = Integer.getInteger("mtasts.year.domains", 300);
  private static final Duration STEP = Duration.ofMinutes(10);
  private static final int STEPS_A_DAY = (int) (Duration.ofDays(1).toMinutes() / STEP.toMinutes());
  private static final int PAGES = DOMAINS / 500;
  private static final int NODES = 3;
  private static final int DAYS = 365;
  private static final List<Integer> LIVES =
      List.of(86_400, 604_800, 172_800, 86_400, 1_209_600, 604_800, 2_592_000, 31_557_600);

  /** Every domain is written to so often, which is well within the thirty days of the default. */
  private static final int DAYS_BETWEEN_MAIL = 10;

  private final Random random = new Random(8461);
  private final FakeInternet net = new FakeInternet();
  private final InMemoryPolicyStore store = new InMemoryPolicyStore();
  private final Map<String, Instant> expiries = new HashMap<>();
  private final List<String> expired = new ArrayList<>();
  private final Set<Integer> withdrawn = new HashSet<>();
  private final long[] attackChangesAtStep = new long[DOMAINS];
  private final boolean[] blocked = new boolean[DOMAINS];
  private final List<CachingPolicyResolver> nodes = new ArrayList<>();
  private int fetched;

  private final ResolverListener listener =
      new ResolverListener() {
        @Override
        public void policyFetched(Resolution.InForce live) {
          fetched++;
          Instant before = expiries.put(live.domain(), live.expiresAt());
          if (before != null && live.fetchedAt().isAfter(before)) {
            expired.add(live.domain() + " at " + before);
          }
        }
      };

  private static String domain(int i) {
    return "d" + i + ".example";
  }

  private static int life(int i) {
    return LIVES.get(i % LIVES.size());
  }

  private static boolean isAttacked(int i) {
    return i % 3 == 0;
  }

  private CachingPolicyResolver start() {
    return net.resolver(net.builder().store(store).listener(listener));
  }

  @Test
  void noPolicyExpiresUnlessItWasWithdrawn() {
    for (int i = 0; i < DOMAINS; i++) {
      open(i);
      attackChangesAtStep[i] = 1L + random.nextInt(steps(i, 0.5));
    }
    for (int node = 0; node < NODES; node++) {
      nodes.add(start());
    }
    for (int i = 0; i < DOMAINS; i++) {
      nodes.get(i % NODES).resolve(domain(i));
    }
    assertThat(fetched).isEqualTo(DOMAINS);
    int busiest = 0;
    for (int day = 0; day < DAYS; day++) {
      int before = net.fetches.get();
      if (day % 7 < NODES) { // each node once a week
        nodes.get(day % 7).close();
        nodes.set(day % 7, start());
      }
      for (int step = 0; step < STEPS_A_DAY; step++) {
        attack((long) day * STEPS_A_DAY + step);
        net.pass(STEP);
        for (int second = 0; second <= PAGES; second++) { // ten minutes have many, a page in each
          nodes.forEach(node -> node.maintenance().tick());
        }
      }
      mail(day);
      withdraw(day);
      busiest = Math.max(busiest, net.fetches.get() - before);
    }

    double perDay = (fetched - DOMAINS) / (double) DOMAINS / DAYS;
    double failedPerDay = (net.fetches.get() - fetched) / (double) DOMAINS / DAYS;
    System.out.printf(
        "%d domains, %d nodes, %d days: %.2f policies fetched a domain and day, %.2f attempts"
            + " failed; %.2f attempts on the busiest day%n",
        DOMAINS, NODES, DAYS, perDay, failedPerDay, busiest / (double) DOMAINS);
    assertThat(expired).isEmpty();
    assertThat(stillInForce()).isEqualTo(DOMAINS - withdrawn.size());
    assertThat(withdrawn).isNotEmpty();
    assertThat(perDay).isBetween(0.8, 1.1);
  }

  /** Blocked for up to a fifth of a life, then open for a tenth to a third of it. */
  private void attack(long step) {
    for (int i = 0; i < DOMAINS; i++) {
      if (isAttacked(i) && step == attackChangesAtStep[i] && !withdrawn.contains(i)) {
        blocked[i] = !blocked[i];
        if (blocked[i]) {
          net.dnsDown(domain(i));
          if (random.nextBoolean()) {
            net.broken(domain(i), ResultType.STS_POLICY_FETCH_ERROR);
          } else {
            net.hostNotFound(domain(i));
          }
        } else {
          open(i);
        }
        int most = blocked[i] ? steps(i, 0.2) : steps(i, 0.33);
        int least = blocked[i] ? 1 : steps(i, 0.1);
        attackChangesAtStep[i] = step + least + random.nextInt(Math.max(1, most - least + 1));
      }
    }
  }

  private void open(int i) {
    net.txt(domain(i), 3_600, "v=STSv1; id=1;").enforce(domain(i), life(i), "mx." + domain(i));
  }

  private static int steps(int i, double part) {
    return Math.max(1, (int) (life(i) * part / STEP.toSeconds()));
  }

  private void mail(int day) {
    for (int i = day % DAYS_BETWEEN_MAIL; i < DOMAINS; i += DAYS_BETWEEN_MAIL) {
      if (!withdrawn.contains(i)) {
        Resolution known = nodes.get(random.nextInt(NODES)).resolve(domain(i));
        if (!known.decide("evil.example").isRefused()) {
          expired.add(domain(i) + " was not protected on day " + day);
        }
      }
    }
  }

  /** One domain a day really leaves: mode none, and then nothing more. RFC 8461 §8.3 */
  private void withdraw(int day) {
    int i = 1 + 3 * day; // none of those under attack
    if (day % 10 == 0 && i < DOMAINS) {
      withdrawn.add(i);
      net.txt(domain(i), 60, "v=STSv1; id=2;")
          .policy(domain(i), FakeInternet.text("none", 86_400, "mx." + domain(i)));
    }
  }

  private long stillInForce() {
    long count = 0;
    for (int i = 0; i < DOMAINS; i++) {
      StoredPolicy stored = (StoredPolicy) store.find(domain(i)).orElse(null);
      if (!withdrawn.contains(i) && stored != null && !stored.hasExpiredAt(net.instant())) {
        count++;
      }
    }
    return count;
  }
}
