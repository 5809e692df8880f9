// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Tests for every rule of {@link PolicyStore}. Extend this class to test an implementation.
 *
 * <p>The subclass {@linkplain #open() opens} a store, {@linkplain #corrupt corrupts} a row if it
 * can, and says whether {@linkplain #rowsExpireByThemselves() rows expire by themselves}. JUnit
 * creates one object of the class for each test: give each its own empty storage, such as a
 * temporary directory, a new schema or a new prefix. Needs JUnit Jupiter with its parameters and
 * AssertJ on the class path. Not thread-safe.
 */
public abstract class PolicyStoreContract extends PolicyStoreContractLists {
  private static final int THREADS = 8;
  private static final String DOMAIN = "example.com";

  /** For subclasses. */
  protected PolicyStoreContract() {}

  @Test
  void keepsTheNewestFetchOfConcurrentWritersAndReadersNeverSeeAnOlderOne() throws Exception {
    List<PolicyStore> stores = List.of(store(), store());
    List<Integer> order = new ArrayList<>(IntStream.range(0, 25 * THREADS).boxed().toList());
    Collections.shuffle(order, new Random(1));
    List<Callable<Integer>> work = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      List<Integer> mine = order.subList(25 * thread, 25 * (thread + 1));
      PolicyStore store = stores.get(thread % 2);
      work.add(() -> saveAll(store, mine));
    }

    int stored = concurrently(work).stream().mapToInt(Integer::intValue).sum();

    Instant newest = now.plusMillis(order.size() - 1L);
    assertThat(stored).isBetween(1, order.size());
    assertThat(stores.get(0).find(DOMAIN)).contains(policy(DOMAIN, newest));
    assertThat(stores.get(1).find(DOMAIN)).contains(policy(DOMAIN, newest));
  }

  /** Saves fetches in the given order, and checks after each that the row is as new, and whole. */
  private int saveAll(PolicyStore store, List<Integer> millis) {
    int stored = 0;
    Instant seen = Instant.MIN;
    for (int each : millis) {
      Instant fetchedAt = now.plusMillis(each);
      boolean saved = store.save(policy(DOMAIN, fetchedAt), now);
      stored += saved ? 1 : 0;
      Instant found = ((StoredPolicy) store.find(DOMAIN).orElseThrow()).fetchedAt();
      assertThat(found).isAfterOrEqualTo(fetchedAt).isAfterOrEqualTo(seen);
      assertThat(store.find(DOMAIN))
          .hasValueSatisfying(
              row -> assertThat(row).isEqualTo(policy(DOMAIN, ((StoredPolicy) row).fetchedAt())));
      seen = found;
    }
    return stored;
  }

  @Test
  void storesAFetchOnceWhenManyStoreItConcurrently() throws Exception {
    List<PolicyStore> stores = List.of(store(), store());
    for (int round = 0; round < 20; round++) {
      StoredPolicy policy = policy("d" + round % 10 + ".example", now.plusMillis(round));
      List<Callable<Boolean>> work = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        PolicyStore store = stores.get(thread % 2);
        work.add(() -> store.save(policy, now));
      }
      assertThat(concurrently(work)).containsOnlyOnce(true);
      assertThat(stores.get(0).find(policy.domain())).contains(policy);
    }
  }

  @Test
  void keepsTheLatestUseWhenManyRecordUseAndOthersStore() throws Exception {
    List<PolicyStore> stores = List.of(store(), store());
    stores.get(0).save(policy(DOMAIN, now), now);
    stores.get(0).save(policy("b.example", now), now);
    List<Callable<Boolean>> work = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      PolicyStore store = stores.get(thread % 2);
      int offset = thread;
      work.add(() -> recordUses(store, offset));
    }
    work.add(() -> stores.get(0).save(policy(DOMAIN, now.plusMillis(1)), now));
    work.add(() -> stores.get(1).save(policy(DOMAIN, now.plusMillis(2)), now));
    concurrently(work);

    Instant latest = now.plusMillis(1_000L + 10 * THREADS - 1);
    assertThat(stores.get(1).list("", 10))
        .containsExactly(
            policy("b.example", now).usedAt(latest),
            policy(DOMAIN, now.plusMillis(2)).usedAt(latest));
  }

  /** Records ten times of use for both domains; no two threads use the same times. */
  private boolean recordUses(PolicyStore store, int offset) {
    for (int i = 9; i >= 0; i--) {
      Instant moment = now.plusMillis(1_000L + i * (long) THREADS + offset);
      store.used(Map.of(DOMAIN, moment, "b.example", moment));
    }
    return true;
  }

  @Test
  void pagesListEachLastingRowOnceWhileOthersAreAddedAndPurged() throws Exception {
    PolicyStore store = store();
    List<String> lasting =
        IntStream.range(100, 140).mapToObj(i -> "d" + i + ".lasting.example").toList();
    lasting.forEach(domain -> store.save(policy(domain, now), now));
    AtomicBoolean paged = new AtomicBoolean();
    Callable<List<String>> adding =
        () -> {
          for (int i = 0; !paged.get(); i++) {
            String domain = "d" + (100 + i % 40) + ".passing.example";
            store.save(policy(domain, now), now);
            store.purge(domain);
          }
          return List.of();
        };
    Callable<List<String>> paging =
        () -> {
          try {
            return everyDomain(store, 7);
          } finally {
            paged.set(true);
          }
        };

    List<String> seen = concurrently(List.of(adding, paging)).get(1);
    assertThat(seen).isSorted().doesNotHaveDuplicates().containsAll(lasting);
  }

  private static List<String> everyDomain(PolicyStore store, int most) {
    List<String> domains = new ArrayList<>();
    List<StoredRow> page = store.list("", most);
    while (!page.isEmpty()) {
      page.forEach(row -> domains.add(row.domain()));
      page = store.list(domains.get(domains.size() - 1), most);
    }
    return domains;
  }

  /** Runs each in its own thread, all at the same time, and rethrows the first failure. */
  private static <T> List<T> concurrently(List<Callable<T>> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(work.size());
    try {
      CyclicBarrier start = new CyclicBarrier(work.size());
      List<Future<T>> running = new ArrayList<>();
      for (Callable<T> each : work) {
        running.add(
            threads.submit(
                () -> {
                  start.await(60, TimeUnit.SECONDS);
                  return each.call();
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> each : running) {
        results.add(each.get(2, TimeUnit.MINUTES));
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
