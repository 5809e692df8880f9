// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.RowRefusedException;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.testing.InMemoryPolicyStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A store in memory that runs hooks, refuses some rows and counts calls. Thread-safe. */
final class HookedStore implements PolicyStore {
  final InMemoryPolicyStore rows = new InMemoryPolicyStore();
  final Set<String> refused = ConcurrentHashMap.newKeySet();
  final AtomicInteger finds = new AtomicInteger();
  final AtomicInteger saves = new AtomicInteger();
  final AtomicInteger newestFetches = new AtomicInteger();
  volatile Runnable beforeFind = () -> {};
  volatile Runnable beforeWrite = () -> {};

  @Override
  public Optional<StoredRow> find(String domain) {
    finds.incrementAndGet();
    beforeFind.run();
    return rows.find(domain);
  }

  @Override
  public boolean save(StoredPolicy policy, Instant now) {
    saves.incrementAndGet();
    beforeWrite.run();
    if (refused.contains(policy.domain())) {
      throw new RowRefusedException("text: expected LATIN1, found an emoji", new Exception());
    }
    return rows.save(policy, now);
  }

  @Override
  public void used(Map<String, Instant> lastUsed) {
    beforeWrite.run();
    rows.used(lastUsed);
  }

  @Override
  public void failed(String domain, StoredFailure failure) {
    beforeWrite.run();
    rows.failed(domain, failure);
  }

  @Override
  public Optional<Instant> newestFetch() {
    newestFetches.incrementAndGet();
    return rows.newestFetch();
  }

  @Override
  public List<StoredRow> list(String after, int most) {
    return rows.list(after, most);
  }

  @Override
  public boolean purge(String domain) {
    beforeWrite.run();
    return rows.purge(domain);
  }

  @Override
  public long purgeExpired(Instant before) {
    beforeWrite.run();
    return rows.purgeExpired(before);
  }

  @Override
  public void close() {}
}
