package io.github.mtasts.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Durable or shared storage for policies; the port that every store implements, ours or a user's.
 *
 * <p>MTA-STS protects from the second contact on, by memory (RFC 8461 §10.2). A store lets that
 * memory outlive the process, and lets the nodes of a fleet learn from each other. It is handed to
 * the resolver's builder; the resolver works without one, and goes on working with one that fails.
 *
 * <p>What a store promises:
 *
 * <ul>
 *   <li><b>Whole rows.</b> A row is written and read as a whole: whoever reads while another
 *       writes, or after a crash in the middle of a write, finds the row as it was or as it will
 *       be.
 *   <li><b>Forward only.</b> {@link #save} never replaces a row by an older fetch, in whatever
 *       order writes arrive and from however many nodes.
 *   <li><b>What must not be lost:</b> a row for which {@link #save} has returned, until it is
 *       purged, or has expired, or a newer one has replaced it.
 *   <li><b>What may be lost:</b> leases, the times of last use and of failures, and rows that have
 *       expired.
 *   <li><b>Nothing thrown for bad rows.</b> A row that cannot be read is an {@link UnreadableRow};
 *       it never hides the other rows.
 * </ul>
 *
 * <p>Methods block and are called on threads that may; when the store cannot be reached or refuses,
 * they throw {@link PolicyStoreException}. How long they may take is the resolver's affair: it
 * stops waiting at its deadline and interrupts the thread. Times are kept to the millisecond. The
 * test kit holds a contract test, {@code PolicyStoreContract}, for every implementation to extend.
 * Implementations are safe for use by several threads, and by several processes if the storage is
 * shared.
 */
public interface PolicyStore extends AutoCloseable {

  /**
   * A fetch time that lies further ahead than this many seconds is not believed: {@value}. Clocks
   * of a fleet differ by less, and a row from the far future would outlive every newer fetch.
   */
  int FUTURE_TOLERANCE_SECONDS = 600;

  /**
   * Reads what is stored of one domain.
   *
   * @param domain the policy domain in its canonical form: lower-case A-labels, no trailing dot
   * @return the row, expired or not; empty if there is none
   * @throws PolicyStoreException if the store cannot be asked
   */
  Optional<StoredRow> find(String domain);

  /**
   * Stores a policy, unless a fetch at the same time or later is stored already.
   *
   * <p>What is stored replaces a row that cannot be read, and one whose fetch lies more than
   * {@value #FUTURE_TOLERANCE_SECONDS} seconds after {@code now}. The later of both times of last
   * use is kept, but none that lies so far after {@code now}: a clock that was ahead would have the
   * policy count as used for ever. A failure that was noted is forgotten.
   *
   * @param policy what was fetched
   * @param now the time, by the caller's wall clock
   * @return whether it was stored; {@code false} means that there is something newer, or the same
   * @throws PolicyStoreException if the store cannot be asked, or refuses
   */
  boolean save(StoredPolicy policy, Instant now);

  /**
   * Notes when policies were last used; never moves such a time back, and creates no row.
   *
   * @param lastUsed by policy domain
   * @throws PolicyStoreException if the store cannot be asked, or refuses
   */
  void used(Map<String, Instant> lastUsed);

  /**
   * Notes that a policy could not be renewed; without effect if there is no row, or one whose fetch
   * or whose noted failure is not earlier.
   *
   * @param domain the policy domain in its canonical form
   * @param failure what happened
   * @throws PolicyStoreException if the store cannot be asked, or refuses
   */
  void failed(String domain, StoredFailure failure);

  /**
   * Takes the right to fetch a domain's policy for a short while, so that one node of a fleet does
   * it and the others wait.
   *
   * <p>One step: of several callers at once, one gets it. A lease that has ended, or that ends
   * later than {@code now} plus twice the term (its holder's clock is wrong), is taken over; one's
   * own is prolonged. It needs no row, and is nothing to rely on for more than politeness.
   *
   * @param domain the policy domain in its canonical form
   * @param holder names the caller, differently for each resolver; 1 to 64 ASCII letters, digits or
   *     hyphens
   * @param now the time, by the caller's wall clock
   * @param term for how long; more than zero
   * @return whether the caller holds it now
   * @throws PolicyStoreException if the store cannot be asked, or refuses
   */
  boolean lease(String domain, String holder, Instant now, Duration term);

  /**
   * Gives a lease back early; without effect if another holds it.
   *
   * @param domain the policy domain in its canonical form
   * @param holder as with {@link #lease}
   * @throws PolicyStoreException if the store cannot be asked, or refuses
   */
  void release(String domain, String holder);

  /**
   * Reads a page of rows in the order of their domains, by the ASCII codes of their names.
   *
   * <p>Rows that are written while somebody pages may be missed; those that stay are seen exactly
   * once.
   *
   * @param after the last domain of the page before; empty text for the first page
   * @param most how many rows at most; 1 to 10,000
   * @return the rows, expired ones and unreadable ones too; fewer than {@code most} on the last
   *     page only
   * @throws PolicyStoreException if the store cannot be asked
   */
  List<StoredRow> list(String after, int most);

  /**
   * Forgets one domain, whatever its row is like.
   *
   * @param domain the policy domain in its canonical form
   * @return whether there was a row
   * @throws PolicyStoreException if the store cannot be asked, or refuses
   */
  boolean purge(String domain);

  /**
   * Forgets every row that expired before a moment, and leases that have ended; unreadable rows
   * stay.
   *
   * @param before the moment, by the caller's wall clock
   * @return how many rows went; 0 where rows expire by themselves
   * @throws PolicyStoreException if the store cannot be asked, or refuses
   */
  long purgeExpired(Instant before);

  /** Lets go of what this object opened itself; a connection pool that was given stays open. */
  @Override
  void close();
}
