// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.LastUse;
import io.github.mtasts.decision.OwnTrouble;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.RowRefusedException;
import io.github.mtasts.store.StoredPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a store, and remembers what could not be written: the names of policies, whose entries
 * are then read from the cache again, and the times of last use. Thread-safe.
 */
final class StoreWriter {
  /** Failed writes and uses beyond this number are not written later. */
  private static final int MAX_PENDING = 100_000;

  /** Uses in one call, and policies written at the same time. */
  private static final int BATCH = 500;

  private final StoreCalls calls;
  private final StoreMapper mapper;
  private final ResolverListener listener;
  private final InstantSource clock;
  private final Map<String, Instant> uses = new ConcurrentHashMap<>();
  private final Set<String> unwritten = ConcurrentHashMap.newKeySet();
  private final Map<Object, CompletableFuture<?>> running = new ConcurrentHashMap<>();

  StoreWriter(
      StoreCalls calls, StoreMapper mapper, ResolverListener listener, InstantSource clock) {
    this.calls = calls;
    this.mapper = mapper;
    this.listener = listener;
    this.clock = clock;
  }

  /**
   * Calls the store. A row that it refuses is reported and not written again.
   *
   * @return what the call returned, false for a refused row; empty if the store did not answer
   */
  CompletableFuture<Optional<Boolean>> write(String subject, Predicate<PolicyStore> call) {
    return calls.call(
        store -> {
          try {
            return Optional.of(call.test(store));
          } catch (RowRefusedException refused) {
            String detail = subject + ": " + StoreCalls.detail(refused);
            listener.ownTrouble(OwnTrouble.ROW_REFUSED, detail);
            return Optional.of(false);
          }
        },
        unknown -> Optional.empty());
  }

  /** As {@link #write}, for a call that returns nothing. */
  CompletableFuture<Optional<Boolean>> run(String subject, Consumer<PolicyStore> call) {
    return write(
        subject,
        store -> {
          call.accept(store);
          return true;
        });
  }

  /** Writes a policy, now or later; completes after the first attempt, true if it was answered. */
  CompletableFuture<Boolean> save(Resolution.InForce policy, LastUse lastUse) {
    StoredPolicy row = mapper.toRow(policy, lastUse);
    return awaitedOnClose(
        write(row.domain(), store -> store.save(row, clock.instant()))
            .thenApply(
                saved -> {
                  if (saved.isPresent()) {
                    unwritten.remove(row.domain());
                  } else if (unwritten.size() < MAX_PENDING) {
                    unwritten.add(row.domain());
                  }
                  return saved.isPresent();
                }));
  }

  Optional<String> trouble() {
    return calls.trouble();
  }

  /** Records a use, to be written later. */
  void recordUse(String domain) {
    if (uses.size() < MAX_PENDING) {
      uses.put(domain, clock.instant());
    }
  }

  /** Drops what is pending about a domain. */
  void forget(String domain) {
    uses.remove(domain);
    unwritten.remove(domain);
  }

  /** Makes {@link #close} wait for a write. */
  <T> CompletableFuture<T> awaitedOnClose(CompletableFuture<T> write) {
    Object key = new Object();
    running.put(key, write);
    var unused = write.whenComplete((done, failure) -> running.remove(key));
    return write;
  }

  /** Writes what is pending, as long as the store answers and time is left; waits for that. */
  void writePending(Duration timeout, Function<String, @Nullable CacheEntry> cache) {
    long end = System.nanoTime() + timeout.toNanos();
    boolean isAnswered = true;
    while (isAnswered && !uses.isEmpty()) {
      isAnswered = writeUses(end);
    }
    isAnswered = true;
    while (isAnswered && !unwritten.isEmpty()) {
      isAnswered = writePolicies(end, cache);
    }
  }

  private boolean writeUses(long end) {
    Map<String, Instant> batch = new HashMap<>();
    uses.entrySet().stream().limit(BATCH).forEach(e -> batch.put(e.getKey(), e.getValue()));
    CompletableFuture<Optional<Boolean>> written =
        run("times of last use", store -> store.used(batch));
    boolean isWritten = isDoneBy(end, written) && written.join().isPresent();
    if (isWritten) {
      batch.forEach(uses::remove); // a later use stays
    }
    return isWritten;
  }

  private boolean writePolicies(long end, Function<String, @Nullable CacheEntry> cache) {
    List<CompletableFuture<Boolean>> saves = new ArrayList<>();
    for (String domain : unwritten.stream().limit(BATCH).toList()) {
      CacheEntry entry = cache.apply(domain);
      if (entry != null && entry.resolution() instanceof Resolution.InForce policy) {
        saves.add(save(policy, entry.lastUse()));
      } else {
        unwritten.remove(domain);
      }
    }
    // Any: the first may be the trial call that closes the circuit breaker for the others.
    return isDoneBy(end, CompletableFuture.allOf(saves.toArray(CompletableFuture[]::new)))
        && (saves.isEmpty() || saves.stream().anyMatch(CompletableFuture::join));
  }

  /** Writes what is left and makes no calls after that; reports what could not be written. */
  void close(Duration timeout, Function<String, @Nullable CacheEntry> cache) {
    long end = System.nanoTime() + timeout.toNanos();
    calls.retryNow();
    boolean isDone =
        isDoneBy(end, CompletableFuture.allOf(running.values().toArray(CompletableFuture[]::new)));
    writePending(Duration.ofNanos(Math.max(0, end - System.nanoTime())), cache);
    calls.close();
    if (!isDone || !unwritten.isEmpty()) {
      listener.storeFailed(
          "writing", "the resolver was closed before all results were written; they may be lost");
    }
  }

  private static boolean isDoneBy(long end, CompletableFuture<?> writes) {
    try {
      writes.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    } catch (TimeoutException | ExecutionException unfinished) {
      return false;
    }
  }
}
