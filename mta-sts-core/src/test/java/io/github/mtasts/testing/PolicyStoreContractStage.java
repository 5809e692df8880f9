// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import static org.junit.jupiter.api.Assumptions.abort;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** What a subclass of {@link PolicyStoreContract} provides, and what its parts share. */
abstract class PolicyStoreContractStage {
  /** The time of each test: close to the real time, by which some stores expire rows. */
  protected final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  private final List<PolicyStore> opened = new ArrayList<>();

  /**
   * {@return a new store on the storage of this test: empty at first, and the same storage each
   * time}
   */
  protected abstract PolicyStore open();

  /**
   * Makes the row of a domain unreadable in the storage. The default skips the tests of unreadable
   * rows.
   *
   * @param domain a domain that has a row
   */
  protected void corrupt(String domain) {
    abort("this store has no way to corrupt the row of " + domain);
  }

  /** {@return whether rows vanish when they expire in real time; the default is {@code false}} */
  protected boolean rowsExpireByThemselves() {
    return false;
  }

  @AfterEach
  final void closeStores() {
    opened.forEach(PolicyStore::close);
  }

  /** {@return a store that is closed after the test} */
  protected final PolicyStore store() {
    PolicyStore store = open();
    opened.add(store);
    return store;
  }

  /**
   * {@return a policy that is valid for a day from its fetch and was last used then}
   *
   * @param domain the policy domain
   * @param fetchedAt when it was fetched; its text says so too
   */
  protected static StoredPolicy policy(String domain, Instant fetchedAt) {
    return new StoredPolicy(
        domain,
        "20260101T000000",
        "version: STSv1\r\nmode: enforce\r\nmx: *.example\r\nfetched: " + fetchedAt + "\r\n",
        PolicyMode.ENFORCE,
        fetchedAt,
        fetchedAt.plus(Duration.ofDays(1)),
        fetchedAt,
        Optional.empty());
  }

  /**
   * {@return a failure}
   *
   * @param at when it happened
   * @param detail what happened
   */
  protected static StoredFailure failure(Instant at, String detail) {
    return new StoredFailure(
        at, 2, at.plusSeconds(300), Optional.of(ResultType.STS_POLICY_FETCH_ERROR), detail);
  }
}
