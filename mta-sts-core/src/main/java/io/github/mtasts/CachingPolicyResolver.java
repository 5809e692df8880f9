// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.PolicyCache;
import io.github.mtasts.decision.DomainNames;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.refresh.Maintenance;
import io.github.mtasts.resolver.InFlightLookups;
import io.github.mtasts.resolver.LookupFlow.Purpose;
import io.github.mtasts.stored.StoreGateway;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Answers from the cache, and starts a lookup if the cache has no answer. RFC 8461 §5.1 */
final class CachingPolicyResolver implements PolicyResolver {
  private static final int MOST_CHARACTERS_SHOWN = 260;
  private static final Duration STORE_CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final PolicyCache<CacheEntry> cache;
  private final StoreGateway store;
  private final InFlightLookups lookups;
  private final InstantSource clock;
  private final LongSupplier ticker;
  private final Duration timeout;
  private final MxTlsSettings settings;
  private final Executor completions;
  private final Maintenance maintenance;
  private final Runnable onClose;
  private volatile boolean closed;

  /**
   * Starts nothing yet.
   *
   * @param timeout how long a caller waits at most
   * @param completions completes the futures that callers get; never rejects
   */
  CachingPolicyResolver(
      PolicyCache<CacheEntry> cache,
      StoreGateway store,
      InFlightLookups lookups,
      InstantSource clock,
      LongSupplier ticker,
      Duration timeout,
      MxTlsSettings settings,
      Executor completions,
      Maintenance maintenance,
      Runnable onClose) {
    this.cache = cache;
    this.store = store;
    this.lookups = lookups;
    this.clock = clock;
    this.ticker = ticker;
    this.timeout = timeout;
    this.settings = settings;
    this.completions = completions;
    this.maintenance = maintenance;
    this.onClose = onClose;
  }

  @Override
  public Resolution resolve(String domain) {
    requireOpen();
    // A canonical name in the cache needs neither parsing nor a future.
    Resolution cached = fromCache(domain);
    return cached != null ? cached : await(domain, with(domain, this::lookUp));
  }

  @Override
  public CompletableFuture<Resolution> resolveAsync(String domain) {
    requireOpen();
    return forCaller(with(domain, this::lookUp));
  }

  private CompletableFuture<Resolution> lookUp(DomainName name) {
    Resolution cached = fromCache(name.value());
    return cached != null
        ? CompletableFuture.completedFuture(cached)
        : lookups.lookUp(name, Purpose.LOOKUP);
  }

  @Override
  public Resolution recheck(String domain) {
    requireOpen();
    return await(domain, with(domain, name -> lookups.lookUp(name, Purpose.RECHECK)));
  }

  @Override
  public CompletableFuture<Resolution> recheckAsync(String domain) {
    requireOpen();
    return forCaller(with(domain, name -> lookups.lookUp(name, Purpose.RECHECK)));
  }

  /**
   * A future of its own for each caller: one that cancels it must not cancel it for others, and one
   * with a slow dependent step must not hold a thread of the resolver.
   */
  private CompletableFuture<Resolution> forCaller(CompletableFuture<Resolution> shared) {
    return shared.isDone()
        ? shared.copy()
        : shared.thenApplyAsync(Function.identity(), completions);
  }

  @Override
  public PolicyCacheAdmin cache() {
    return new ResolverCacheAdmin(this, cache, store, lookups, clock);
  }

  /** Fetches again, without regard to earlier failures. */
  Resolution refreshNow(String domain) {
    requireOpen();
    return await(domain, with(domain, name -> lookups.lookUp(name, Purpose.FORCED)));
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "resolver: expected an open one, found it closed; close it when the application ends,"
              + " after the last delivery");
    }
  }

  Maintenance maintenance() {
    return maintenance;
  }

  @Override
  public void close() {
    closed = true;
    try {
      // First, so that an interrupted lookup is not reported as a failure or as suspicious.
      lookups.close();
      store.close(STORE_CLOSE_TIMEOUT, cache::get);
    } finally {
      onClose.run();
    }
  }

  private @Nullable Resolution fromCache(String key) {
    CacheEntry entry = cache.get(key);
    if (entry == null) {
      return null;
    }
    long now = ticker.getAsLong();
    if (!entry.answersAt(now)) {
      return null;
    }
    if (entry.resolution() instanceof Resolution.InForce) {
      markUse(key, entry, now);
    }
    if (!entry.isFresh(now)) {
      // The caller does not wait: the entry is checked in the background.
      var unused = lookups.lookUp(DomainName.of(key), Purpose.LOOKUP);
    }
    return entry.resolution();
  }

  private void markUse(String key, CacheEntry entry, long now) {
    if (entry.lastUse().mark(now)) {
      store.recordUse(key);
    }
    if (entry.lastUse().markSecond()) {
      lookups.usedAgain(key);
    }
  }

  private Resolution await(String domain, CompletableFuture<Resolution> result) {
    try {
      return result.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return unanswered(
          domain, Cause.INTERRUPTED, "lookup: expected a result, found the thread interrupted");
    } catch (TimeoutException late) {
      return unanswered(
          domain,
          Cause.BUSY,
          "lookup: expected a result within " + timeout.toSeconds() + " s, found none; try later");
    } catch (ExecutionException failed) {
      return unanswered(
          domain, Cause.INTERNAL_ERROR, "lookup: expected a result, found " + failed.getCause());
    }
  }

  private Resolution unanswered(String domain, Cause cause, String detail) {
    return with(
            domain,
            name ->
                CompletableFuture.completedFuture(lookups.unanswered(name.value(), cause, detail)))
        .join();
  }

  /** RFC 8461 §3.4: address literals have no policy; neither does text that is no domain. */
  private CompletableFuture<Resolution> with(
      String domain, Function<DomainName, CompletableFuture<Resolution>> step) {
    DomainName name;
    try {
      name = DomainNames.parsePolicyDomain(domain);
    } catch (IllegalArgumentException notADomain) {
      return CompletableFuture.completedFuture(
          new Resolution.NoPolicy(
              Excerpt.of(domain, MOST_CHARACTERS_SHOWN),
              Resolution.Reason.NOT_A_DOMAIN,
              String.valueOf(notADomain.getMessage()),
              Optional.empty(),
              settings));
    }
    return step.apply(name);
  }
}
