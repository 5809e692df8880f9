// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.resolver;

import io.github.mtasts.cache.BackOff;
import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.FetchHistory;
import io.github.mtasts.cache.TtlBounds;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.Suspicion;
import io.github.mtasts.decision.WhenUnavailable;
import io.github.mtasts.discovery.record.RecordDiscovery;
import io.github.mtasts.fetch.FetchResult;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.RecordAnswer;
import io.github.mtasts.policy.RecordAnswer.Status;
import io.github.mtasts.stored.StoreGateway;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
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
  enum Purpose {
    /** A message is to be sent, or the DNS answer has passed its TTL. */
    LOOKUP,
    /** A delivery is about to fail: is there a newer policy? RFC 8461 §5.1 step 3 */
    RECHECK,
    /** A policy must be renewed before it expires. RFC 8461 §10.2 */
    REFRESH,
    /** An operator requests a fetch now. */
    FORCED;

    /** Whether it needs a lookup of its own, even if another one is running. */
    boolean needsOwnLookup() {
      return this == RECHECK || this == FORCED;
    }
  }

  private final RecordDiscovery discovery;
  private final StoreGateway gateway;
  private final FleetFetch fleetFetch;
  private final TtlBounds ttlBounds;
  private final BackOff.Schedule backOff;
  private final WhenUnavailable whenUnavailable;
  private final MxTlsSettings settings;
  private final TransitionEvents events;
  private final InstantSource clock;
  private final LongSupplier ticker;
  private final Executor executor;

  public LookupFlow(
      RecordDiscovery discovery,
      StoreGateway gateway,
      FleetFetch fleetFetch,
      TtlBounds ttlBounds,
      BackOff.Schedule backOff,
      WhenUnavailable whenUnavailable,
      MxTlsSettings settings,
      InstantSource clock,
      LongSupplier ticker,
      Executor executor) {
    this.discovery = discovery;
    this.gateway = gateway;
    this.fleetFetch = fleetFetch;
    this.ttlBounds = ttlBounds;
    this.backOff = backOff;
    this.whenUnavailable = whenUnavailable;
    this.settings = settings;
    this.events = new TransitionEvents(settings.listener());
    this.clock = clock;
    this.ticker = ticker;
    this.executor = executor;
  }

  /**
   * Runs a lookup.
   *
   * @param before the cached entry; null if there is none
   * @param wanted false once the lookup is abandoned; it then reports no events
   */
  CompletableFuture<LookupResult> run(
      DomainName domain, @Nullable CacheEntry before, Purpose purpose, BooleanSupplier wanted) {
    boolean hasPolicy = before != null && before.policyAt(ticker.getAsLong()).isPresent();
    if (hasPolicy || !gateway.isPresent()) {
      return discover(domain, before, purpose, wanted);
    }
    return gateway
        .query(domain)
        .thenComposeAsync(
            answer -> {
              Optional<CacheEntry> stored = answer.entry();
              if (purpose == Purpose.LOOKUP && stored.isPresent()) {
                return CompletableFuture.completedFuture(fromStore(stored.get()));
              }
              CompletableFuture<LookupResult> result =
                  discover(domain, stored.orElse(before), purpose, wanted);
              return answer.isAnswered() ? result : result.thenApply(this::cachedBriefly);
            },
            executor);
  }

  /**
   * A store that did not answer may have a policy, so a negative answer is cached briefly.
   * Otherwise a short failure of the store and forged DNS would disable the policy for longer.
   */
  private LookupResult cachedBriefly(LookupResult result) {
    return new LookupResult(
        result.answer(),
        result.entry().freshUntil(ticker.getAsLong() + ttlBounds.ofNoPolicyWithoutStore()),
        result.next());
  }

  /** A stored policy is returned at once and checked in the background. */
  private static LookupResult fromStore(CacheEntry stored) {
    return new LookupResult(stored.resolution(), stored, LookupResult.Next.LOOKUP);
  }

  private CompletableFuture<LookupResult> discover(
      DomainName domain, @Nullable CacheEntry before, Purpose purpose, BooleanSupplier wanted) {
    return discovery
        .discover(domain)
        .thenComposeAsync(
            found ->
                afterDiscovery(
                    new LookupState(domain, before, found, wanted, ticker.getAsLong()), purpose),
            executor);
  }

  private CompletableFuture<LookupResult> afterDiscovery(LookupState state, Purpose purpose) {
    events.recordChecked(state);
    events.expired(state, false);
    Optional<String> id =
        switch (purpose) {
          case LOOKUP -> state.idToFetch();
          case RECHECK -> state.idToRecheck();
          case REFRESH -> state.idToRefresh();
          case FORCED -> state.currentId();
        };
    if (id.isEmpty()) {
      return CompletableFuture.completedFuture(withoutFetch(state));
    }
    boolean hadExpired = state.before() != null && state.policy().isEmpty();
    return fleetFetch
        .fetch(state, id.get(), purpose)
        .thenApplyAsync(
            outcome -> {
              LookupState later = state.at(ticker.getAsLong());
              events.expired(later, hadExpired);
              if (outcome instanceof FetchOutcome.FromStore fromStore) {
                return adopted(later, fromStore.entry());
              }
              FetchOutcome.FromHost fromHost = (FetchOutcome.FromHost) outcome;
              LookupResult result = afterFetch(later, id.get(), fromHost.result(), purpose);
              fleetFetch.publish(fromHost, result.entry(), later.wanted().getAsBoolean());
              return result;
            },
            executor);
  }

  /** Another node has fetched the policy, or has just failed to. */
  private LookupResult adopted(LookupState state, CacheEntry stored) {
    Resolution.InForce policy = stored.inForce();
    events.replaced(state, policy);
    CacheEntry entry =
        new CacheEntry(
            stored
                .history()
                .lastWaiting(state.nowNanos())
                .map(
                    failure ->
                        policy.with(
                            Resolution.Source.CACHED_UNCONFIRMED, Optional.of(failure.problem())))
                .orElse(policy),
            stored.expiresAtNanos(),
            state.nowNanos() + ttlBounds.ofKnownPolicy(state.found()),
            stored.history(),
            state.reported(),
            state.before() == null ? stored.lastUse() : state.lastUse());
    return new LookupResult(entry.resolution(), entry);
  }

  private LookupResult withoutFetch(LookupState state) {
    Optional<BackOff> failure = state.newId().flatMap(state.history()::failureOf);
    if (state.policy().isEmpty()) {
      return state.status() == Status.FOUND
          ? fetchNotAllowed(state, failure.map(BackOff::problem))
          : absent(state);
    }
    Resolution.InForce policy = state.policy().get();
    if (state.isConfirmed()) {
      return keep(
          state,
          policy.with(Resolution.Source.CACHED, Optional.empty()),
          Set.of(),
          state.history());
    }
    Problem problem = failure.map(BackOff::problem).orElseGet(() -> unconfirmed(state));
    return keep(
        state,
        policy.with(Resolution.Source.CACHED_UNCONFIRMED, Optional.of(problem)),
        events.unconfirmed(state, policy, problem.detail()),
        state.history());
  }

  private LookupResult afterFetch(
      LookupState state, String id, FetchResult result, Purpose purpose) {
    if (result instanceof FetchResult.Fetched fetched) {
      return fetched(state, id, fetched.policy());
    }
    if (result instanceof FetchResult.Unavailable unavailable) {
      // The policy host was not reached at all: treated like DNS that does not answer.
      LookupState unanswered = state.unanswered(unavailable.detail());
      return purpose == Purpose.REFRESH && state.policy().isPresent()
          ? notRefreshed(unanswered, state.policy().get())
          : withoutFetch(unanswered);
    }
    FetchResult.Failed failed = (FetchResult.Failed) result;
    Problem problem = problem(state, Optional.of(failed.resultType()), failed.detail());
    BackOff failure =
        schedule(state)
            .after(
                state.history().failureOf(id), id, failed.retryAfter(), problem, state.nowNanos());
    FetchHistory history = state.history().failed(failure, state.nowNanos());
    events.fetchFailed(state, problem);
    events.refreshFailing(state, problem, history);
    if (state.policy().isEmpty()) {
      return failed(state, problem, failure.retryAtNanos() - state.nowNanos(), history);
    }
    // RFC 8461 §3.3: the fetch failed, so the unexpired cached policy applies.
    Resolution.InForce old = state.policy().get();
    return keep(
        state,
        old.with(Resolution.Source.CACHED_UNCONFIRMED, Optional.of(problem)),
        events.notFetched(state, old, id, problem.detail()),
        history);
  }

  /** The policy host was not reached, but the renewal backs off and its failures are reported. */
  private LookupResult notRefreshed(LookupState state, Resolution.InForce policy) {
    Problem problem = unconfirmed(state);
    Optional<BackOff> previous = state.history().failureOf(policy.id());
    BackOff failure =
        schedule(state).after(previous, policy.id(), Optional.empty(), problem, state.nowNanos());
    FetchHistory history = state.history().failed(failure, state.nowNanos());
    events.refreshFailing(state, problem, history);
    return keep(
        state,
        policy.with(Resolution.Source.CACHED_UNCONFIRMED, Optional.of(problem)),
        state.reported(),
        history);
  }

  private BackOff.Schedule schedule(LookupState state) {
    return state.policy().isPresent() ? backOff.within(state.entry().lifetime()) : backOff;
  }

  private LookupResult fetched(LookupState state, String id, Policy policy) {
    Instant now = clock.instant();
    Duration lifetime = ttlBounds.ofPolicy(policy.maxAge());
    Resolution.InForce live =
        new Resolution.InForce(
            state.domain().value(),
            policy,
            id,
            Resolution.Source.FETCHED,
            now,
            // RFC 8461 §3.2: max_age counts from this fetch only.
            now.plus(lifetime),
            Optional.empty(),
            settings);
    events.fetched(state, live);
    CacheEntry entry =
        new CacheEntry(
            live.with(Resolution.Source.CACHED, Optional.empty()),
            state.nowNanos() + lifetime.toNanos(),
            state.nowNanos() + ttlBounds.ofKnownPolicy(state.found()),
            state.history().succeeded(state.nowNanos()),
            // A record that is still missing after a successful fetch is not reported again.
            state.status() == Status.FOUND ? Set.of() : state.reported(),
            state.lastUse());
    return new LookupResult(live, entry);
  }

  private LookupResult keep(
      LookupState state, Resolution.InForce policy, Set<Suspicion> reported, FetchHistory history) {
    // RFC 8461 §3.2: an unchanged id does not extend the lifetime, only the freshness.
    CacheEntry entry =
        new CacheEntry(
            policy,
            state.entry().expiresAtNanos(),
            state.nowNanos() + ttlBounds.ofKnownPolicy(state.found()),
            history,
            reported,
            state.lastUse());
    return new LookupResult(policy, entry);
  }

  /** There is a record but no policy, and a fetch is not allowed yet. */
  private LookupResult fetchNotAllowed(LookupState state, Optional<Problem> failure) {
    Problem problem =
        failure.orElseGet(
            () ->
                problem(
                    state,
                    Optional.empty(),
                    "the policy host was asked "
                        + FetchHistory.MOST_FETCHES
                        + " times within five minutes; it is asked again later"));
    long untilRetry =
        state
            .newId()
            .flatMap(state.history()::failureOf)
            .map(waiting -> waiting.retryAtNanos() - state.nowNanos())
            .orElse(Long.MAX_VALUE);
    return failed(state, problem, untilRetry, state.history());
  }

  /** RFC 8461 §3.3: nothing cached and nothing fetched, so deliver as if there were no MTA-STS. */
  private LookupResult failed(
      LookupState state, Problem problem, long untilRetryNanos, FetchHistory history) {
    boolean isInvalid = problem.resultType().equals(Optional.of(ResultType.STS_POLICY_INVALID));
    Resolution answer =
        noPolicy(
            state,
            isInvalid ? Resolution.Reason.INVALID_POLICY : Resolution.Reason.FETCH_FAILED,
            problem.detail(),
            Optional.of(problem));
    long freshNanos = Math.min(ttlBounds.ofNoPolicy(state.found()), Math.max(0, untilRetryNanos));
    return negative(state, answer, freshNanos, history);
  }

  private LookupResult absent(LookupState state) {
    RecordAnswer answer = state.found().answer();
    Resolution resolution =
        switch (answer.status()) {
          case UNAVAILABLE ->
              noPolicy(
                  state,
                  Resolution.Reason.DNS_UNAVAILABLE,
                  answer.detail(),
                  Optional.of(unconfirmed(state)));
          case INVALID ->
              noPolicy(state, Resolution.Reason.INVALID_RECORD, answer.detail(), Optional.empty());
          case ABSENT, FOUND ->
              noPolicy(state, Resolution.Reason.NO_RECORD, answer.detail(), Optional.empty());
        };
    return negative(state, resolution, ttlBounds.ofNoPolicy(state.found()), state.history());
  }

  private static LookupResult negative(
      LookupState state, Resolution answer, long freshNanos, FetchHistory history) {
    long until = state.nowNanos() + freshNanos;
    return new LookupResult(
        answer, new CacheEntry(answer, until, until, history, Set.of(), state.lastUse()));
  }

  private Resolution noPolicy(
      LookupState state, Resolution.Reason reason, String detail, Optional<Problem> problem) {
    return new Resolution.NoPolicy(
        state.domain().value(), reason, detail, problem, whenUnavailable, settings);
  }

  private Problem unconfirmed(LookupState state) {
    return problem(state, Optional.empty(), state.found().answer().detail());
  }

  /** A problem lasts since the first of consecutive failures. */
  private Problem problem(LookupState state, Optional<ResultType> type, String detail) {
    Instant since =
        Optional.ofNullable(state.before())
            .flatMap(entry -> entry.resolution().problem())
            .map(Problem::since)
            .orElseGet(clock::instant);
    return new Problem(type, detail, since);
  }
}
