// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The saves that a store has confirmed, to be compared with its rows. */
final class ConfirmedSaves {
  private final Map<String, Instant> newest = new ConcurrentHashMap<>();
  private final AtomicLong count = new AtomicLong();

  void add(String domain, Instant fetchedAt) {
    newest.merge(domain, fetchedAt, (one, other) -> one.isAfter(other) ? one : other);
    count.incrementAndGet();
  }

  long count() {
    return count.get();
  }

  /** Each confirmed save is stored, or a newer one, and no row is torn. */
  void verify(PolicyStore store) {
    for (StoredRow row : store.list("", 1_000)) {
      assertThat(row).isInstanceOf(StoredPolicy.class);
      assertThat((StoredPolicy) row).matches(ChecksummedPolicy::isWhole, "is whole");
    }
    newest.forEach(
        (domain, fetchedAt) ->
            assertThat(store.find(domain))
                .as("policy of %s, confirmed as stored with its fetch of %s", domain, fetchedAt)
                .hasValueSatisfying(
                    row ->
                        assertThat(((StoredPolicy) row).fetchedAt()).isAfterOrEqualTo(fetchedAt)));
  }
}
