// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.PolicyCache;
import io.github.mtasts.decision.DomainNames;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.WhenUnavailable;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.refresh.Maintenance;
import io.github.mtasts.resolver.InFlightLookups;
import io.github.mtasts.stored.StoreGateway;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
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
  private final WhenUnavailable whenUnavailable;
  private final Maintenance maintenance;
  private final Runnable onClose;

  CachingPolicyResolver(
      PolicyCache<CacheEntry> cache,
      StoreGateway store,
      Function<BiFunction<String, String, Resolution>, InFlightLookups> lookups,
      InstantSource clock,
      LongSupplier ticker,
      Duration timeout,
      MxTlsSettings settings,
      WhenUnavailable whenUnavailable,
      Function<InFlightLookups, Maintenance> maintenance,
      Runnable onClose) {
    this.cache = cache;
    this.store = store;
    this.clock = clock;
    this.ticker = ticker;
    this.timeout = timeout;
    this.settings = settings;
    this.whenUnavailable = whenUnavailable;
    this.onClose = onClose;
    this.lookups = lookups.apply(this::unavailable);
    this.maintenance = maintenance.apply(this.lookups);
  }

  @Override
  public Resolution resolve(String domain) {
    // A canonical name in the cache needs neither parsing nor a future.
    Resolution cached = fromCache(domain);
    return cached != null ? cached : await(domain, resolveAsync(domain));
  }

  @Override
  public CompletableFuture<Resolution> resolveAsync(String domain) {
    return with(
        domain,
        name -> {
          Resolution cached = fromCache(name.value());
          // A copy: a caller that cancels it must not cancel it for others.
          return cached != null
              ? CompletableFuture.completedFuture(cached)
              : lookups.lookUp(name).copy();
        });
  }

  @Override
  public Resolution recheck(String domain) {
    return await(domain, recheckAsync(domain));
  }

  @Override
  public CompletableFuture<Resolution> recheckAsync(String domain) {
    return with(
        domain, name -> lookups.recheck(name).thenApply(result -> orCached(name.value(), result)));
  }

  @Override
  public PolicyCacheAdmin cache() {
    return new ResolverCacheAdmin(this, cache, store, lookups, clock);
  }

  /** Fetches again, without regard to earlier failures. */
  Resolution refreshNow(String domain) {
    return await(
        domain,
        with(
            domain,
            name -> lookups.force(name).thenApply(result -> orCached(name.value(), result))));
  }

  Maintenance maintenance() {
    return maintenance;
  }

  @Override
  public void close() {
    try {
      // First, so that an interrupted lookup is not reported as a failure or as suspicious.
      lookups.close();
      store.close(STORE_CLOSE_TIMEOUT);
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
    if (entry.resolution() instanceof Resolution.InForce && entry.lastUse().mark(now)) {
      store.recordUse(key);
    }
    if (!entry.isFresh(now)) {
      // The caller does not wait: the entry is checked in the background.
      var unused = lookups.lookUp(DomainName.of(key));
    }
    return entry.resolution();
  }

  /** A failed lookup takes away no cached policy, but its problem is part of the result. */
  private Resolution orCached(String key, Resolution result) {
    if (result.policy().isPresent()) {
      return result;
    }
    CacheEntry entry = cache.get(key);
    return entry == null
        ? result
        : entry
            .policyAt(ticker.getAsLong())
            .<Resolution>map(
                policy ->
                    policy.with(Resolution.Source.CACHED_UNCONFIRMED, Optional.of(problem(result))))
            .orElse(result);
  }

  private Problem problem(Resolution result) {
    return result
        .problem()
        .orElseGet(
            () ->
                new Problem(
                    Optional.empty(), ((Resolution.NoPolicy) result).detail(), clock.instant()));
  }

  private Resolution await(String domain, CompletableFuture<Resolution> result) {
    try {
      return result.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return cachedOr(domain, "the thread was interrupted while waiting");
    } catch (TimeoutException | ExecutionException failed) {
      return cachedOr(domain, "no outcome within " + timeout);
    }
  }

  private Resolution cachedOr(String domain, String detail) {
    return with(
            domain,
            name ->
                CompletableFuture.completedFuture(
                    orCached(name.value(), unavailable(name.value(), detail))))
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
          noPolicy(
              domain, Resolution.Reason.NOT_A_DOMAIN, String.valueOf(notADomain.getMessage())));
    }
    return step.apply(name);
  }

  private Resolution unavailable(String domain, String detail) {
    return noPolicy(domain, Resolution.Reason.DNS_UNAVAILABLE, detail);
  }

  private Resolution noPolicy(String domain, Resolution.Reason reason, String detail) {
    return new Resolution.NoPolicy(
        Excerpt.of(domain, MOST_CHARACTERS_SHOWN),
        reason,
        detail,
        Optional.empty(),
        whenUnavailable,
        settings);
  }
}
