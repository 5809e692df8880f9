// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import io.github.mtasts.cache.BackOff;
import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.LastUse;
import io.github.mtasts.cache.TtlBounds;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.stored.StoreCalls.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The resolver's access to a {@link PolicyStore}: reads policies that are not cached, and writes
 * fetched policies, failures and uses. Without a store, it does nothing.
 *
 * <p>No method throws. A call to the store ends within its deadline, but may first wait in a queue
 * for some deadlines; see {@link StoreCalls}. A policy that could not be written is written later,
 * as long as it is cached. Thread-safe.
 */
public final class StoreGateway {

  /** Whether this node may fetch a domain's policy now. */
  public enum LeaseState {
    /** It may, and other nodes wait. */
    HELD,
    /** Another node fetches it. */
    TAKEN,
    /** There is no store, or it does not answer: each node fetches for itself. */
    UNKNOWN
  }

  /**
   * The store's answer about a domain.
   *
   * @param isAnswered whether the store answered at all
   * @param entry the unexpired policy, if it has one
   */
  public record StoreAnswer(boolean isAnswered, Optional<CacheEntry> entry) {}

  /** Failed writes and uses beyond this number are not retried. */
  private static final int MAX_PENDING = 100_000;

  /** Uses in one call, and retries at the same time. */
  private static final int BATCH = 500;

  /** The longest lifetime: even with a clock that is a year fast, no valid row is deleted. */
  private static final Duration KEPT_AFTER_EXPIRY = Duration.ofDays(TtlBounds.LONGEST_DAYS);

  private final @Nullable StoreCalls calls;
  private final StoreMapper mapper;
  private final InstantSource clock;
  private final String holder;
  private final Map<String, Instant> uses = new ConcurrentHashMap<>();
  private final Set<String> failedWrites = ConcurrentHashMap.newKeySet();
  private final Map<Object, CompletableFuture<?>> runningWrites = new ConcurrentHashMap<>();
  private final AtomicBoolean retrying = new AtomicBoolean();

  /**
   * Makes no call yet.
   *
   * @param calls calls the store; null if there is none
   * @param holder the name of this resolver in leases
   */
  public StoreGateway(
      @Nullable StoreCalls calls, StoreMapper mapper, InstantSource clock, String holder) {
    this.calls = calls;
    this.mapper = mapper;
    this.clock = clock;
    this.holder = holder;
  }

  /** Whether there is a store. */
  public boolean isPresent() {
    return calls != null;
  }

  /** Finds the unexpired policy of a domain; never exceptional. */
  public CompletableFuture<Optional<CacheEntry>> find(DomainName domain) {
    return query(domain).thenApply(StoreAnswer::entry);
  }

  /** As {@link #find}, and whether the store answered; never exceptional. */
  public CompletableFuture<StoreAnswer> query(DomainName domain) {
    String key = domain.value();
    return call(Kind.READ, store -> store.find(key))
        .thenApply(
            row ->
                new StoreAnswer(
                    row.isPresent(),
                    row.flatMap(Function.identity()).flatMap(r -> mapper.toEntry(key, r))));
  }

  /** Reads the row of a domain, valid or not; empty if the store does not answer. */
  public CompletableFuture<Optional<Optional<StoredRow>>> row(String domain) {
    return call(Kind.READ, store -> store.find(domain));
  }

  /** Converts an entry to the row that would be stored. */
  public StoredPolicy toRow(CacheEntry entry) {
    return mapper.toRow(entry);
  }

  /** Stores an imported row; empty if the store does not answer. */
  public CompletableFuture<Optional<Boolean>> save(StoredPolicy policy) {
    return call(Kind.WRITE, store -> store.save(policy, clock.instant()));
  }

  /** Reads a page of rows; empty if the store does not answer. */
  public CompletableFuture<Optional<List<StoredRow>>> page(String after, int most) {
    return call(Kind.READ, store -> store.list(after, most));
  }

  /** Converts a row to an entry; empty if it has expired or is not plausible. */
  public Optional<CacheEntry> toEntry(StoredRow row) {
    return mapper.toEntry(row.domain(), row);
  }

  /**
   * Writes a policy, now or later; completes after the first attempt, true if the store answered.
   */
  public CompletableFuture<Boolean> save(Resolution.InForce policy, LastUse lastUse) {
    if (calls == null) {
      return CompletableFuture.completedFuture(false);
    }
    StoredPolicy row = mapper.toRow(policy, lastUse);
    return call(Kind.WRITE_RESULT, store -> store.save(row, clock.instant()))
        .thenApply(
            saved -> {
              if (saved.isPresent()) {
                failedWrites.remove(row.domain());
              } else if (failedWrites.size() < MAX_PENDING) {
                failedWrites.add(row.domain());
              }
              return saved.isPresent();
            });
  }

  /** Records that a policy could not be renewed; completes after the attempt. */
  public CompletableFuture<Void> recordFailure(String domain, BackOff backOff) {
    StoredFailure failure = mapper.toFailure(backOff);
    return write(Kind.WRITE_RESULT, store -> store.failed(domain, failure));
  }

  /** Records a use of a policy, to be written later. */
  public void recordUse(String domain) {
    if (calls != null && uses.size() < MAX_PENDING) {
      uses.put(domain, clock.instant());
    }
  }

  /** Requests the lease of a domain. */
  public CompletableFuture<LeaseState> lease(DomainName domain, Duration term) {
    // Reads the clock when the call is made: the term starts then, not when the call is queued.
    return call(Kind.WRITE, store -> store.lease(domain.value(), holder, clock.instant(), term))
        .thenApply(
            held ->
                held.map(mine -> mine ? LeaseState.HELD : LeaseState.TAKEN)
                    .orElse(LeaseState.UNKNOWN));
  }

  /** Ends the lease of a domain. */
  public CompletableFuture<Void> release(DomainName domain) {
    return write(Kind.WRITE_RESULT, store -> store.release(domain.value(), holder));
  }

  /** Extends a lease by another term. */
  public CompletableFuture<Void> extend(DomainName domain, Duration term) {
    return write(
        Kind.WRITE_RESULT, store -> store.lease(domain.value(), holder, clock.instant(), term));
  }

  /** Writes the recorded uses in batches; completes after the last attempt. */
  public CompletableFuture<Void> writeUses() {
    Map<String, Instant> batch = new HashMap<>();
    Iterator<Map.Entry<String, Instant>> all = uses.entrySet().iterator();
    while (batch.size() < BATCH && all.hasNext()) {
      Map.Entry<String, Instant> use = all.next();
      batch.put(use.getKey(), use.getValue());
      all.remove();
    }
    if (batch.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return call(
            Kind.WRITE,
            store -> {
              store.used(batch);
              return true;
            })
        .thenCompose(
            written -> {
              if (written.isPresent()) {
                return writeUses();
              }
              batch.forEach(uses::putIfAbsent);
              return CompletableFuture.completedFuture(null);
            });
  }

  /** Makes {@link #close} wait for a running write. */
  public void awaitOnClose(CompletableFuture<?> writing) {
    Object key = new Object();
    runningWrites.put(key, writing);
    var unused = writing.whenComplete((done, failure) -> runningWrites.remove(key));
  }

  /**
   * Finishes the pending writes within a time limit; makes no calls after that. Otherwise a process
   * that ends would lose what it has just fetched, and leave a lease for which other nodes wait.
   */
  public void close(Duration timeout) {
    awaitOnClose(writeUses());
    boolean written = isDoneWithin(timeout);
    if (calls != null && written) {
      calls.close();
    } else if (calls != null) {
      calls.closeUnfinished();
    }
  }

  private boolean isDoneWithin(Duration timeout) {
    try {
      CompletableFuture.allOf(runningWrites.values().toArray(CompletableFuture[]::new))
          .get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    } catch (TimeoutException late) {
      return false;
    } catch (ExecutionException bug) {
      return true; // calls are never exceptional, and failures are reported elsewhere
    }
  }

  /** Retries failed writes in batches, while the store accepts them. */
  public void retryWrites(Function<String, @Nullable CacheEntry> cache) {
    if (calls != null && calls.isWritable() && retrying.compareAndSet(false, true)) {
      var unused = retryBatch(cache).whenComplete((done, bug) -> retrying.set(false));
    }
  }

  private CompletableFuture<Void> retryBatch(Function<String, @Nullable CacheEntry> cache) {
    List<CompletableFuture<Boolean>> saves = new ArrayList<>();
    for (Iterator<String> all = failedWrites.iterator(); all.hasNext() && saves.size() < BATCH; ) {
      CacheEntry entry = cache.apply(all.next());
      if (entry == null || !(entry.resolution() instanceof Resolution.InForce policy)) {
        all.remove();
      } else {
        saves.add(save(policy, entry.lastUse()));
      }
    }
    return CompletableFuture.allOf(saves.toArray(CompletableFuture[]::new))
        .thenCompose(
            done ->
                saves.stream().anyMatch(CompletableFuture::join)
                    ? retryBatch(cache)
                    : CompletableFuture.completedFuture(null));
  }

  /** Deletes the row of a domain; empty if the store does not answer. */
  public CompletableFuture<Optional<Boolean>> purge(String domain) {
    uses.remove(domain);
    failedWrites.remove(domain);
    return call(Kind.WRITE, store -> store.purge(domain));
  }

  /**
   * Deletes rows that expired long ago. Not those that expired just now: this node's clock may be
   * wrong, and other nodes may still use them.
   */
  public CompletableFuture<Void> purgeExpired() {
    Instant longAgo = clock.instant().minus(KEPT_AFTER_EXPIRY);
    return write(Kind.WRITE, store -> store.purgeExpired(longAgo));
  }

  private CompletableFuture<Void> write(Kind kind, Consumer<PolicyStore> call) {
    return call(
            kind,
            store -> {
              call.accept(store);
              return true;
            })
        .thenAccept(done -> {});
  }

  private <T> CompletableFuture<Optional<T>> call(Kind kind, Function<PolicyStore, T> call) {
    return calls == null
        ? CompletableFuture.completedFuture(Optional.empty())
        : calls.call(kind, call);
  }
}
