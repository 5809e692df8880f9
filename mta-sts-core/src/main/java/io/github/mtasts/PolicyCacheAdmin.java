// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The operator's view of a resolver's cache: list, show, purge, renew, export and import policies.
 *
 * <p>Comes from {@link PolicyResolver#cache()}. If the resolver has a store, the policies are the
 * store's; otherwise those in memory. Domains are taken in any form; text that is no domain is an
 * {@link IllegalArgumentException}. Unlike the resolver's own methods, these throw {@link
 * PolicyStoreException} when the store does not answer within its timeout. Safe for use by several
 * threads.
 */
public interface PolicyCacheAdmin {

  /** Which policies to list. */
  enum State {
    /** Every row. */
    ANY,
    /** In force, in mode enforce. */
    ENFORCE,
    /** In force, in mode testing. */
    TESTING,
    /** In force, in mode none: the domain has left MTA-STS. */
    NONE,
    /** No longer in force. */
    EXPIRED,
    /** In force, but the last attempt to renew it failed. */
    FAILING,
    /** Cannot be read, and counts as absent. */
    UNREADABLE
  }

  /**
   * A page of policies.
   *
   * @param rows the rows, by domain
   * @param next what to pass as {@code after} for the next page; empty on the last page
   */
  record Page(List<StoredRow> rows, Optional<String> next) {
    /**
     * Copies the rows.
     *
     * @param rows the rows
     * @param next what to pass as {@code after} for the next page; empty on the last page
     */
    public Page {
      rows = List.copyOf(rows);
    }
  }

  /**
   * The number of policies of each kind, and of negative answers in memory.
   *
   * @param enforce in force in mode enforce
   * @param testing in force in mode testing
   * @param none in force in mode none
   * @param expired no longer in force
   * @param failing in force, but the last attempt to renew them failed
   * @param unreadable rows that cannot be read
   * @param negativeAnswers domains cached as having no policy, in this process
   */
  record Statistics(
      long enforce,
      long testing,
      long none,
      long expired,
      long failing,
      long unreadable,
      long negativeAnswers) {}

  /**
   * The progress of a warm-up.
   *
   * @param done how many domains have been looked up
   * @param of how many domains there are
   * @param domain the domain looked up last
   * @param resolution its result
   */
  record Progress(int done, int of, String domain, Resolution resolution) {}

  /**
   * Lists policies by domain, a page at a time.
   *
   * @param state which policies
   * @param after empty text for the first page, then {@link Page#next}
   * @param most the page size, 1 to 10,000 rows
   * @return the page
   * @throws IllegalArgumentException if {@code most} is out of range
   */
  Page list(State state, String after, int most);

  /**
   * Shows the policy of one domain.
   *
   * @param domain the policy domain
   * @return the row, expired or not; empty if there is none
   */
  Optional<StoredRow> show(String domain);

  /**
   * Removes one domain from memory and from the store, and cancels its running lookup.
   *
   * <p>The next message is a first contact again. Other nodes of a fleet keep their policy in
   * memory; to switch a domain's policy off on all nodes, use an override.
   *
   * @param domain the policy domain
   * @return whether there was anything to remove
   */
  boolean purge(String domain);

  /**
   * Removes all domains, as {@link #purge} does.
   *
   * @return how many domains with a policy were removed
   */
  long purgeAll();

  /**
   * Fetches a policy again, whatever the TXT record says and without regard to earlier failures;
   * waits for the result.
   *
   * <p>Use it when a receiver has changed its MX hosts and mail for it is refused. Nothing is
   * fetched for a domain without a record and without a cached policy.
   *
   * @param domain the policy domain
   * @return the result, with the problem if there was one
   */
  Resolution refresh(String domain);

  /**
   * Exports every policy that is in force.
   *
   * @param visitor receives the policies one by one, by domain
   * @return how many policies there were
   */
  long exportTo(Consumer<StoredPolicy> visitor);

  /**
   * Imports a policy, unless a newer one is known.
   *
   * <p>It is checked like a row of a store: it is parsed again, expires by its own max_age at the
   * latest, and must not be fetched in the future.
   *
   * @param policy from an export
   * @return whether it was imported
   */
  boolean importFrom(StoredPolicy policy);

  /**
   * Looks up many domains, so that the first message to them is no first contact; waits until the
   * last one is done, or until the thread is interrupted.
   *
   * @param domains in any form; each counts as used now
   * @param perSecond how many lookups start per second at most, from 1
   * @param progress called after each lookup, by one thread at a time
   * @throws IllegalArgumentException if {@code perSecond} is less than 1
   */
  void warm(List<String> domains, int perSecond, Consumer<Progress> progress);

  /** {@return the number of policies of each kind; reads all rows} */
  Statistics statistics();

  /** {@return an empty cache, for a fake resolver} */
  static PolicyCacheAdmin empty() {
    return EmptyCacheAdmin.INSTANCE;
  }
}
