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
 * One walk through discovery and fetch for one domain: from what was known to what is known.
 *
 * <p>RFC 8461 §5.1 step 1. Whatever goes wrong on the way, an unexpired policy survives it.
 */
public final class LookupFlow {

  /** Why the walk is made. */
  enum Purpose {
    /** A message is to be sent, or the TXT answer has passed its TTL. */
    LOOK,
    /** A delivery is about to be given up: is there a newer policy? RFC 8461 §5.1 step 3 */
    RECHECK,
    /** A policy is to be renewed before it expires. RFC 8461 §10.2 */
    REFRESH,
    /** An operator wants it fetched anew now. */
    FORCED;

    /** Whether another walk that is under way will not do instead. */
    boolean isOwnWalk() {
      return this == RECHECK || this == FORCED;
    }
  }

  /**
   * How the walk ended.
   *
   * @param answer for those who waited
   * @param knowledge for memory
   * @param next what is to follow
   */
  record Outcome(Resolution answer, CacheEntry knowledge, Next next) {
    Outcome(Resolution answer, CacheEntry knowledge) {
      this(answer, knowledge, Next.NOTHING);
    }
  }

  /** What is to follow a walk. */
  enum Next {
    NOTHING,
    /** A look behind the back of those who have their answer. */
    LOOK
  }

  private final RecordDiscovery discovery;
  private final StoreGateway archive;
  private final FleetFetch fleet;
  private final TtlBounds lifetimes;
  private final BackOff.Schedule backOff;
  private final WhenUnavailable whenUnavailable;
  private final MxTlsSettings settings;
  private final TransitionEvents vigil;
  private final InstantSource clock;
  private final LongSupplier ticker;
  private final Executor executor;

  public LookupFlow(
      RecordDiscovery discovery,
      StoreGateway archive,
      FleetFetch fleet,
      TtlBounds lifetimes,
      BackOff.Schedule backOff,
      WhenUnavailable whenUnavailable,
      MxTlsSettings settings,
      InstantSource clock,
      LongSupplier ticker,
      Executor executor) {
    this.discovery = discovery;
    this.archive = archive;
    this.fleet = fleet;
    this.lifetimes = lifetimes;
    this.backOff = backOff;
    this.whenUnavailable = whenUnavailable;
    this.settings = settings;
    this.vigil = new TransitionEvents(settings.listener());
    this.clock = clock;
    this.ticker = ticker;
    this.executor = executor;
  }

  /**
   * Walks.
   *
   * @param wanted whether anybody still waits; a walk that was given up tells nobody
   */
  CompletableFuture<Outcome> walk(
      DomainName domain, @Nullable CacheEntry before, Purpose purpose, BooleanSupplier wanted) {
    boolean known = before != null && before.policyAt(ticker.getAsLong()).isPresent();
    if (known || !archive.isPresent()) {
      return discover(domain, before, purpose, wanted);
    }
    return archive
        .recall(domain)
        .thenComposeAsync(
            recalled -> {
              Optional<CacheEntry> stored = recalled.knowledge();
              if (purpose == Purpose.LOOK && stored.isPresent()) {
                return CompletableFuture.completedFuture(recalled(stored.get()));
              }
              CompletableFuture<Outcome> walk =
                  discover(domain, stored.orElse(before), purpose, wanted);
              return recalled.isAnswer() ? walk : walk.thenApply(this::forNow);
            },
            executor);
  }

  /**
   * A store that was not heard may know a policy: that there is none is not believed for long, or
   * who disturbs the store for a moment and forges DNS meanwhile is rid of the policy for longer.
   */
  private Outcome forNow(Outcome outcome) {
    return new Outcome(
        outcome.answer(),
        outcome.knowledge().freshUntil(ticker.getAsLong() + lifetimes.ofHearsay()),
        outcome.next());
  }

  /** What the store remembers is served at once, and checked behind the back of those who asked. */
  private static Outcome recalled(CacheEntry stored) {
    return new Outcome(stored.resolution(), stored, Next.LOOK);
  }

  private CompletableFuture<Outcome> discover(
      DomainName domain, @Nullable CacheEntry before, Purpose purpose, BooleanSupplier wanted) {
    return discovery
        .discover(domain)
        .thenComposeAsync(
            found ->
                afterDiscovery(
                    new LookupState(domain, before, found, wanted, ticker.getAsLong()), purpose),
            executor);
  }

  private CompletableFuture<Outcome> afterDiscovery(LookupState step, Purpose purpose) {
    vigil.recordChecked(step);
    vigil.expired(step, false);
    Optional<String> id =
        switch (purpose) {
          case LOOK -> step.idToFetch();
          case RECHECK -> step.idToFetchAnew();
          case REFRESH -> step.idToRefresh();
          case FORCED -> step.idAtHand();
        };
    if (id.isEmpty()) {
      return CompletableFuture.completedFuture(withoutFetch(step));
    }
    boolean hadExpired = step.before() != null && step.policy().isEmpty();
    return fleet
        .bring(step, id.get(), purpose)
        .thenApplyAsync(
            brought -> {
              LookupState later = step.at(ticker.getAsLong());
              vigil.expired(later, hadExpired);
              if (brought instanceof FleetFetch.Brought.Adopted adopted) {
                return adopted(later, adopted.knowledge());
              }
              FleetFetch.Brought.Answer answer = (FleetFetch.Brought.Answer) brought;
              Outcome outcome = afterFetch(later, id.get(), answer.result(), purpose);
              fleet.landed(answer, outcome.knowledge(), later.wanted().getAsBoolean());
              return outcome;
            },
            executor);
  }

  /** Another node has been there. */
  private Outcome adopted(LookupState step, CacheEntry stored) {
    Resolution.InForce policy = stored.inForce();
    vigil.replaced(step, policy);
    CacheEntry knowledge =
        new CacheEntry(
            stored
                .history()
                .lastWaiting(step.nowNanos())
                .map(
                    failure ->
                        policy.with(
                            Resolution.Source.CACHED_UNCONFIRMED, Optional.of(failure.problem())))
                .orElse(policy),
            stored.expiresAtNanos(),
            step.nowNanos() + lifetimes.ofKnownPolicy(step.found()),
            stored.history(),
            step.told(),
            step.before() == null ? stored.usage() : step.usage());
    return new Outcome(knowledge.resolution(), knowledge);
  }

  private Outcome withoutFetch(LookupState step) {
    Optional<BackOff> failure = step.newId().flatMap(step.history()::failureOf);
    if (step.policy().isEmpty()) {
      return step.status() == Status.FOUND
          ? notAsked(step, failure.map(BackOff::problem))
          : absent(step);
    }
    Resolution.InForce policy = step.policy().get();
    if (step.isConfirmed()) {
      return keep(
          step, policy.with(Resolution.Source.CACHED, Optional.empty()), Set.of(), step.history());
    }
    Problem problem = failure.map(BackOff::problem).orElseGet(() -> unconfirmed(step));
    return keep(
        step,
        policy.with(Resolution.Source.CACHED_UNCONFIRMED, Optional.of(problem)),
        vigil.unconfirmed(step, policy, problem.detail()),
        step.history());
  }

  private Outcome afterFetch(LookupState step, String id, FetchResult result, Purpose purpose) {
    if (result instanceof FetchResult.Fetched fetched) {
      return fetched(step, id, fetched.policy());
    }
    if (result instanceof FetchResult.Unavailable unavailable) {
      // Nothing was heard of the policy host, so nothing is held against it: as if DNS were silent.
      LookupState unanswered = step.unanswered(unavailable.detail());
      return purpose == Purpose.REFRESH && step.policy().isPresent()
          ? notRefreshed(unanswered, step.policy().get())
          : withoutFetch(unanswered);
    }
    FetchResult.Failed failed = (FetchResult.Failed) result;
    Problem problem = problem(step, Optional.of(failed.resultType()), failed.detail());
    BackOff failure =
        schedule(step)
            .after(step.history().failureOf(id), id, failed.retryAfter(), problem, step.nowNanos());
    FetchHistory history = step.history().failed(failure, step.nowNanos());
    vigil.fetchFailed(step, problem);
    vigil.refreshFailing(step, problem, history);
    if (step.policy().isEmpty()) {
      return failed(step, problem, failure.retryAtNanos() - step.nowNanos(), history);
    }
    // RFC 8461 §3.3: no live policy can be had, so the unexpired cached one applies.
    Resolution.InForce old = step.policy().get();
    return keep(
        step,
        old.with(Resolution.Source.CACHED_UNCONFIRMED, Optional.of(problem)),
        vigil.notFetched(step, old, id, problem.detail()),
        history);
  }

  /** Not the policy host's failure, but the renewal has to wait and to be told of all the same. */
  private Outcome notRefreshed(LookupState step, Resolution.InForce policy) {
    Problem problem = unconfirmed(step);
    Optional<BackOff> before = step.history().failureOf(policy.id());
    BackOff failure =
        schedule(step).after(before, policy.id(), Optional.empty(), problem, step.nowNanos());
    FetchHistory history = step.history().failed(failure, step.nowNanos());
    vigil.refreshFailing(step, problem, history);
    return keep(
        step,
        policy.with(Resolution.Source.CACHED_UNCONFIRMED, Optional.of(problem)),
        step.told(),
        history);
  }

  private BackOff.Schedule schedule(LookupState step) {
    return step.policy().isPresent() ? backOff.within(step.known().lifetime()) : backOff;
  }

  private Outcome fetched(LookupState step, String id, Policy policy) {
    Instant now = clock.instant();
    Duration lifetime = lifetimes.ofPolicy(policy.maxAge());
    Resolution.InForce live =
        new Resolution.InForce(
            step.domain().value(),
            policy,
            id,
            Resolution.Source.FETCHED,
            now,
            // RFC 8461 §3.2: max_age counts from this fetch, and from nothing else.
            now.plus(lifetime),
            Optional.empty(),
            settings);
    vigil.fetched(step, live);
    CacheEntry knowledge =
        new CacheEntry(
            live.with(Resolution.Source.CACHED, Optional.empty()),
            step.nowNanos() + lifetime.toNanos(),
            step.nowNanos() + lifetimes.ofKnownPolicy(step.found()),
            step.history().succeeded(step.nowNanos()),
            // A record that is still gone after the policy host has spoken is no news.
            step.status() == Status.FOUND ? Set.of() : step.told(),
            step.usage());
    return new Outcome(live, knowledge);
  }

  private Outcome keep(
      LookupState step, Resolution.InForce policy, Set<Suspicion> told, FetchHistory history) {
    // Only the freshness moves: RFC 8461 §3.2, an unchanged id prolongs nothing.
    CacheEntry knowledge =
        new CacheEntry(
            policy,
            step.known().expiresAtNanos(),
            step.nowNanos() + lifetimes.ofKnownPolicy(step.found()),
            history,
            told,
            step.usage());
    return new Outcome(policy, knowledge);
  }

  /** A record without a policy in force, and the policy host is to be left alone for now. */
  private Outcome notAsked(LookupState step, Optional<Problem> failure) {
    Problem problem =
        failure.orElseGet(
            () ->
                problem(
                    step,
                    Optional.empty(),
                    "the policy host was asked "
                        + FetchHistory.MOST_FETCHES
                        + " times within five minutes; it is asked again later"));
    long untilRetry =
        step.newId()
            .flatMap(step.history()::failureOf)
            .map(waiting -> waiting.retryAtNanos() - step.nowNanos())
            .orElse(Long.MAX_VALUE);
    return failed(step, problem, untilRetry, step.history());
  }

  /** RFC 8461 §3.3: nothing cached and nothing fetched, so deliver as if there were no MTA-STS. */
  private Outcome failed(
      LookupState step, Problem problem, long untilRetryNanos, FetchHistory history) {
    boolean invalid = problem.resultType().equals(Optional.of(ResultType.STS_POLICY_INVALID));
    Resolution answer =
        noPolicy(
            step,
            invalid ? Resolution.Reason.INVALID_POLICY : Resolution.Reason.FETCH_FAILED,
            problem.detail(),
            Optional.of(problem));
    long fresh = Math.min(lifetimes.ofNoPolicy(step.found()), Math.max(0, untilRetryNanos));
    return negative(step, answer, fresh, history);
  }

  private Outcome absent(LookupState step) {
    RecordAnswer answer = step.found().answer();
    Resolution resolution =
        switch (answer.status()) {
          case UNAVAILABLE ->
              noPolicy(
                  step,
                  Resolution.Reason.DNS_UNAVAILABLE,
                  answer.detail(),
                  Optional.of(unconfirmed(step)));
          case INVALID ->
              noPolicy(step, Resolution.Reason.INVALID_RECORD, answer.detail(), Optional.empty());
          case ABSENT, FOUND ->
              noPolicy(step, Resolution.Reason.NO_RECORD, answer.detail(), Optional.empty());
        };
    return negative(step, resolution, lifetimes.ofNoPolicy(step.found()), step.history());
  }

  private static Outcome negative(
      LookupState step, Resolution answer, long freshNanos, FetchHistory history) {
    long until = step.nowNanos() + freshNanos;
    return new Outcome(
        answer, new CacheEntry(answer, until, until, history, Set.of(), step.usage()));
  }

  private Resolution noPolicy(
      LookupState step, Resolution.Reason reason, String detail, Optional<Problem> problem) {
    return new Resolution.NoPolicy(
        step.domain().value(), reason, detail, problem, whenUnavailable, settings);
  }

  private Problem unconfirmed(LookupState step) {
    return problem(step, Optional.empty(), step.found().answer().detail());
  }

  /** The trouble began with the first failure in an unbroken row. */
  private Problem problem(LookupState step, Optional<ResultType> type, String detail) {
    Instant since =
        Optional.ofNullable(step.before())
            .flatMap(known -> known.resolution().problem())
            .map(Problem::since)
            .orElseGet(clock::instant);
    return new Problem(type, detail, since);
  }
}
