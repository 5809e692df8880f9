// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.resolver;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.CacheTier;
import io.github.mtasts.cache.PolicyCache;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.DomainName;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs one lookup at a time for each domain; callers that ask meanwhile share its answer.
 *
 * <p>While a lookup runs, only it writes the domain's cache entry, so no older result replaces a
 * newer one. The number of running lookups is bounded; callers beyond it get a "busy" answer. A
 * lookup that is overdue, because an executor has lost one of its steps, is abandoned: the next one
 * replaces it, and a late result is ignored. Thread-safe.
 */
public final class InFlightLookups {
  /** Operators configure this name, which is documented; it is not the name of this class. */
  private static final Logger LOG = System.getLogger("io.github.mtasts.PolicyResolver");

  /** One running lookup; equal to itself only. */
  private static final class Lookup {
    final LookupFlow.Purpose purpose;
    final long startedNanos;
    final CompletableFuture<Resolution> answer = new CompletableFuture<>();

    Lookup(LookupFlow.Purpose purpose, long startedNanos) {
      this.purpose = purpose;
      this.startedNanos = startedNanos;
    }
  }

  private final LookupFlow flow;
  private final PolicyCache<CacheEntry> cache;
  private final Function<CacheEntry, CacheTier> tierOf;
  private final LongSupplier ticker;
  private final Executor executor;
  private final int maxRunning;
  private final long overdueNanos;
  private final BiFunction<String, String, Resolution> unavailable;
  private final ConcurrentMap<String, Lookup> running = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Starts nothing yet.
   *
   * @param tierOf selects the cache tier of an entry
   * @param maxRunning how many lookups may run; a quarter more for domains with a cached policy, so
   *     that a flood of unknown domains does not prevent their confirmation
   * @param overdue when a running lookup is abandoned
   * @param unavailable makes the answer for a domain from the reason why there is no result
   */
  public InFlightLookups(
      LookupFlow flow,
      PolicyCache<CacheEntry> cache,
      Function<CacheEntry, CacheTier> tierOf,
      LongSupplier ticker,
      Executor executor,
      int maxRunning,
      Duration overdue,
      BiFunction<String, String, Resolution> unavailable) {
    this.flow = flow;
    this.cache = cache;
    this.tierOf = tierOf;
    this.ticker = ticker;
    this.executor = executor;
    this.maxRunning = maxRunning;
    this.overdueNanos = overdue.toNanos();
    this.unavailable = unavailable;
  }

  /** Looks a domain up, or joins its running lookup. The future is shared: return copies only. */
  public CompletableFuture<Resolution> lookUp(DomainName domain) {
    return join(domain, LookupFlow.Purpose.LOOKUP);
  }

  /** As {@link #lookUp}, but does not accept the answer of a lookup with another purpose. */
  public CompletableFuture<Resolution> recheck(DomainName domain) {
    return join(domain, LookupFlow.Purpose.RECHECK);
  }

  /** Renews an unexpired policy, or joins the domain's running lookup. */
  public CompletableFuture<Resolution> refresh(DomainName domain) {
    return join(domain, LookupFlow.Purpose.REFRESH);
  }

  /** As {@link #recheck}, and ignores the back-off. */
  public CompletableFuture<Resolution> force(DomainName domain) {
    return join(domain, LookupFlow.Purpose.FORCED);
  }

  private CompletableFuture<Resolution> join(DomainName domain, LookupFlow.Purpose purpose) {
    String key = domain.value();
    Lookup other = running.get(key);
    if (other != null && ticker.getAsLong() - other.startedNanos >= overdueNanos) {
      abandon(key, other, "the executor has lost a running lookup");
      other = running.get(key);
    }
    if (other == null) {
      if (closed.get()) {
        return refused(key, "the resolver is closed");
      }
      if (isFull(key)) {
        return refused(key, "too many lookups are running; try again later");
      }
      Lookup mine = new Lookup(purpose, ticker.getAsLong());
      other = running.putIfAbsent(key, mine);
      if (other == null) {
        start(domain, mine, null);
        return mine.answer;
      }
    }
    if (!purpose.needsOwnLookup() || other.purpose == purpose) {
      return other.answer;
    }
    return other.answer.thenComposeAsync(ignored -> join(domain, purpose), executor);
  }

  private boolean isFull(String key) {
    int runningNow = running.size();
    if (runningNow < maxRunning) {
      return false;
    }
    CacheEntry entry = cache.get(key);
    boolean hasPolicy = entry != null && entry.policyAt(ticker.getAsLong()).isPresent();
    return !hasPolicy || runningNow - maxRunning > maxRunning / 4;
  }

  private CompletableFuture<Resolution> refused(String key, String reason) {
    return CompletableFuture.completedFuture(unavailable.apply(key, reason));
  }

  /**
   * Starts a lookup. Whatever happens here, the lookup completes: its callers must not wait
   * forever.
   *
   * @param fallback the entry to start from if the cache has none
   */
  private void start(DomainName domain, Lookup lookup, @Nullable CacheEntry fallback) {
    String key = domain.value();
    if (closed.get()) {
      // Checked after the lookup was added, so that either close() or this call abandons it.
      abandon(key, lookup, "the resolver is closed");
      return;
    }
    try {
      CacheEntry cached = cache.get(key);
      CacheEntry before = cached == null ? fallback : cached;
      if (lookup.purpose == LookupFlow.Purpose.LOOKUP && before != null && isUpToDate(before)) {
        // Another lookup completed after the caller read the cache and before this one was added.
        abandon(key, lookup, before.resolution());
        return;
      }
      var unused =
          flow.run(domain, before, lookup.purpose, () -> running.get(key) == lookup)
              .whenComplete((result, bug) -> complete(key, lookup, result, bug));
    } catch (Throwable bug) {
      complete(key, lookup, null, bug);
    }
  }

  private boolean isUpToDate(CacheEntry entry) {
    long now = ticker.getAsLong();
    return entry.answersAt(now) && entry.isFresh(now);
  }

  private void complete(
      String key, Lookup lookup, @Nullable LookupResult result, @Nullable Throwable bug) {
    if (result == null) {
      LOG.log(Level.ERROR, "Lookup of " + key + " failed: internal error; please report it", bug);
      abandon(key, lookup, "an internal error; see the log");
      return;
    }
    Lookup next =
        result.next() == LookupResult.Next.LOOKUP && !closed.get()
            ? new Lookup(LookupFlow.Purpose.LOOKUP, ticker.getAsLong())
            : null;
    CacheTier tier = tierOf.apply(result.entry());
    // The cache write and the end of the lookup are one atomic step: the next lookup sees the
    // result, and an abandoned lookup writes nothing.
    Lookup now =
        running.computeIfPresent(
            key,
            (k, current) -> {
              if (current != lookup) {
                return current;
              }
              cache.put(key, tier, result.entry());
              return next;
            });
    lookup.answer.complete(result.answer());
    if (next != null && now == next) {
      // Passes the entry on, because a full cache may have evicted it already.
      start(DomainName.of(key), next, result.entry());
    }
  }

  /** Removes a domain from the cache and abandons its lookup; returns whether it was cached. */
  public boolean remove(String key) {
    AtomicBoolean wasCached = new AtomicBoolean();
    AtomicReference<Lookup> abandoned = new AtomicReference<>();
    // One atomic step, so that no lookup starts with the entry that is being removed.
    running.compute(
        key,
        (k, lookup) -> {
          wasCached.set(cache.remove(key));
          abandoned.set(lookup);
          return null;
        });
    Lookup lookup = abandoned.get();
    if (lookup != null) {
      abandon(key, lookup, "the domain was purged during its lookup");
    }
    return wasCached.get();
  }

  /**
   * Caches an imported policy, unless a newer one is cached or a lookup is running.
   *
   * @return whether it was cached
   */
  public boolean putIfNewer(String key, CacheEntry entry) {
    CacheTier tier = tierOf.apply(entry);
    AtomicBoolean added = new AtomicBoolean();
    running.compute(
        key,
        (k, lookup) -> {
          if (lookup == null && isNewer(entry, cache.get(key))) {
            cache.put(key, tier, entry);
            added.set(true);
          }
          return lookup;
        });
    return added.get();
  }

  private boolean isNewer(CacheEntry entry, @Nullable CacheEntry cached) {
    return cached == null
        || cached.policyAt(ticker.getAsLong()).isEmpty()
        || cached.inForce().fetchedAt().isBefore(entry.inForce().fetchedAt());
  }

  private void abandon(String key, Lookup lookup, String reason) {
    abandon(key, lookup, unavailable.apply(key, reason));
  }

  private void abandon(String key, Lookup lookup, Resolution answer) {
    running.remove(key, lookup);
    lookup.answer.complete(answer);
  }

  /** Completes the running lookups; starts no more. */
  public void close() {
    closed.set(true);
    running.forEach((key, lookup) -> abandon(key, lookup, "the resolver is closed"));
  }
}
