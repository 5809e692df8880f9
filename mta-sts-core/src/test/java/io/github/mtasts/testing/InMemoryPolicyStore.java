// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.store.UnreadableRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A store in memory that keeps the contract of {@link PolicyStore}, or fails as a test requests.
 *
 * <p>{@link #close()} keeps the rows, so that several resolvers of a test can use it one after
 * another, like a database. Thread-safe.
 */
public final class InMemoryPolicyStore implements PolicyStore {

  /** How the store fails. */
  public enum Fault {
    /** The store works. */
    NONE,
    /** The store cannot be reached. */
    DOWN,
    /** Calls block until the fault changes. */
    HANGING,
    /** Reads work and writes fail, as with a full disk. */
    READ_ONLY,
    /** The store returns rows of other domains. */
    LYING,
    /** Calls throw an {@link AssertionError}, which no store should. */
    BROKEN
  }

  /** The fault and the latch that its blocked calls wait for, in one value to change together. */
  private record Phase(Fault fault, CountDownLatch over) {}

  private final ConcurrentNavigableMap<String, StoredRow> rows = new ConcurrentSkipListMap<>();
  private final AtomicInteger calls = new AtomicInteger();
  private volatile Duration latency = Duration.ZERO;
  private volatile Phase phase = new Phase(Fault.NONE, new CountDownLatch(1));

  /** Creates an empty store. */
  public InMemoryPolicyStore() {}

  /**
   * Changes how the store fails.
   *
   * @param next the fault from now on
   */
  public synchronized void fault(Fault next) {
    Phase before = phase;
    phase = new Phase(next, new CountDownLatch(1));
    before.over().countDown();
  }

  /**
   * Sets how long each call takes from now on, like a database in another machine room.
   *
   * @param each zero or more
   */
  public void latency(Duration each) {
    latency = each;
  }

  /**
   * Replaces a row without any check.
   *
   * @param row the row of its domain from now on
   */
  public void put(StoredRow row) {
    rows.put(row.domain(), row);
  }

  /** {@return the number of calls so far} */
  public int calls() {
    return calls.get();
  }

  @Override
  public Optional<StoredRow> find(String domain) {
    read();
    return phase.fault() == Fault.LYING
        ? Optional.of(rowOfAnotherDomain(domain))
        : Optional.ofNullable(rows.get(domain));
  }

  private StoredRow rowOfAnotherDomain(String domain) {
    return rows.values().stream()
        .filter(row -> !row.domain().equals(domain))
        .findFirst()
        .orElseGet(() -> new UnreadableRow("other." + domain, "made up"));
  }

  @Override
  public boolean save(StoredPolicy policy, Instant now) {
    write();
    boolean[] saved = {false};
    rows.compute(
        policy.domain(),
        (domain, before) -> {
          Optional<StoredPolicy> row = policy.replacing(Optional.ofNullable(before), now);
          saved[0] = row.isPresent(); // set again if the map repeats this call
          return row.isPresent() ? row.get() : before;
        });
    return saved[0];
  }

  @Override
  public void used(Map<String, Instant> lastUsed) {
    write();
    lastUsed.forEach(
        (domain, moment) ->
            rows.computeIfPresent(
                domain,
                (d, row) ->
                    row instanceof StoredPolicy old
                        ? old.usedAt(later(old.lastUsedAt(), moment))
                        : row));
  }

  @Override
  public void failed(String domain, StoredFailure failure) {
    write();
    rows.computeIfPresent(
        domain,
        (d, row) ->
            row instanceof StoredPolicy old && isNews(old, failure)
                ? old.failedWith(Optional.of(failure))
                : row);
  }

  private static boolean isNews(StoredPolicy old, StoredFailure failure) {
    return old.fetchedAt().isBefore(failure.at())
        && old.lastFailure().filter(known -> !known.at().isBefore(failure.at())).isEmpty();
  }

  @Override
  public Optional<Instant> newestFetch() {
    read();
    return rows.values().stream()
        .filter(StoredPolicy.class::isInstance)
        .map(row -> ((StoredPolicy) row).fetchedAt())
        .max(Instant::compareTo);
  }

  @Override
  public List<StoredRow> list(String after, int most) {
    if (most < 1 || most > 10_000) {
      throw new IllegalArgumentException("most: expected 1 to 10000, found " + most);
    }
    read();
    return rows.tailMap(after, false).values().stream().limit(most).toList();
  }

  @Override
  public boolean purge(String domain) {
    write();
    return rows.remove(domain) != null;
  }

  @Override
  public long purgeExpired(Instant before) {
    write();
    long count = 0;
    for (StoredRow row : rows.values()) {
      if (row instanceof StoredPolicy old
          && old.expiresAt().isBefore(before)
          && rows.remove(row.domain(), row)) {
        count++;
      }
    }
    return count;
  }

  /** Does nothing: the rows stay. */
  @Override
  public void close() {}

  private void read() {
    calls.incrementAndGet();
    pause();
    Phase now = phase;
    switch (now.fault()) {
      case DOWN -> throw new PolicyStoreException("store: expected an answer, found none");
      case BROKEN -> throw new AssertionError("a store that fails unexpectedly");
      case HANGING -> awaitEnd(now);
      case NONE, READ_ONLY, LYING -> {}
    }
  }

  private void pause() {
    try {
      Thread.sleep(latency.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new PolicyStoreException("store: the call was interrupted", interrupted);
    }
  }

  private void write() {
    read();
    if (phase.fault() == Fault.READ_ONLY) {
      throw new PolicyStoreException("store: expected room on the disk, found none");
    }
  }

  private static void awaitEnd(Phase hanging) {
    try {
      hanging.over().await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new PolicyStoreException("store: the call was interrupted", interrupted);
    }
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  /**
   * Makes a row unreadable.
   *
   * @param domain the key of the row
   */
  public void corrupt(String domain) {
    rows.put(domain, new UnreadableRow(domain, "text: expected a policy, found garbage"));
  }
}
