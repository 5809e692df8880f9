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
 * The resolver's side of a {@link PolicyStore}: what it knows is asked for on first need, and what
 * is learned is written through; without a store, nothing happens.
 *
 * <p>Nothing here throws or waits longer than the deadline of the calls. What could not be written
 * is written later, as long as it is in memory.
 */
public final class StoreGateway {

  /** Whether this node may fetch a domain's policy now. */
  public enum Lease {
    /** It may, and the others wait. */
    HELD,
    /** Another node does. */
    TAKEN,
    /** There is no store, or it does not answer: every node for itself. */
    UNKNOWN
  }

  /**
   * What a store says of a domain.
   *
   * @param isAnswer whether it says anything
   * @param knowledge the policy in force
   */
  public record Recalled(boolean isAnswer, Optional<CacheEntry> knowledge) {}

  /** More than this is not written again but at its next fetch. */
  private static final int MOST_UNWRITTEN = 100_000;

  /** So many rows in one call, or calls in one go. */
  private static final int BATCH = 500;

  /** As long as the longest life, so that a clock that is a year fast loses nothing. */
  private static final Duration KEPT_AFTER_EXPIRY = Duration.ofDays(TtlBounds.LONGEST_DAYS);

  private final @Nullable StoreCalls calls;
  private final StoreMapper form;
  private final InstantSource clock;
  private final String holder;
  private final Map<String, Instant> used = new ConcurrentHashMap<>();
  private final Set<String> unwritten = ConcurrentHashMap.newKeySet();
  private final Map<Object, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
  private final AtomicBoolean writingLate = new AtomicBoolean();

  /**
   * Sets up the archive.
   *
   * @param calls null if there is no store
   * @param holder names this resolver in leases
   */
  public StoreGateway(
      @Nullable StoreCalls calls, StoreMapper form, InstantSource clock, String holder) {
    this.calls = calls;
    this.form = form;
    this.clock = clock;
    this.holder = holder;
  }

  public boolean isPresent() {
    return calls != null;
  }

  /** What the store knows of a domain, if it is in force; never exceptional. */
  public CompletableFuture<Optional<CacheEntry>> find(DomainName domain) {
    return recall(domain).thenApply(Recalled::knowledge);
  }

  /** As {@link #find}, and whether the store was heard at all; never exceptional. */
  public CompletableFuture<Recalled> recall(DomainName domain) {
    String key = domain.value();
    return call(Kind.READING, store -> store.find(key))
        .thenApply(
            row ->
                new Recalled(
                    row.isPresent(),
                    row.flatMap(Function.identity()).flatMap(r -> form.revive(key, r))));
  }

  /** The row of a domain, whatever it is like; empty if the store does not answer. */
  public CompletableFuture<Optional<Optional<StoredRow>>> row(String domain) {
    return call(Kind.READING, store -> store.find(domain));
  }

  /** The row that would be stored. */
  public StoredPolicy row(CacheEntry known) {
    return form.row(known);
  }

  /** Stores a row from elsewhere; empty if the store does not answer. */
  public CompletableFuture<Optional<Boolean>> save(StoredPolicy policy) {
    return call(Kind.WRITING, store -> store.save(policy, clock.instant()));
  }

  /** The rows of a page; empty if the store does not answer. */
  public CompletableFuture<Optional<List<StoredRow>>> page(String after, int most) {
    return call(Kind.READING, store -> store.list(after, most));
  }

  public Optional<CacheEntry> revive(StoredRow row) {
    return form.revive(row.domain(), row);
  }

  /** Writes what is in force, now or later; completes when the attempt is over. */
  public CompletableFuture<Boolean> save(Resolution.InForce policy, LastUse usage) {
    if (calls == null) {
      return CompletableFuture.completedFuture(false);
    }
    StoredPolicy row = form.row(policy, usage);
    return call(Kind.LANDING, store -> store.save(row, clock.instant()))
        .thenApply(
            saved -> {
              if (saved.isPresent()) {
                unwritten.remove(row.domain());
              } else if (unwritten.size() < MOST_UNWRITTEN) {
                unwritten.add(row.domain());
              }
              return saved.isPresent();
            });
  }

  /** Notes that a policy could not be renewed; completes when the attempt is over. */
  public CompletableFuture<Void> failed(String domain, BackOff backOff) {
    StoredFailure failure = form.failure(backOff);
    return write(Kind.LANDING, store -> store.failed(domain, failure));
  }

  /** Notes a use, to be written with others. */
  public void used(String domain) {
    if (calls != null && used.size() < MOST_UNWRITTEN) {
      used.put(domain, clock.instant());
    }
  }

  public CompletableFuture<Lease> lease(DomainName domain, Duration term) {
    // The time of the call, not of its place in a line: the term begins when others are kept out.
    return call(Kind.WRITING, store -> store.lease(domain.value(), holder, clock.instant(), term))
        .thenApply(held -> held.map(mine -> mine ? Lease.HELD : Lease.TAKEN).orElse(Lease.UNKNOWN));
  }

  public CompletableFuture<Void> release(DomainName domain) {
    return write(Kind.LANDING, store -> store.release(domain.value(), holder));
  }

  /** Keeps a lease for another term. */
  public CompletableFuture<Void> prolong(DomainName domain, Duration term) {
    return write(Kind.LANDING, store -> store.lease(domain.value(), holder, clock.instant(), term));
  }

  /** Writes the uses noted so far, some at a time; completes when the attempt is over. */
  public CompletableFuture<Void> writeUses() {
    Map<String, Instant> batch = new HashMap<>();
    Iterator<Map.Entry<String, Instant>> all = used.entrySet().iterator();
    while (batch.size() < BATCH && all.hasNext()) {
      Map.Entry<String, Instant> use = all.next();
      batch.put(use.getKey(), use.getValue());
      all.remove();
    }
    if (batch.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return call(
            Kind.WRITING,
            store -> {
              store.used(batch);
              return true;
            })
        .thenCompose(
            written -> {
              if (written.isPresent()) {
                return writeUses();
              }
              batch.forEach(used::putIfAbsent);
              return CompletableFuture.completedFuture(null);
            });
  }

  /** Has {@link #close} wait for something that is being written. */
  public void untilDone(CompletableFuture<?> writing) {
    Object key = new Object();
    underWay.put(key, writing);
    var unused = writing.whenComplete((done, trouble) -> underWay.remove(key));
  }

  /**
   * Writes what is left to write, if the store lets it within the time, and then no more. A process
   * that ends would otherwise lose what it has just learned, and leave a lease for which others
   * wait.
   */
  public void close(Duration patience) {
    untilDone(writeUses());
    boolean written = isDoneWithin(patience);
    if (calls != null && written) {
      calls.close();
    } else if (calls != null) {
      calls.giveUp();
    }
  }

  private boolean isDoneWithin(Duration patience) {
    try {
      CompletableFuture.allOf(underWay.values().toArray(CompletableFuture[]::new))
          .get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    } catch (TimeoutException late) {
      return false;
    } catch (ExecutionException flaw) {
      return true; // calls are never exceptional: what the store has refused is told elsewhere
    }
  }

  /** Writes again what could not be written, while it can, some at a time. */
  public void writeLate(Function<String, @Nullable CacheEntry> memory) {
    if (calls != null && calls.isWritable() && writingLate.compareAndSet(false, true)) {
      var unused = writeSomeLate(memory).whenComplete((done, flaw) -> writingLate.set(false));
    }
  }

  private CompletableFuture<Void> writeSomeLate(Function<String, @Nullable CacheEntry> memory) {
    List<CompletableFuture<Boolean>> saves = new ArrayList<>();
    for (Iterator<String> all = unwritten.iterator(); all.hasNext() && saves.size() < BATCH; ) {
      CacheEntry known = memory.apply(all.next());
      if (known == null || !(known.resolution() instanceof Resolution.InForce policy)) {
        all.remove();
      } else {
        saves.add(save(policy, known.usage()));
      }
    }
    return CompletableFuture.allOf(saves.toArray(CompletableFuture[]::new))
        .thenCompose(
            over ->
                saves.stream().anyMatch(CompletableFuture::join)
                    ? writeSomeLate(memory)
                    : CompletableFuture.completedFuture(null));
  }

  public CompletableFuture<Optional<Boolean>> purge(String domain) {
    used.remove(domain);
    unwritten.remove(domain);
    return call(Kind.WRITING, store -> store.purge(domain));
  }

  /**
   * Has the store forget what expired long ago: this node's clock may be wrong, and what it takes
   * for expired is what the others live on.
   */
  public CompletableFuture<Void> purgeExpired() {
    Instant longAgo = clock.instant().minus(KEPT_AFTER_EXPIRY);
    return write(Kind.WRITING, store -> store.purgeExpired(longAgo));
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
