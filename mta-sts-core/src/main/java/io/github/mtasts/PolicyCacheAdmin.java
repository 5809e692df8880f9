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
 * What a resolver remembers, for those who operate it: to look at, to purge, to renew, to carry
 * from one place to another.
 *
 * <p>Comes from {@link PolicyResolver#cache()}. If the resolver has a store, the policies are the
 * store's; otherwise those in memory. Domains are taken in any form; text that is none is an {@link
 * IllegalArgumentException}. Other than the resolver, these methods throw {@link
 * PolicyStoreException} when the store does not answer within its deadline: whoever operates wants
 * to know. Safe for use by several threads.
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
    /** What cannot be read, and counts as absent. */
    UNREADABLE
  }

  /**
   * A page of policies.
   *
   * @param rows the rows, by domain
   * @param next where the next page begins; empty on the last page
   */
  record Page(List<StoredRow> rows, Optional<String> next) {
    /**
     * Copies the rows.
     *
     * @param rows the rows
     * @param next where the next page begins
     */
    public Page {
      rows = List.copyOf(rows);
    }
  }

  /**
   * How many policies there are of each kind, and how many negative answers in memory.
   *
   * @param enforce in force in mode enforce
   * @param testing in force in mode testing
   * @param none in force in mode none
   * @param expired no longer in force
   * @param failing of those in force, how many could not be renewed at the last attempt
   * @param unreadable rows that cannot be read
   * @param negativeAnswers domains remembered to have no policy, in this process
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
   * How far a warm-up has got.
   *
   * @param done how many domains were looked up
   * @param of how many there are
   * @param domain the last one
   * @param resolution what is known of it now
   */
  record Progress(int done, int of, String domain, Resolution resolution) {}

  /**
   * Lists policies by domain, a page at a time.
   *
   * @param state which
   * @param after empty text for the first page, then {@link Page#next}
   * @param most how many rows, 1 to 10,000
   * @return the page
   * @throws IllegalArgumentException if {@code most} is out of range
   */
  Page list(State state, String after, int most);

  /**
   * Shows what is remembered of one domain.
   *
   * @param domain the policy domain
   * @return the row, expired or not; empty if there is none
   */
  Optional<StoredRow> show(String domain);

  /**
   * Forgets one domain, in memory and in the store, with what is under way for it.
   *
   * <p>The next message is a first contact again. Other nodes of a fleet keep what they have in
   * memory; to set a domain aside everywhere, use an override.
   *
   * @param domain the policy domain
   * @return whether there was anything to forget
   */
  boolean purge(String domain);

  /**
   * Forgets everything, as {@link #purge} does.
   *
   * @return how many domains with a policy were forgotten
   */
  long purgeAll();

  /**
   * Fetches a policy anew, whatever the record says and whatever has failed before; waits.
   *
   * <p>What an operator does when a receiver has changed its MX hosts and mail for it is refused. A
   * domain that announces no policy and had none is left alone.
   *
   * @param domain the policy domain
   * @return what is in force now, with the problem if there was one
   */
  Resolution refresh(String domain);

  /**
   * Shows every policy that is in force, to carry them elsewhere.
   *
   * @param visitor is given one policy after the other, by domain
   * @return how many there were
   */
  long exportTo(Consumer<StoredPolicy> visitor);

  /**
   * Takes policies from elsewhere over, unless something newer is known already.
   *
   * <p>They are believed as a store is: parsed again, not beyond their own max_age, not from the
   * future.
   *
   * @param policy from an export
   * @return whether it was taken over
   */
  boolean importFrom(StoredPolicy policy);

  /**
   * Looks many domains up, so that the first message to them is no first contact; waits until the
   * last is done, or until the thread is interrupted.
   *
   * @param domains in any form; each counts as used now
   * @param perSecond how many a second begin at most, from 1
   * @param progress is told after each, one at a time
   * @throws IllegalArgumentException if {@code perSecond} is less than 1
   */
  void warm(List<String> domains, int perSecond, Consumer<Progress> progress);

  /** {@return how many policies there are of each kind; walks through all of them} */
  Statistics statistics();

  /** {@return a cache with nothing in it, as a fake resolver has} */
  static PolicyCacheAdmin empty() {
    return EmptyCacheAdmin.INSTANCE;
  }
}
