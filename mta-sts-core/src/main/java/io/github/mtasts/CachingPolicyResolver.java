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

/** Answers from memory where it can, and sends a flight where it cannot. RFC 8461 §5.1 */
final class CachingPolicyResolver implements PolicyResolver {
  private static final int NAME_SHOWN = 260;
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final PolicyCache<CacheEntry> memory;
  private final StoreGateway archive;
  private final InFlightLookups flights;
  private final InstantSource clock;
  private final LongSupplier ticker;
  private final Duration patience;
  private final MxTlsSettings settings;
  private final WhenUnavailable whenUnavailable;
  private final Maintenance upkeep;
  private final Runnable closing;

  CachingPolicyResolver(
      PolicyCache<CacheEntry> memory,
      StoreGateway archive,
      Function<BiFunction<String, String, Resolution>, InFlightLookups> flights,
      InstantSource clock,
      LongSupplier ticker,
      Duration patience,
      MxTlsSettings settings,
      WhenUnavailable whenUnavailable,
      Function<InFlightLookups, Maintenance> upkeep,
      Runnable closing) {
    this.memory = memory;
    this.archive = archive;
    this.clock = clock;
    this.ticker = ticker;
    this.patience = patience;
    this.settings = settings;
    this.whenUnavailable = whenUnavailable;
    this.closing = closing;
    this.flights = flights.apply(this::unavailable);
    this.upkeep = upkeep.apply(this.flights);
  }

  @Override
  public Resolution resolve(String domain) {
    // A canonical name that is known needs neither parsing nor a future.
    Resolution known = fromMemory(domain);
    return known != null ? known : await(domain, resolveAsync(domain));
  }

  @Override
  public CompletableFuture<Resolution> resolveAsync(String domain) {
    return with(
        domain,
        name -> {
          Resolution known = fromMemory(name.value());
          // A copy, because whoever cancels it must not cancel it for the others.
          return known != null
              ? CompletableFuture.completedFuture(known)
              : flights.look(name).copy();
        });
  }

  @Override
  public Resolution recheck(String domain) {
    return await(domain, recheckAsync(domain));
  }

  @Override
  public CompletableFuture<Resolution> recheckAsync(String domain) {
    return with(
        domain, name -> flights.recheck(name).thenApply(seen -> orRemembered(name.value(), seen)));
  }

  @Override
  public PolicyCacheAdmin cache() {
    return new ResolverCacheAdmin(this, memory, archive, flights, clock);
  }

  /** Fetches anew, whatever has failed before. */
  Resolution refreshNow(String domain) {
    return await(
        domain,
        with(
            domain,
            name -> flights.force(name).thenApply(seen -> orRemembered(name.value(), seen))));
  }

  Maintenance upkeep() {
    return upkeep;
  }

  @Override
  public void close() {
    try {
      // First, so that what is cut off now is taken for nobody's failure and nobody's attack.
      flights.close();
      archive.close(CLOSING);
    } finally {
      closing.run();
    }
  }

  private @Nullable Resolution fromMemory(String key) {
    CacheEntry known = memory.get(key);
    if (known == null) {
      return null;
    }
    long now = ticker.getAsLong();
    if (!known.answersAt(now)) {
      return null;
    }
    if (known.resolution() instanceof Resolution.InForce && known.usage().mark(now)) {
      archive.used(key);
    }
    if (!known.isFresh(now)) {
      // A question about a known domain never waits: the answer is checked behind its back.
      var unused = flights.look(DomainName.of(key));
    }
    return known.resolution();
  }

  /** Not having been able to look takes away nothing that is known, but is told. */
  private Resolution orRemembered(String key, Resolution seen) {
    if (seen.policy().isPresent()) {
      return seen;
    }
    CacheEntry known = memory.get(key);
    return known == null
        ? seen
        : known
            .policyAt(ticker.getAsLong())
            .<Resolution>map(
                policy ->
                    policy.with(Resolution.Source.CACHED_UNCONFIRMED, Optional.of(problem(seen))))
            .orElse(seen);
  }

  private Problem problem(Resolution unseen) {
    return unseen
        .problem()
        .orElseGet(
            () ->
                new Problem(
                    Optional.empty(), ((Resolution.NoPolicy) unseen).detail(), clock.instant()));
  }

  private Resolution await(String domain, CompletableFuture<Resolution> answer) {
    try {
      return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return rememberedOr(domain, "the thread was interrupted while waiting");
    } catch (TimeoutException | ExecutionException late) {
      return rememberedOr(domain, "no outcome within " + patience);
    }
  }

  private Resolution rememberedOr(String domain, String detail) {
    return with(
            domain,
            name ->
                CompletableFuture.completedFuture(
                    orRemembered(name.value(), unavailable(name.value(), detail))))
        .join();
  }

  /** RFC 8461 §3.4: no policy for address literals; nor for what is no domain at all. */
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
        Excerpt.of(domain, NAME_SHOWN),
        reason,
        detail,
        Optional.empty(),
        whenUnavailable,
        settings);
  }
}
