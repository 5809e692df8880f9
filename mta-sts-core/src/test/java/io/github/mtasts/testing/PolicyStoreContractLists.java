// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.store.UnreadableRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The part of {@link PolicyStoreContract} about the newest fetch, pages, purging and unreadable
 * rows.
 */
abstract class PolicyStoreContractLists extends PolicyStoreContractRows {
  private static final String DOMAIN = "example.com";

  /** In ASCII order: a hyphen comes before a dot. */
  private static final List<String> ORDERED =
      List.of(
          "0.example",
          "a-b.example",
          "a.b.example",
          "a.example",
          "a0.example",
          "a_b.example",
          "ab.example",
          "b",
          "b.example",
          "xn--bcher-kva.example",
          "z-.example",
          "z.example");

  // The newest fetch.

  @Test
  void theNewestFetchIsThatOfAllRows() {
    PolicyStore store = store();
    assertThat(store.newestFetch()).isEmpty();

    store.save(policy("a.example", now.minusSeconds(60)), now);
    store.save(policy("b.example", now), now);
    store.save(policy("c.example", now.minusSeconds(30)), now);

    assertThat(store.newestFetch()).contains(now);
    store.save(policy("a.example", now.plusMillis(1)), now);
    assertThat(store.newestFetch()).contains(now.plusMillis(1));
  }

  // Pages.

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 11, 12, 13, 10_000})
  void pagesHoldEveryRowOnceInOrder(int most) {
    PolicyStore store = store();
    List<String> shuffled = new ArrayList<>(ORDERED);
    Collections.shuffle(shuffled, new Random(most));
    shuffled.forEach(domain -> store.save(policy(domain, now), now));

    List<StoredRow> seen = new ArrayList<>();
    List<StoredRow> page = store.list("", most);
    while (page.size() == most) {
      seen.addAll(page);
      page = store.list(page.get(most - 1).domain(), most);
    }
    assertThat(page).hasSizeLessThan(most);
    seen.addAll(page);

    assertThat(seen).extracting(StoredRow::domain).containsExactlyElementsOf(ORDERED);
    assertThat(seen).allSatisfy(row -> assertThat(row).isEqualTo(policy(row.domain(), now)));
  }

  @Test
  void aPageCanStartAfterAMissingDomain() {
    PolicyStore store = store();
    ORDERED.forEach(domain -> store.save(policy(domain, now), now));
    store.purge("a.example");

    assertThat(store.list("a.example", 2))
        .extracting(StoredRow::domain)
        .containsExactly("a0.example", "a_b.example");
    assertThat(store.list("a9.example", 1))
        .extracting(StoredRow::domain)
        .containsExactly("a_b.example");
    assertThat(store.list("z.example", 10)).isEmpty();
  }

  @Test
  void anEmptyStoreGivesAnEmptyPage() {
    assertThat(store().list("", 10_000)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 10_001, Integer.MAX_VALUE})
  void rejectsAnInvalidPageSize(int most) {
    PolicyStore store = store();
    assertThatIllegalArgumentException().isThrownBy(() -> store.list("", most));
  }

  // Purging.

  @Test
  void aPurgedDomainIsGoneAndAcceptsAnOlderFetch() {
    PolicyStore store = store();
    store.save(policy(DOMAIN, now), now);
    store.save(policy("a." + DOMAIN, now), now);

    assertThat(store.purge(DOMAIN)).isTrue();
    assertThat(store.purge(DOMAIN)).isFalse();
    assertThat(store.find(DOMAIN)).isEmpty();
    assertThat(store.find("a." + DOMAIN)).isPresent();
    StoredPolicy older = policy(DOMAIN, now.minusSeconds(1));
    assertThat(store.save(older, now)).isTrue();
    assertThat(store.find(DOMAIN)).contains(older);
  }

  @Test
  void purgesExpiredRowsOnly() {
    assumeFalse(rowsExpireByThemselves());
    PolicyStore store = store();
    store.save(policy("expired.example", now.minus(Duration.ofDays(1)).minusMillis(1)), now);
    store.save(policy("long-expired.example", now.minus(Duration.ofDays(9))), now);
    store.save(policy("valid.example", now.minus(Duration.ofDays(1)).plusMillis(1)), now);

    assertThat(store.purgeExpired(now)).isEqualTo(2);
    assertThat(store.purgeExpired(now)).isZero();
    assertThat(store.list("", 10)).extracting(StoredRow::domain).containsExactly("valid.example");
  }

  @Test
  void purgingExpiredRowsKeepsValidRows() {
    PolicyStore store = store();
    store.save(policy(DOMAIN, now), now);

    assertThat(store.purgeExpired(now)).isZero();
    assertThat(store.find(DOMAIN)).contains(policy(DOMAIN, now));
  }

  // Unreadable rows.

  private PolicyStore storeWithAnUnreadableRow() {
    PolicyStore store = store();
    for (String domain : List.of("a.example", DOMAIN, "z.example")) {
      store.save(policy(domain, now), now);
    }
    corrupt(DOMAIN);
    return store;
  }

  @Test
  void anUnreadableRowIsReportedAndHidesNoOtherRow() {
    PolicyStore store = storeWithAnUnreadableRow();

    assertThat(store.find(DOMAIN)).containsInstanceOf(UnreadableRow.class);
    assertThat(store.find(DOMAIN).map(StoredRow::domain)).contains(DOMAIN);
    List<StoredRow> rows = store.list("", 10);
    assertThat(rows)
        .extracting(StoredRow::domain)
        .containsExactly("a.example", DOMAIN, "z.example");
    assertThat(rows.get(0)).isEqualTo(policy("a.example", now));
    assertThat(rows.get(1)).isInstanceOf(UnreadableRow.class);
    assertThat(rows.get(2)).isEqualTo(policy("z.example", now));
  }

  @Test
  void anUnreadableRowIsReplacedByAnyFetch() {
    PolicyStore store = storeWithAnUnreadableRow();
    StoredPolicy older = policy(DOMAIN, now.minusSeconds(3_600));

    assertThat(store.save(older, now)).isTrue();
    assertThat(store.find(DOMAIN).map(row -> ((StoredPolicy) row).text())).contains(older.text());
  }

  @Test
  void anUnreadableRowStaysUntilItIsPurged() {
    PolicyStore store = storeWithAnUnreadableRow();

    assertThat(store.purgeExpired(now)).isZero();
    assertThat(store.find(DOMAIN)).isPresent();
    assertThat(store.purge(DOMAIN)).isTrue();
    assertThat(store.find(DOMAIN)).isEmpty();
  }

  @Test
  void anUnreadableRowDoesNotPreventUpdatesOfOtherRows() {
    PolicyStore store = storeWithAnUnreadableRow();
    Instant later = now.plusSeconds(1);

    store.failed(DOMAIN, failure(later, "refused"));
    store.used(Map.of("a.example", later, DOMAIN, later, "z.example", later));

    assertThat(store.list("", 10))
        .contains(policy("a.example", now).usedAt(later), policy("z.example", now).usedAt(later));
    assertThat(store.find(DOMAIN)).containsInstanceOf(UnreadableRow.class);
  }
}
