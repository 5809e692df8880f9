// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.resolver;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.CacheTier;
import io.github.mtasts.cache.PolicyCache;
import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.Source;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.policy.DomainName;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs one lookup at a time for each domain; callers that ask meanwhile share its answer.
 *
 * <p>While a lookup runs, only it writes the domain's cache entry, so no older result replaces a
 * newer one, and an unexpired policy gives way only to a policy. The number of running lookups is
 * bounded; beyond it only the store is asked, and beyond twice the number nothing. A lookup that is
 * overdue is abandoned: the next one replaces it, and a late result is ignored. When a domain is
 * purged, callers that wait get the answer of a new lookup. Thread-safe.
 */
public final class InFlightLookups {
  /** Operators configure this name, which is documented; it is not the name of this class. */
  private static final Logger LOG = System.getLogger("io.github.mtasts.PolicyResolver");

  private static final String CLOSED =
      "lookup: expected an open resolver, found it closed; try again after a restart";

  /** One running lookup; equal to itself only. A lookup that replaces another has its answer. */
  private static final class Lookup {
    final LookupFlow.Purpose purpose;
    final long startedNanos;
    final CompletableFuture<Resolution> answer;

    Lookup(LookupFlow.Purpose purpose, long startedNanos, CompletableFuture<Resolution> answer) {
      this.purpose = purpose;
      this.startedNanos = startedNanos;
      this.answer = answer;
    }
  }

  private final LookupFlow flow;
  private final PolicyCache<CacheEntry> cache;
  private final Function<CacheEntry, CacheTier> tierOf;
  private final LongSupplier ticker;
  private final Executor executor;
  private final int maxRunning;
  private final long overdueNanos;
  private final ConcurrentMap<String, Lookup> running = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Starts nothing yet.
   *
   * @param tierOf selects the cache tier of an entry
   * @param maxRunning how many lookups may run; twice as many for domains with a cached policy, so
   *     that a flood of unknown domains does not prevent their confirmation
   * @param overdue when a running lookup is abandoned
   */
  public InFlightLookups(
      LookupFlow flow,
      PolicyCache<CacheEntry> cache,
      Function<CacheEntry, CacheTier> tierOf,
      LongSupplier ticker,
      Executor executor,
      int maxRunning,
      Duration overdue) {
    this.flow = flow;
    this.cache = cache;
    this.tierOf = tierOf;
    this.ticker = ticker;
    this.executor = executor;
    this.maxRunning = maxRunning;
    this.overdueNanos = overdue.toNanos();
  }

  /**
   * Looks a domain up, or joins its running lookup if that has a suitable purpose. The future is
   * shared: return copies only.
   */
  public CompletableFuture<Resolution> lookUp(DomainName domain, LookupFlow.Purpose purpose) {
    String key = domain.value();
    Lookup other = running.get(key);
    if (other != null && ticker.getAsLong() - other.startedNanos >= overdueNanos) {
      abandon(key, other, Cause.INTERNAL_ERROR, "a running lookup did not end in time");
      other = running.get(key);
    }
    if (other == null) {
      if (closed.get()) {
        return refused(key, Cause.CLOSING, CLOSED);
      }
      Optional<LookupFlow.Purpose> possible = possible(key, purpose);
      if (possible.isEmpty()) {
        return refused(key, Cause.BUSY, "too many lookups are running; try again later");
      }
      Lookup mine = newLookup(possible.get(), new CompletableFuture<>());
      other = running.putIfAbsent(key, mine);
      if (other == null) {
        start(domain, mine, null);
        return mine.answer;
      }
    }
    if (!purpose.needsOwnLookup() || other.purpose == purpose) {
      return other.answer;
    }
    return other.answer.thenComposeAsync(ignored -> lookUp(domain, purpose), executor);
  }

  private Lookup newLookup(LookupFlow.Purpose purpose, CompletableFuture<Resolution> answer) {
    return new Lookup(purpose, ticker.getAsLong(), answer);
  }

  /** What can be done now for this purpose: a whole lookup, a look into the store, or nothing. */
  private Optional<LookupFlow.Purpose> possible(String key, LookupFlow.Purpose purpose) {
    int runningNow = running.size();
    if (runningNow < maxRunning) {
      return Optional.of(purpose);
    }
    if (runningNow >= 2 * (long) maxRunning) {
      return Optional.empty();
    }
    if (cachedPolicy(key).isPresent()) {
      return Optional.of(purpose);
    }
    return flow.hasStore() ? Optional.of(LookupFlow.Purpose.STORED) : Optional.empty();
  }

  private Optional<Resolution.InForce> cachedPolicy(String key) {
    CacheEntry entry = cache.get(key);
    return entry == null ? Optional.empty() : entry.policyAt(ticker.getAsLong());
  }

  /** The answer for a domain that is not looked up: its cached policy, or that it is not known. */
  public Resolution unanswered(String key, Cause cause, String detail) {
    return orCached(key, flow.undetermined().of(key, cause, detail));
  }

  /** A failed lookup takes away no cached policy, but its problem is part of the result. */
  public Resolution orCached(String key, Resolution result) {
    if (result instanceof Resolution.InForce) {
      return result;
    }
    return cachedPolicy(key)
        .<Resolution>map(policy -> policy.with(Source.CACHED_UNCONFIRMED, problem(result)))
        .orElse(result);
  }

  private Optional<Problem> problem(Resolution result) {
    return result
        .problem()
        .or(
            () ->
                result instanceof Resolution.NoPolicy none
                    ? Optional.of(
                        new Problem(
                            Optional.empty(), none.detail(), flow.undetermined().clock().instant()))
                    : Optional.empty());
  }

  private CompletableFuture<Resolution> refused(String key, Cause cause, String detail) {
    flow.events().ownTrouble(cause, detail);
    return CompletableFuture.completedFuture(unanswered(key, cause, detail));
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
      abandon(key, lookup, Cause.CLOSING, CLOSED);
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
      LOG.log(Level.DEBUG, "Lookup of " + key + " failed", bug);
      String detail = "lookup of " + key + ": expected a result, found " + bug;
      flow.events().ownTrouble(Cause.INTERNAL_ERROR, detail + "; please report it");
      abandon(key, lookup, Cause.INTERNAL_ERROR, detail);
      return;
    }
    Lookup next =
        result.next() == LookupResult.Next.LOOKUP && !closed.get()
            ? newLookup(LookupFlow.Purpose.LOOKUP, new CompletableFuture<>())
            : null;
    CacheTier tier = tierOf.apply(result.entry());
    AtomicBoolean isCurrent = new AtomicBoolean();
    // The cache write and the end of the lookup are one atomic step: the next lookup sees the
    // result, and an abandoned lookup writes nothing.
    running.computeIfPresent(
        key,
        (k, current) -> {
          if (current != lookup) {
            return current;
          }
          isCurrent.set(true);
          if (mayReplace(key, result.entry())) {
            cache.put(key, tier, result.entry());
          }
          return next;
        });
    if (!isCurrent.get()) {
      return; // abandoned: its answer is complete, or is that of the lookup that replaces it
    }
    lookup.answer.complete(orCached(key, result.answer()));
    if (next != null) {
      // Passes the entry on, because a full cache may have evicted it already.
      start(DomainName.of(key), next, result.entry());
    }
  }

  /** An unexpired policy gives way only to another one; an import may have added one meanwhile. */
  private boolean mayReplace(String key, CacheEntry entry) {
    return entry.resolution() instanceof Resolution.InForce || cachedPolicy(key).isEmpty();
  }

  /** A second message needs this policy: a flood of domains can no longer evict it. */
  public void usedAgain(String key) {
    running.compute(
        key,
        (k, lookup) -> {
          CacheEntry entry = cache.get(key);
          if (entry != null) {
            cache.put(key, tierOf.apply(entry), entry);
          }
          return lookup;
        });
  }

  /**
   * Removes a domain from the cache, and replaces its running lookup by a new one; returns whether
   * the domain was cached.
   */
  public boolean remove(String key) {
    AtomicBoolean wasCached = new AtomicBoolean();
    // One atomic step, so that no lookup starts with the entry that is being removed.
    @Nullable Lookup replacement =
        running.compute(
            key,
            (k, lookup) -> {
              wasCached.set(cache.remove(key));
              return lookup == null ? null : newLookup(LookupFlow.Purpose.LOOKUP, lookup.answer);
            });
    if (replacement != null) {
      start(DomainName.of(key), replacement, null);
    }
    return wasCached.get();
  }

  /**
   * Caches an imported policy, unless a newer one is cached.
   *
   * @return whether it was cached
   */
  public boolean putIfNewer(String key, CacheEntry entry) {
    CacheTier tier = tierOf.apply(entry);
    AtomicBoolean added = new AtomicBoolean();
    running.compute(
        key,
        (k, lookup) -> {
          if (isNewer(entry, cache.get(key))) {
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

  private void abandon(String key, Lookup lookup, Cause cause, String detail) {
    abandon(key, lookup, unanswered(key, cause, detail));
  }

  private void abandon(String key, Lookup lookup, Resolution answer) {
    if (running.remove(key, lookup)) {
      lookup.answer.complete(answer);
    }
  }

  /** Completes the running lookups; starts no more. */
  public void close() {
    closed.set(true);
    running.forEach((key, lookup) -> abandon(key, lookup, Cause.CLOSING, CLOSED));
  }
}
