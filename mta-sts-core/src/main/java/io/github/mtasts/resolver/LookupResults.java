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
  LookupResult stillNoPolicy(LookupState state) {
    CacheEntry before = state.entry();
    long untilRecordEnds = before.recordUntilNanos() - state.nowNanos();
    long freshNanos = Math.min(untilRecordEnds, ttlBounds.untilStoreIsAsked());
    return negative(state, before.resolution(), freshNanos, untilRecordEnds, before.history());
  }

  /** DNS is not asked, because too many lookups are running; the next message tries again. */
  LookupResult overloaded(LookupState state) {
    String detail = "too many lookups are running; try again later";
    Resolution answer = undetermined.of(state.domain().value(), Cause.BUSY, detail);
    return negative(state, answer, 0, 0, state.history());
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
      return state.status() == Status.FOUND ? fetchNotAllowed(state, failure) : absent(state);
    }
    if (state.isConfirmed()) {
      return keep(state, Optional.empty(), Set.of(), state.history());
    }
    Problem problem = failure.map(BackOff::problem).orElseGet(() -> unconfirmed(state));
    return keep(
        state,
        Optional.of(problem),
        events.unconfirmed(state, state.policy().get(), problem.detail()),
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
    BackOff failure = backOff(state, id, failed.retryAfter(), problem);
    FetchHistory history = state.history().failed(failure, state.nowNanos());
    events.fetchFailed(state, problem);
    events.refreshFailing(state, problem, history);
    if (state.policy().isEmpty()) {
      return failed(state, problem, failure.retryAtNanos() - state.nowNanos(), history);
    }
    // RFC 8461 §3.3: the fetch failed, so the unexpired cached policy applies.
    return keep(state, Optional.of(problem), events.notFetched(state, id, problem), history);
  }

  private BackOff backOff(
      LookupState state, String id, Optional<Duration> retryAfter, Problem problem) {
    BackOff.Schedule schedule =
        state.policy().isPresent() ? backOff.within(state.entry().lifetime()) : backOff;
    Optional<BackOff> previous = state.history().failureOf(id);
    return schedule.after(previous, id, retryAfter, problem, state.nowNanos());
  }

  /** The policy host was not reached at all: treated like DNS that does not answer. */
  private LookupResult notAsked(
      LookupState state, String id, FetchResult.Unavailable unavailable, Purpose purpose) {
    LookupState unanswered = state.unanswered(unavailable.cause(), unavailable.detail());
    events.ownTrouble(unavailable.cause(), unavailable.detail());
    if (state.policy().isEmpty()) {
      return withoutFetch(unanswered);
    }
    Problem problem = unconfirmed(unanswered);
    if (purpose != Purpose.REFRESH) {
      Set<Suspicion> reported = events.notFetched(state, id, problem);
      return keep(unanswered, Optional.of(problem), reported, state.history());
    }
    // The renewal backs off, and its failures are reported.
    BackOff failure = backOff(unanswered, state.policy().get().id(), Optional.empty(), problem);
    FetchHistory history = state.history().failed(failure, state.nowNanos());
    events.refreshFailing(unanswered, problem, history);
    return keep(unanswered, Optional.of(problem), state.reported(), history);
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

  /** The policy applies, confirmed if there is no problem. */
  private LookupResult keep(
      LookupState state, Optional<Problem> problem, Set<Suspicion> reported, FetchHistory history) {
    Resolution.Source source =
        problem.isEmpty() ? Resolution.Source.CACHED : Resolution.Source.CACHED_UNCONFIRMED;
    Resolution.InForce policy = state.policy().orElseThrow().with(source, problem);
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
  private LookupResult fetchNotAllowed(LookupState state, Optional<BackOff> failure) {
    String tooOften =
        "the policy host was asked %d times within five minutes; it is asked again later"
            .formatted(FetchHistory.MOST_FETCHES);
    long untilRetry =
        failure.map(waiting -> waiting.retryAtNanos() - state.nowNanos()).orElse(Long.MAX_VALUE);
    Problem problem =
        failure.map(BackOff::problem).orElseGet(() -> problem(state, Optional.empty(), tooOften));
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
    RecordAnswer answered = state.found().answer();
    if (answered.status() == Status.UNAVAILABLE) {
      Resolution.Undetermined answer =
          undetermined.of(
              state.domain().value(),
              state.whyUnanswered(),
              answered.detail(),
              state.undeterminedSince().orElseGet(clock::instant),
              false);
      return state.storeUnknown().isPresent()
          ? withoutStore(state, answer.detail(), answer.defers(), state.history())
          : undetermined(state, answer, state.history());
    }
    return noPolicy(
        state,
        answered.status() == Status.INVALID
            ? Resolution.Reason.INVALID_RECORD
            : Resolution.Reason.NO_RECORD,
        answered.detail(),
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
      return withoutStore(state, detail, false, history);
    }
    Resolution answer =
        new Resolution.NoPolicy(
            state.domain().value(), reason, detail, problem, undetermined.settings());
    long untilStore = gateway.isPresent() ? ttlBounds.untilStoreIsAsked() : freshNanos;
    return negative(state, answer, Math.min(freshNanos, untilStore), freshNanos, history);
  }

  private LookupResult undetermined(
      LookupState state, Resolution.Undetermined answer, FetchHistory history) {
    return negative(state, answer, ttlBounds.ofUndetermined(), ttlBounds.ofUndetermined(), history);
  }

  /** Neither DNS nor HTTPS has a policy, but the store, which did not answer, may have one. */
  private LookupResult withoutStore(
      LookupState state, String detail, boolean defersAnyway, FetchHistory history) {
    StoreGateway.Answer.Unknown unknown = state.storeUnknown().orElseThrow();
    Resolution.Undetermined answer =
        undetermined.of(
            state.domain().value(),
            unknown.cause(),
            unknown.detail() + "; without it: " + detail,
            unknown.since().or(state::undeterminedSince).orElseGet(clock::instant),
            defersAnyway);
    return undetermined(state, answer, history);
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
