package io.github.mtasts;

import io.github.mtasts.discovery.RecordDiscovery;
import io.github.mtasts.fetch.FetchResult;
import io.github.mtasts.fetch.PolicyFetcher;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.RecordAnswer;
import io.github.mtasts.policy.RecordAnswer.Status;
import io.github.mtasts.policy.ResultType;
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
final class PolicyFlow {

  /** Why the walk is made. */
  enum Purpose {
    /** A message is to be sent, or the TXT answer has passed its TTL. */
    LOOK,
    /** A delivery is about to be given up: is there a newer policy? RFC 8461 §5.1 step 3 */
    RECHECK
  }

  /**
   * How the walk ended.
   *
   * @param answer for those who waited
   * @param knowledge for memory
   */
  record Outcome(Resolution answer, Knowledge knowledge) {}

  private final RecordDiscovery discovery;
  private final PolicyFetcher fetcher;
  private final Lifetimes lifetimes;
  private final BackOff.Schedule backOff;
  private final WhenUnavailable whenUnavailable;
  private final MxTlsSettings settings;
  private final Vigil vigil;
  private final InstantSource clock;
  private final LongSupplier ticker;
  private final Executor executor;

  PolicyFlow(
      RecordDiscovery discovery,
      PolicyFetcher fetcher,
      Lifetimes lifetimes,
      BackOff.Schedule backOff,
      WhenUnavailable whenUnavailable,
      MxTlsSettings settings,
      InstantSource clock,
      LongSupplier ticker,
      Executor executor) {
    this.discovery = discovery;
    this.fetcher = fetcher;
    this.lifetimes = lifetimes;
    this.backOff = backOff;
    this.whenUnavailable = whenUnavailable;
    this.settings = settings;
    this.vigil = new Vigil(settings.listener());
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
      DomainName domain, @Nullable Knowledge before, Purpose purpose, BooleanSupplier wanted) {
    return discovery
        .discover(domain)
        .thenComposeAsync(
            found ->
                afterDiscovery(
                    new Step(domain, before, found, wanted, ticker.getAsLong()), purpose),
            executor);
  }

  private CompletableFuture<Outcome> afterDiscovery(Step step, Purpose purpose) {
    vigil.recordChecked(step);
    vigil.expired(step, false);
    Optional<String> id = purpose == Purpose.LOOK ? step.idToFetch() : step.idToFetchAnew();
    if (id.isEmpty()) {
      return CompletableFuture.completedFuture(withoutFetch(step));
    }
    boolean hadExpired = step.before() != null && step.policy().isEmpty();
    return fetcher
        .fetch(step.domain())
        .thenApplyAsync(
            result -> {
              Step later = step.at(ticker.getAsLong());
              vigil.expired(later, hadExpired);
              return afterFetch(later, id.get(), result);
            },
            executor);
  }

  private Outcome withoutFetch(Step step) {
    Optional<BackOff> failure = step.newId().flatMap(step.history()::failureOf);
    if (step.policy().isEmpty()) {
      return step.status() == Status.FOUND
          ? notAsked(step, failure.map(BackOff::problem))
          : absent(step);
    }
    Resolution.InForce policy = step.policy().get();
    if (step.isConfirmed()) {
      return keep(step, policy.remembered(), Set.of(), step.history());
    }
    Problem problem = failure.map(BackOff::problem).orElseGet(() -> unconfirmed(step));
    return keep(
        step,
        policy.unconfirmed(problem),
        vigil.unconfirmed(step, policy, problem.detail()),
        step.history());
  }

  private Outcome afterFetch(Step step, String id, FetchResult result) {
    if (result instanceof FetchResult.Fetched fetched) {
      return fetched(step, id, fetched.policy());
    }
    if (result instanceof FetchResult.Unavailable unavailable) {
      // Nothing was heard of the policy host, so nothing is held against it: as if DNS were silent.
      return withoutFetch(step.unanswered(unavailable.detail()));
    }
    FetchResult.Failed failed = (FetchResult.Failed) result;
    Problem problem = problem(step, Optional.of(failed.resultType()), failed.detail());
    BackOff failure =
        backOff.after(
            step.history().failureOf(id), id, failed.retryAfter(), problem, step.nowNanos());
    FetchHistory history = step.history().failed(failure, step.nowNanos());
    vigil.fetchFailed(step, problem);
    if (step.policy().isEmpty()) {
      return failed(step, problem, failure.retryAtNanos() - step.nowNanos(), history);
    }
    // RFC 8461 §3.3: no live policy can be had, so the unexpired cached one applies.
    Resolution.InForce old = step.policy().get();
    return keep(
        step, old.unconfirmed(problem), vigil.notFetched(step, old, id, problem.detail()), history);
  }

  private Outcome fetched(Step step, String id, Policy policy) {
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
    Knowledge knowledge =
        new Knowledge(
            live.remembered(),
            step.nowNanos() + lifetime.toNanos(),
            step.nowNanos() + lifetimes.ofKnownPolicy(step.found()),
            step.history().succeeded(step.nowNanos()),
            // A record that is still gone after the policy host has spoken is no news.
            step.status() == Status.FOUND ? Set.of() : step.told());
    return new Outcome(live, knowledge);
  }

  private Outcome keep(
      Step step, Resolution.InForce policy, Set<Suspicion> told, FetchHistory history) {
    // Only the freshness moves: RFC 8461 §3.2, an unchanged id prolongs nothing.
    Knowledge knowledge =
        new Knowledge(
            policy,
            step.known().expiresAtNanos(),
            step.nowNanos() + lifetimes.ofKnownPolicy(step.found()),
            history,
            told);
    return new Outcome(policy, knowledge);
  }

  /** A record without a policy in force, and the policy host is to be left alone for now. */
  private Outcome notAsked(Step step, Optional<Problem> failure) {
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
  private Outcome failed(Step step, Problem problem, long untilRetryNanos, FetchHistory history) {
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

  private Outcome absent(Step step) {
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
      Step step, Resolution answer, long freshNanos, FetchHistory history) {
    long until = step.nowNanos() + freshNanos;
    return new Outcome(answer, new Knowledge(answer, until, until, history, Set.of()));
  }

  private Resolution noPolicy(
      Step step, Resolution.Reason reason, String detail, Optional<Problem> problem) {
    return new Resolution.NoPolicy(
        step.domain().value(), reason, detail, problem, whenUnavailable, settings);
  }

  private Problem unconfirmed(Step step) {
    return problem(step, Optional.empty(), step.found().answer().detail());
  }

  /** The trouble began with the first failure in an unbroken row. */
  private Problem problem(Step step, Optional<ResultType> type, String detail) {
    Instant since =
        Optional.ofNullable(step.before())
            .flatMap(known -> known.resolution().problem())
            .map(Problem::since)
            .orElseGet(clock::instant);
    return new Problem(type, detail, since);
  }
}
