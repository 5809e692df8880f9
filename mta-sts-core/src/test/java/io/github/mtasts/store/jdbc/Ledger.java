package io.github.mtasts.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What was reported as stored, to be compared with what is there. */
final class Ledger {
  private final Map<String, Instant> newest = new ConcurrentHashMap<>();
  private final AtomicLong reports = new AtomicLong();

  void report(String domain, Instant fetchedAt) {
    newest.merge(domain, fetchedAt, (one, other) -> one.isAfter(other) ? one : other);
    reports.incrementAndGet();
  }

  long reports() {
    return reports.get();
  }

  /** Everything reported is there, or something newer, and nothing there is torn. */
  void verify(PolicyStore store) {
    for (StoredRow row : store.list("", 1_000)) {
      assertThat(row).isInstanceOf(StoredPolicy.class);
      assertThat((StoredPolicy) row).matches(CheckedPolicy::isWhole, "is whole");
    }
    newest.forEach(
        (domain, fetchedAt) ->
            assertThat(store.find(domain))
                .as("policy of %s reported as stored at its fetch of %s", domain, fetchedAt)
                .hasValueSatisfying(
                    row ->
                        assertThat(((StoredPolicy) row).fetchedAt()).isAfterOrEqualTo(fetchedAt)));
  }
}
