// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A store that holds its rows in a map: the simplest store that keeps the contract of {@link
 * PolicyStore}.
 *
 * <p>{@link #close} does nothing, so that several resolvers can share one, as a fleet shares a
 * database. Thread-safe.
 */
public final class MapPolicyStore implements PolicyStore {
  private record Lease(String holder, Instant end) {
    boolean excludes(String other, Instant now, Duration term) {
      boolean plausible = !end.isAfter(now.plus(term.multipliedBy(2)));
      return !holder.equals(other) && end.isAfter(now) && plausible;
    }
  }

  private final TreeMap<String, StoredRow> rows = new TreeMap<>();
  private final Map<String, Lease> leases = new HashMap<>();

  /** Creates an empty store. */
  public MapPolicyStore() {}

  /**
   * Replaces a row without any check, for example by an unreadable one.
   *
   * @param row the row of its domain from now on
   */
  public synchronized void put(StoredRow row) {
    rows.put(row.domain(), row);
  }

  @Override
  public synchronized Optional<StoredRow> find(String domain) {
    return Optional.ofNullable(rows.get(domain));
  }

  private Optional<StoredPolicy> policy(String domain) {
    return find(domain).filter(StoredPolicy.class::isInstance).map(StoredPolicy.class::cast);
  }

  @Override
  public synchronized boolean save(StoredPolicy policy, Instant now) {
    Optional<StoredPolicy> old = policy(policy.domain());
    Instant latestPlausible = now.plusSeconds(FUTURE_TOLERANCE_SECONDS);
    boolean superseded =
        old.map(StoredPolicy::fetchedAt)
            .filter(fetch -> !fetch.isBefore(policy.fetchedAt()) && !fetch.isAfter(latestPlausible))
            .isPresent();
    if (superseded) {
      return false;
    }
    put(
        old.map(StoredPolicy::lastUsedAt)
            .filter(used -> used.isAfter(policy.lastUsedAt()) && !used.isAfter(latestPlausible))
            .map(policy::usedAt)
            .orElse(policy));
    return true;
  }

  @Override
  public synchronized void used(Map<String, Instant> lastUsed) {
    lastUsed.forEach(
        (domain, moment) ->
            policy(domain)
                .filter(row -> row.lastUsedAt().isBefore(moment))
                .ifPresent(row -> put(row.usedAt(moment))));
  }

  @Override
  public synchronized void failed(String domain, StoredFailure failure) {
    policy(domain)
        .filter(row -> row.fetchedAt().isBefore(failure.at()))
        .filter(row -> row.lastFailure().map(f -> f.at().isBefore(failure.at())).orElse(true))
        .ifPresent(row -> put(row.failedWith(Optional.of(failure))));
  }

  @Override
  public synchronized boolean lease(String domain, String holder, Instant now, Duration term) {
    Lease held = leases.get(domain);
    if (held != null && held.excludes(holder, now, term)) {
      return false;
    }
    leases.put(domain, new Lease(holder, now.plus(term)));
    return true;
  }

  @Override
  public synchronized void release(String domain, String holder) {
    leases.computeIfPresent(domain, (name, lease) -> lease.holder().equals(holder) ? null : lease);
  }

  @Override
  public synchronized List<StoredRow> list(String after, int most) {
    if (most < 1 || most > 10_000) {
      throw new IllegalArgumentException("page: expected 1 to 10000 rows, found " + most);
    }
    return rows.tailMap(after, false).values().stream().limit(most).toList();
  }

  @Override
  public synchronized boolean purge(String domain) {
    return rows.remove(domain) != null;
  }

  @Override
  public synchronized long purgeExpired(Instant before) {
    int rowsBefore = rows.size();
    rows.values()
        .removeIf(row -> row instanceof StoredPolicy policy && policy.expiresAt().isBefore(before));
    leases.values().removeIf(lease -> !lease.end().isAfter(before));
    return (long) rowsBefore - rows.size();
  }

  @Override
  public void close() {}
}
