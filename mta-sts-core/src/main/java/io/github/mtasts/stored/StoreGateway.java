// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import io.github.mtasts.cache.BackOff;
import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.LastUse;
import io.github.mtasts.cache.TtlBounds;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The resolver's access to a {@link PolicyStore}: reads policies that are not cached, and writes
 * fetched policies, failures and uses. Without a store, it does nothing.
 *
 * <p>No method throws, and no future fails. "The store has no policy" and "the store could not be
 * asked" are different answers. A call waits for a thread for {@link #PATIENCE} at most and then
 * ends within the deadline. A policy that could not be written is written later, as long as it is
 * cached. Thread-safe.
 */
public final class StoreGateway {

  /** What the store knows about a domain. */
  public sealed interface Answer {
    /** The unexpired policy. */
    record Found(CacheEntry entry) implements Answer {}

    /** The store answered: it has no unexpired policy. */
    record Absent() implements Answer {}

    /**
     * The store could not be asked, or its row cannot be believed, so it may have a policy.
     *
     * @param cause what prevented an answer
     * @param detail what was expected and what was found
     * @param since the beginning of the store's trouble; empty if it concerns only this row or call
     */
    record Unknown(Cause cause, String detail, Optional<Instant> since) implements Answer {}
  }

  /** For how long a call waits for a thread at most. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The longest lifetime: even with a clock that is a year fast, no valid row is deleted. */
  private static final Duration KEPT_AFTER_EXPIRY = Duration.ofDays(TtlBounds.LONGEST_DAYS);

  private static final Duration PENDING_TIMEOUT = Duration.ofSeconds(5);
  private static final long NEWEST_FETCH_NANOS = Duration.ofMinutes(1).toNanos();

  private final boolean isPresent;
  private final StoreCalls reads;
  private final StoreWriter writer;
  private final StoreMapper mapper;
  private final InstantSource clock;
  private final LongSupplier ticker;
  private volatile NewestFetch newestFetch;

  /**
   * Makes no call yet.
   *
   * @param store the store; empty for none
   * @param deadline of a call, from the moment when it starts on its thread
   * @param readThreads runs calls that read; may reject them
   * @param writeThreads runs calls that write; may reject them
   * @param listener receives events on any thread; must not block or throw
   */
  public StoreGateway(
      Optional<PolicyStore> store,
      Duration deadline,
      Executor readThreads,
      Executor writeThreads,
      StoreMapper mapper,
      ResolverListener listener,
      InstantSource clock,
      LongSupplier ticker) {
    CircuitBreaker reading = new CircuitBreaker("reading", listener, clock, ticker);
    CircuitBreaker writing = new CircuitBreaker("writing", listener, clock, ticker);
    this.isPresent = store.isPresent();
    this.mapper = mapper;
    this.clock = clock;
    this.ticker = ticker;
    this.newestFetch = new NewestFetch(Optional.empty(), ticker.getAsLong()); // not asked for yet
    this.reads = new StoreCalls(store, deadline, PATIENCE, readThreads, reading, listener);
    this.writer =
        new StoreWriter(
            new StoreCalls(store, deadline, PATIENCE, writeThreads, writing, listener),
            mapper,
            listener,
            clock);
  }

  /** Whether there is a store. */
  public boolean isPresent() {
    return isPresent;
  }

  /** Finds the unexpired policy of a domain. */
  public CompletableFuture<Answer> find(DomainName domain) {
    return isPresent
        ? reads.call(store -> find(store, domain.value()), unknown -> unknown)
        : CompletableFuture.completedFuture(new Answer.Absent());
  }

  private Answer find(PolicyStore store, String domain) {
    Optional<StoredRow> row = store.find(domain);
    Answer answer = row.map(found -> mapper.toAnswer(domain, found)).orElseGet(Answer.Absent::new);
    return answer instanceof Answer.Absent && row.orElse(null) instanceof StoredPolicy expired
        ? mapper.toAnswer(expired, newestFetch(store))
        : answer;
  }

  /** The newest fetch time in the store, asked for about once a minute; without a lock. */
  private Optional<Instant> newestFetch(PolicyStore store) {
    long now = ticker.getAsLong();
    NewestFetch known = newestFetch;
    if (now - known.untilNanos() >= 0) {
      known = new NewestFetch(store.newestFetch(), now + NEWEST_FETCH_NANOS);
      newestFetch = known;
    }
    return known.time();
  }

  private record NewestFetch(Optional<Instant> time, long untilNanos) {}

  /** Reads the row of a domain, valid or not; empty if the store does not answer. */
  public CompletableFuture<Optional<Optional<StoredRow>>> row(String domain) {
    return read(store -> store.find(domain));
  }

  /** Reads a page of rows; empty if the store does not answer. */
  public CompletableFuture<Optional<List<StoredRow>>> page(String after, int most) {
    return read(store -> store.list(after, most));
  }

  private <T> CompletableFuture<Optional<T>> read(Function<PolicyStore, T> call) {
    return reads.call(store -> Optional.of(call.apply(store)), unknown -> Optional.empty());
  }

  /** What is wrong with the store, for the operator; empty if its last calls have succeeded. */
  public Optional<String> trouble() {
    return reads.trouble().or(writer::trouble);
  }

  /** Converts an entry to the row that would be stored. */
  public StoredPolicy toRow(CacheEntry entry) {
    return mapper.toRow(entry);
  }

  /** Converts a row to an entry; empty if it has expired or cannot be believed. */
  public Optional<CacheEntry> toEntry(StoredRow row) {
    return mapper.toAnswer(row.domain(), row) instanceof Answer.Found found
        ? Optional.of(found.entry())
        : Optional.empty();
  }

  /**
   * Writes a policy, now or later. Completes after the first attempt, or at once while the store is
   * known to be failing.
   */
  public CompletableFuture<Void> save(Resolution.InForce policy, LastUse lastUse) {
    return isPresent
        ? writer.save(policy, lastUse).thenAccept(written -> {})
        : CompletableFuture.completedFuture(null);
  }

  /** Stores an imported row; false if the same or a newer fetch is stored, or if it is refused. */
  public CompletableFuture<Optional<Boolean>> save(StoredPolicy policy) {
    return writer.write(policy.domain(), store -> store.save(policy, clock.instant()));
  }

  /** Records that a policy could not be renewed; completes after the only attempt. */
  public CompletableFuture<Void> recordFailure(String domain, BackOff backOff) {
    StoredFailure failure = mapper.toFailure(backOff);
    return writer
        .awaitedOnClose(writer.run(domain, store -> store.failed(domain, failure)))
        .thenAccept(written -> {});
  }

  /** Records a use of a policy, to be written later. */
  public void recordUse(String domain) {
    if (isPresent) {
      writer.recordUse(domain);
    }
  }

  /** Deletes the row of a domain; empty if the store does not answer. */
  public CompletableFuture<Optional<Boolean>> purge(String domain) {
    writer.forget(domain);
    return writer.write(domain, store -> store.purge(domain));
  }

  /**
   * Deletes rows that expired long ago; not those that expired just now, and not those that had not
   * expired at the newest fetch in the store. This clock may be wrong, and other nodes may still
   * use them.
   */
  public CompletableFuture<Void> purgeExpired() {
    Instant longAgo = clock.instant().minus(KEPT_AFTER_EXPIRY);
    return writer
        .run(
            "expired rows",
            store ->
                store
                    .newestFetch()
                    .map(newest -> newest.isBefore(longAgo) ? newest : longAgo)
                    .ifPresent(store::purgeExpired))
        .thenAccept(done -> {});
  }

  /**
   * Writes recorded uses, and policies that could not be written, as far as the store answers. For
   * the maintenance thread, about every 30 seconds; waits for some seconds at most.
   */
  public void writePending(Function<String, @Nullable CacheEntry> cache) {
    writer.writePending(PENDING_TIMEOUT, cache);
  }

  /**
   * Writes what is left within a time limit, and makes no calls after that. Otherwise a process
   * that ends would lose what it has just fetched. Reports what could not be written.
   */
  public void close(Duration timeout, Function<String, @Nullable CacheEntry> cache) {
    reads.close();
    writer.close(timeout, cache);
  }
}
