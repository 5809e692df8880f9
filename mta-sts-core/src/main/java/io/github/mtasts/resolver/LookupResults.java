// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.resolver;

import io.github.mtasts.cache.BackOff;
import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.FetchHistory;
import io.github.mtasts.cache.LastUse;
import io.github.mtasts.cache.TtlBounds;
import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.Suspicion;
import io.github.mtasts.fetch.FetchResult;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.RecordAnswer;
import io.github.mtasts.policy.RecordAnswer.Status;
import io.github.mtasts.resolver.LookupFlow.Purpose;
import io.github.mtasts.stored.StoreGateway;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a lookup returns and caches, by what was found out.
 *
 * <p>RFC 8461 §3.3, §5.1. No failure removes an unexpired policy. Thread-safe.
 */
final class LookupResults {
  private final StoreGateway gateway;
  private final TtlBounds ttlBounds;
  private final BackOff.Schedule backOff;
  private final UndeterminedAnswers undetermined;
  private final TransitionEvents events;
  private final InstantSource clock;

  LookupResults(
      StoreGateway gateway,
      TtlBounds ttlBounds,
      BackOff.Schedule backOff,
      UndeterminedAnswers undetermined,
      TransitionEvents events) {
    this.gateway = gateway;
    this.ttlBounds = ttlBounds;
    this.backOff = backOff;
    this.undetermined = undetermined;
    this.events = events;
    this.clock = undetermined.clock();
  }

  /** The store has no policy, and DNS need not be asked again yet. */
  LookupResult stillNoPolicy(CacheEntry before, long now) {
    long recordUntil = before.recordUntilNanos();
    return new LookupResult(
        before.resolution(),
        CacheEntry.withoutPolicy(
            before.resolution(),
            now + Math.min(recordUntil - now, ttlBounds.untilStoreIsAsked()),
            recordUntil,
            before.history(),
            before.lastUse()));
  }

  /** DNS is not asked, because too many lookups are running; the next message tries again. */
  LookupResult overloaded(DomainName domain, @Nullable CacheEntry before, long now) {
    Resolution answer =
        undetermined.of(
            domain.value(), Cause.BUSY, "too many lookups are running; try again later");
    return new LookupResult(
        answer,
        CacheEntry.withoutPolicy(
            answer,
            now,
            now,
            before == null ? FetchHistory.NONE : before.history(),
            before == null ? new LastUse(now) : before.lastUse()));
  }

  /** Another node has fetched the policy, or has just failed to. */
  LookupResult adopted(LookupState state, CacheEntry stored) {
    Resolution.InForce policy = stored.inForce();
    events.replaced(state, policy);
    CacheEntry entry =
        CacheEntry.ofPolicy(
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
            later(state, stored.lastUse()));
    return new LookupResult(entry.resolution(), entry);
  }

  /** Another node may have needed the policy later than this one. */
  private static LastUse later(LookupState state, LastUse stored) {
    return state.before() == null
            || stored.agoAt(state.nowNanos()).compareTo(state.lastUse().agoAt(state.nowNanos())) < 0
        ? stored
        : state.lastUse();
  }

  /** No fetch is due: the policy is confirmed or not, or there is none. */
  LookupResult withoutFetch(LookupState state) {
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

  /** The policy host was asked. */
  LookupResult afterFetch(LookupState state, String id, FetchResult result, Purpose purpose) {
    if (result instanceof FetchResult.Fetched fetched) {
      return fetched(state, id, fetched.policy());
    }
    if (result instanceof FetchResult.Unavailable unavailable) {
      return notAsked(state, id, unavailable, purpose);
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

  /** The policy host was not reached at all: treated like DNS that does not answer. */
  private LookupResult notAsked(
      LookupState state, String id, FetchResult.Unavailable unavailable, Purpose purpose) {
    LookupState unanswered = state.unanswered(unavailable.cause(), unavailable.detail());
    events.ownTrouble(unavailable.cause(), unavailable.detail());
    if (state.policy().isEmpty()) {
      return withoutFetch(unanswered);
    }
    Resolution.InForce policy = state.policy().get();
    if (purpose == Purpose.REFRESH) {
      return notRefreshed(unanswered, policy);
    }
    return keep(
        unanswered,
        policy.with(Resolution.Source.CACHED_UNCONFIRMED, Optional.of(unconfirmed(unanswered))),
        events.notFetched(state, policy, id, unavailable.detail()),
        state.history());
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
            undetermined.settings());
    events.fetched(state, live);
    CacheEntry entry =
        CacheEntry.ofPolicy(
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
        CacheEntry.ofPolicy(
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
    long freshNanos = Math.min(ttlBounds.ofNoPolicy(state.found()), Math.max(0, untilRetryNanos));
    return noPolicy(
        state,
        isInvalid ? Resolution.Reason.INVALID_POLICY : Resolution.Reason.FETCH_FAILED,
        problem.detail(),
        Optional.of(problem),
        freshNanos,
        history);
  }

  private LookupResult absent(LookupState state) {
    RecordAnswer answer = state.found().answer();
    if (answer.status() == Status.UNAVAILABLE) {
      return undetermined(
          state,
          undetermined.of(
              state.domain().value(),
              state.whyUnanswered(),
              answer.detail(),
              state.undeterminedSince().orElseGet(clock::instant)));
    }
    return noPolicy(
        state,
        answer.status() == Status.INVALID
            ? Resolution.Reason.INVALID_RECORD
            : Resolution.Reason.NO_RECORD,
        answer.detail(),
        Optional.empty(),
        ttlBounds.ofNoPolicy(state.found()),
        state.history());
  }

  private LookupResult noPolicy(
      LookupState state,
      Resolution.Reason reason,
      String detail,
      Optional<Problem> problem,
      long freshNanos,
      FetchHistory history) {
    if (state.storeUnknown().isPresent()) {
      return withoutStore(state, state.storeUnknown().get(), detail, false, history);
    }
    Resolution answer =
        new Resolution.NoPolicy(
            state.domain().value(), reason, detail, problem, undetermined.settings());
    long untilStore = gateway.isPresent() ? ttlBounds.untilStoreIsAsked() : freshNanos;
    return negative(state, answer, Math.min(freshNanos, untilStore), freshNanos, history);
  }

  private LookupResult undetermined(LookupState state, Resolution.Undetermined answer) {
    return state.storeUnknown().isPresent()
        ? withoutStore(
            state, state.storeUnknown().get(), answer.detail(), answer.defers(), state.history())
        : negative(
            state, answer, ttlBounds.ofUndetermined(), ttlBounds.ofUndetermined(), state.history());
  }

  /** Neither DNS nor HTTPS has a policy, but the store, which did not answer, may have one. */
  private LookupResult withoutStore(
      LookupState state,
      StoreGateway.Answer.Unknown unknown,
      String detail,
      boolean defersAnyway,
      FetchHistory history) {
    Resolution.Undetermined answer =
        undetermined.of(
            state.domain().value(),
            unknown.cause(),
            unknown.detail() + "; without it: " + detail,
            unknown.since().or(state::undeterminedSince).orElseGet(clock::instant));
    Resolution.Undetermined stricter =
        defersAnyway && !answer.defers()
            ? new Resolution.Undetermined(
                answer.domain(),
                answer.cause(),
                answer.detail(),
                answer.since(),
                true,
                undetermined.settings())
            : answer;
    long freshNanos = ttlBounds.ofUndetermined();
    return negative(state, stricter, freshNanos, freshNanos, history);
  }

  private static LookupResult negative(
      LookupState state,
      Resolution answer,
      long freshNanos,
      long recordNanos,
      FetchHistory history) {
    long now = state.nowNanos();
    return new LookupResult(
        answer,
        CacheEntry.withoutPolicy(
            answer, now + freshNanos, now + recordNanos, history, state.lastUse()));
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
