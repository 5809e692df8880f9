// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Durable or shared storage for policies: the port that every store implements, ours or a user's.
 *
 * <p>MTA-STS protects from the second contact on, because the sender remembers the policy (RFC 8461
 * §10.2). With a store, policies survive a restart, and the nodes of a fleet share them. Pass the
 * store to the resolver's builder. The resolver also works without a store, and keeps working when
 * its store fails.
 *
 * <p>What an implementation guarantees:
 *
 * <ul>
 *   <li><b>Atomic rows.</b> A row is written and read as a whole. A reader that runs during a
 *       write, or after a crash in the middle of a write, sees the old row or the new row.
 *   <li><b>Forward only.</b> {@link #save} never replaces a row by an older fetch, in whatever
 *       order writes arrive and from however many nodes.
 *   <li><b>Must not be lost:</b> a row for which {@link #save} has returned, until it is purged,
 *       has expired, or a newer row has replaced it.
 *   <li><b>May be lost:</b> the times of last use and of failures, and expired rows.
 *   <li><b>No exception for bad rows.</b> A row that cannot be read is returned as an {@link
 *       UnreadableRow}; it never hides the other rows.
 * </ul>
 *
 * <p>Methods may block; the resolver calls them on threads that may wait. They throw {@link
 * PolicyStoreException} when the storage cannot be reached or refuses the operation. The resolver
 * enforces its own deadline: it stops waiting and interrupts the thread. Times are kept to the
 * millisecond. The test kit has a contract test, {@code PolicyStoreContract}, that every
 * implementation should extend. Implementations are safe for use by several threads, and by several
 * processes if the storage is shared.
 */
public interface PolicyStore extends AutoCloseable {

  /**
   * A fetch time further in the future than this many seconds is not trusted: {@value}. The clocks
   * of a fleet differ by less, and a row from the far future would win over every newer fetch.
   */
  int FUTURE_TOLERANCE_SECONDS = 600;

  /**
   * Reads the row of one domain.
   *
   * @param domain the policy domain in its canonical form: lower-case A-labels, no trailing dot
   * @return the row, expired or not; empty if there is none
   * @throws PolicyStoreException if the storage cannot be reached
   */
  Optional<StoredRow> find(String domain);

  /**
   * Stores a policy, unless a fetch at the same time or later is stored already.
   *
   * <p>The policy replaces a row that cannot be read, and a row whose fetch time is more than
   * {@value #FUTURE_TOLERANCE_SECONDS} seconds after {@code now}. The later of the two times of
   * last use is kept, except a stored time that is that far in the future: otherwise a clock that
   * was once ahead would mark the policy as used for ever. A recorded failure is removed.
   *
   * @param policy what was fetched
   * @param now the time, by the caller's wall clock
   * @return whether it was stored; {@code false} means that the same or a newer fetch is stored
   * @throws RowRefusedException if the storage refuses this row because of what is in it; the
   *     resolver then reports the row and goes on
   * @throws PolicyStoreException if the storage cannot be reached or refuses
   */
  boolean save(StoredPolicy policy, Instant now);

  /**
   * Records when policies were last used; never moves such a time back, and creates no row.
   *
   * @param lastUsed the times by policy domain
   * @throws PolicyStoreException if the storage cannot be reached or refuses
   */
  void used(Map<String, Instant> lastUsed);

  /**
   * Records that a policy could not be renewed. Without effect if there is no row, or if the fetch
   * or the recorded failure of the row is not earlier.
   *
   * @param domain the policy domain in its canonical form
   * @param failure what happened
   * @throws PolicyStoreException if the storage cannot be reached or refuses
   */
  void failed(String domain, StoredFailure failure);

  /**
   * Returns the latest fetch time of all rows. The resolver compares it with its own clock: if that
   * is far ahead of every fetch, a row that seems to have expired may still be valid.
   *
   * @return the time, possibly in the future; empty if there is no readable row
   * @throws PolicyStoreException if the storage cannot be reached
   */
  Optional<Instant> newestFetch();

  /**
   * Reads a page of rows, ordered by domain (by the ASCII codes of the names).
   *
   * <p>Rows written while a caller reads page after page may be missing; all others appear exactly
   * once.
   *
   * @param after the last domain of the previous page; an empty string for the first page
   * @param most the page size; 1 to 10,000
   * @return the rows, including expired and unreadable ones; fewer than {@code most} only on the
   *     last page
   * @throws PolicyStoreException if the storage cannot be reached
   */
  List<StoredRow> list(String after, int most);

  /**
   * Deletes the row of one domain, readable or not.
   *
   * @param domain the policy domain in its canonical form
   * @return whether there was a row
   * @throws PolicyStoreException if the storage cannot be reached or refuses
   */
  boolean purge(String domain);

  /**
   * Deletes every row that expired before a given time. Rows of a newer format, and rows without a
   * readable time of expiry, stay.
   *
   * @param before the time, by the caller's wall clock
   * @return how many rows were deleted; 0 where rows expire by themselves
   * @throws PolicyStoreException if the storage cannot be reached or refuses
   */
  long purgeExpired(Instant before);

  /** Releases what this object opened itself; a connection pool passed to it stays open. */
  @Override
  void close();
}
