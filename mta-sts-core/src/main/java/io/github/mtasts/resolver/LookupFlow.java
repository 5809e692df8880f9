// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.resolver;

import io.github.mtasts.cache.BackOff;
import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.TtlBounds;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.discovery.record.RecordDiscovery;
import io.github.mtasts.fetch.FetchResult;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.stored.StoreGateway;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One lookup of one domain: store, DNS and fetch, from the old cache entry to the new one.
 *
 * <p>RFC 8461 §5.1 step 1. No failure on the way removes an unexpired policy. Thread-safe.
 */
public final class LookupFlow {

  /** Why a lookup is made. */
  public enum Purpose {
    /** A message is to be sent, or the DNS answer has passed its TTL. */
    LOOKUP,
    /** A delivery is about to fail: is there a newer policy? RFC 8461 §5.1 step 3 */
    RECHECK,
    /** A policy must be renewed before it expires. RFC 8461 §10.2 */
    REFRESH,
    /** An operator requests a fetch now. */
    FORCED,
    /** The resolver is overloaded: only the store is asked. */
    STORED;

    /** Whether it needs a lookup of its own, even if another one is running. */
    boolean needsOwnLookup() {
      return this == RECHECK || this == FORCED;
    }
  }

  private final RecordDiscovery discovery;
  private final StoreGateway gateway;
  private final FleetFetch fleetFetch;
  private final UndeterminedAnswers undetermined;
  private final Duration writeWait;
  private final LookupResults results;
  private final TransitionEvents events;
  private final LongSupplier ticker;
  private final Executor executor;

  /**
   * Starts nothing yet.
   *
   * @param writeWait how long an answer waits until a fetched policy is stored
   */
  public LookupFlow(
      RecordDiscovery discovery,
      StoreGateway gateway,
      FleetFetch fleetFetch,
      TtlBounds ttlBounds,
      BackOff.Schedule backOff,
      UndeterminedAnswers undetermined,
      Duration writeWait,
      LongSupplier ticker,
      Executor executor) {
    this.discovery = discovery;
    this.gateway = gateway;
    this.fleetFetch = fleetFetch;
    this.undetermined = undetermined;
    this.writeWait = writeWait;
    this.events = new TransitionEvents(undetermined.settings().listener());
    this.results = new LookupResults(gateway, ttlBounds, backOff, undetermined, events);
    this.ticker = ticker;
    this.executor = executor;
  }

  /** The answers about domains that could not be looked up. */
  UndeterminedAnswers undetermined() {
    return undetermined;
  }

  TransitionEvents events() {
    return events;
  }

  boolean hasStore() {
    return gateway.isPresent();
  }

  /**
   * Runs a lookup.
   *
   * @param before the cached entry; null if there is none
   * @param wanted false once the lookup is abandoned; it then reports no events
   */
  CompletableFuture<LookupResult> run(
      DomainName domain, @Nullable CacheEntry before, Purpose purpose, BooleanSupplier wanted) {
    LookupState state = LookupState.start(domain, before, wanted, ticker.getAsLong());
    return state.policy().isPresent() || !gateway.isPresent()
        ? discover(state, purpose)
        : gateway
            .find(domain)
            .thenComposeAsync(
                answer -> afterStore(state.at(ticker.getAsLong()), answer, purpose), executor);
  }

  private CompletableFuture<LookupResult> afterStore(
      LookupState state, StoreGateway.Answer answer, Purpose purpose) {
    if (answer instanceof StoreGateway.Answer.Found found) {
      // A stored policy is returned at once and checked in the background.
      return switch (purpose) {
        case LOOKUP -> done(fromStore(state, found.entry(), LookupResult.Next.LOOKUP));
        case STORED -> done(fromStore(state, found.entry(), LookupResult.Next.NOTHING));
        case RECHECK, REFRESH, FORCED ->
            discover(state.orStored(Optional.of(found.entry())), purpose);
      };
    }
    if (purpose == Purpose.STORED) {
      return done(results.overloaded(state));
    }
    if (answer instanceof StoreGateway.Answer.Unknown unknown) {
      return discover(state.withoutStore(unknown), purpose);
    }
    return purpose == Purpose.LOOKUP && state.isNoPolicyUntilRecordEnds()
        ? done(results.stillNoPolicy(state))
        : discover(state, purpose);
  }

  /** A message needs this policy now, and has not found it in the cache. */
  private LookupResult fromStore(LookupState state, CacheEntry stored, LookupResult.Next next) {
    if (stored.lastUse().mark(state.nowNanos())) {
      gateway.recordUse(state.domain().value());
    }
    return new LookupResult(stored.resolution(), stored, next);
  }

  private static CompletableFuture<LookupResult> done(LookupResult result) {
    return CompletableFuture.completedFuture(result);
  }

  private CompletableFuture<LookupResult> discover(LookupState state, Purpose purpose) {
    return discovery
        .discover(state.domain())
        .handle(
            (found, failure) -> failure == null ? state.answered(found) : notAsked(state, failure))
        .thenComposeAsync(found -> afterDiscovery(found.at(ticker.getAsLong()), purpose), executor);
  }

  /** DNS could not be asked, for a reason on our side. */
  private LookupState notAsked(LookupState state, Throwable failure) {
    Throwable reason =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    Cause cause = reason instanceof RejectedExecutionException ? Cause.BUSY : Cause.INTERNAL_ERROR;
    String detail = "DNS: expected to send a query, found " + Excerpt.of(reason.toString());
    events.ownTrouble(cause, detail);
    return state.unanswered(cause, detail);
  }

  private CompletableFuture<LookupResult> afterDiscovery(LookupState state, Purpose purpose) {
    events.recordChecked(state);
    events.expired(state, false);
    Optional<String> id =
        switch (purpose) {
          case LOOKUP, STORED -> state.idToFetch();
          case RECHECK -> state.idToRecheck();
          case REFRESH -> state.idToRefresh();
          case FORCED -> state.currentId();
        };
    if (id.isEmpty()) {
      return done(results.withoutFetch(state));
    }
    boolean hadExpired = state.before() != null && state.policy().isEmpty();
    return fleetFetch
        .fetch(state, id.get(), purpose)
        .thenComposeAsync(
            outcome -> {
              LookupState later = state.at(ticker.getAsLong());
              events.expired(later, hadExpired);
              return outcome instanceof FleetFetch.Outcome.FromHost fromHost
                  ? fromHost(
                      later.orStored(fromHost.stored()), id.get(), fromHost.result(), purpose)
                  : done(results.adopted(later, ((FleetFetch.Outcome.FromStore) outcome).entry()));
            },
            executor);
  }

  /**
   * A fetched policy is stored before it is returned, if that takes little time: a process that is
   * killed right after its first answer still knows the policy when it starts again.
   */
  private CompletableFuture<LookupResult> fromHost(
      LookupState state, String id, FetchResult fetched, Purpose purpose) {
    LookupResult result = results.afterFetch(state, id, fetched, purpose);
    if (!state.wanted().getAsBoolean()) {
      return done(result);
    }
    CompletableFuture<Void> stored = fleetFetch.publish(fetched, result.entry());
    return stored.isDone() || !(fetched instanceof FetchResult.Fetched)
        ? done(result)
        : stored
            .copy()
            .completeOnTimeout(null, writeWait.toNanos(), TimeUnit.NANOSECONDS)
            .thenApplyAsync(done -> result, executor);
  }
}
