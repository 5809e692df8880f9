package io.github.mtasts;

import io.github.mtasts.discovery.DiscoveredRecord;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
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

  /** RFC 8461 §3.3: five minutes or more between fetches under one id. */
  static final Duration RECHECK_FETCH_INTERVAL = Duration.ofMinutes(5);

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

  CompletableFuture<Outcome> walk(DomainName domain, @Nullable Knowledge before, Purpose purpose) {
    return discovery
        .discover(domain)
        .thenComposeAsync(found -> afterDiscovery(domain, before, purpose, found), executor);
  }

  private CompletableFuture<Outcome> afterDiscovery(
      DomainName domain, @Nullable Knowledge before, Purpose purpose, DiscoveredRecord found) {
    Step step = new Step(domain, before, found, ticker.getAsLong());
    vigil.recordChecked(step);
    vigil.expired(step);
    Optional<String> id = purpose == Purpose.LOOK ? step.idToFetch() : step.idToFetchAnew();
    if (id.isEmpty()) {
      return CompletableFuture.completedFuture(withoutFetch(step));
    }
    return fetcher
        .fetch(domain)
        .thenApplyAsync(
            result -> afterFetch(step.at(ticker.getAsLong()), id.get(), result), executor);
  }

  private Outcome withoutFetch(Step step) {
    Optional<Resolution.InForce> policy = step.policy();
    if (policy.isEmpty()) {
      return step.backOffFor().map(failed -> failed(step, failed)).orElseGet(() -> absent(step));
    }
    if (step.status() == Status.FOUND && step.backOffFor().isEmpty()) {
      return keep(step, policy.get().remembered(), null, step.oldBackOff());
    }
    Problem problem = step.backOffFor().map(BackOff::problem).orElseGet(() -> unconfirmed(step));
    Suspicion suspicion = vigil.unconfirmed(step, policy.get(), problem.detail());
    return keep(step, policy.get().unconfirmed(problem), suspicion, step.oldBackOff());
  }

  private Outcome afterFetch(Step step, String id, FetchResult result) {
    if (result instanceof FetchResult.Fetched fetched) {
      return fetched(step, id, fetched.policy());
    }
    FetchResult.Failed failed = (FetchResult.Failed) result;
    Problem problem =
        new Problem(Optional.of(failed.resultType()), failed.detail(), since(step.before()));
    BackOff next =
        backOff.after(step.oldBackOff(), id, failed.retryAfter(), problem, step.nowNanos());
    vigil.fetchFailed(step, problem);
    if (step.policy().isEmpty()) {
      return failed(step, next);
    }
    // RFC 8461 §3.3: no live policy can be had, so the unexpired cached one applies.
    Resolution.InForce old = step.policy().get();
    Suspicion suspicion = vigil.notFetched(step, old, id, problem.detail());
    Knowledge kept = keep(step, old.unconfirmed(problem), suspicion, next).knowledge();
    return new Outcome(kept.resolution(), fetchedNow(kept, step));
  }

  private Outcome fetched(Step step, String id, Policy policy) {
    Instant now = clock.instant();
    Resolution.InForce live =
        new Resolution.InForce(
            step.domain().value(),
            policy,
            id,
            Resolution.Source.FETCHED,
            now,
            // RFC 8461 §3.2: max_age counts from this fetch, and from nothing else.
            now.plus(policy.maxAge()),
            Optional.empty(),
            settings);
    vigil.fetched(step, live);
    Knowledge knowledge =
        new Knowledge(
            live.remembered(),
            step.nowNanos() + policy.maxAge().toNanos(),
            step.nowNanos() + lifetimes.ofKnownPolicy(step.found()),
            null,
            step.nowNanos(),
            null);
    return new Outcome(live, knowledge);
  }

  private Outcome keep(
      Step step, Resolution.InForce policy, @Nullable Suspicion told, @Nullable BackOff failures) {
    Knowledge old = step.known();
    // Only the freshness moves: RFC 8461 §3.2, an unchanged id prolongs nothing.
    Knowledge knowledge =
        new Knowledge(
            policy,
            old.expiresAtNanos(),
            step.nowNanos() + lifetimes.ofKnownPolicy(step.found()),
            failures,
            old.lastFetchNanos(),
            told);
    return new Outcome(policy, knowledge);
  }

  private static Knowledge fetchedNow(Knowledge k, Step step) {
    return new Knowledge(
        k.resolution(),
        k.expiresAtNanos(),
        k.freshUntilNanos(),
        k.backOff(),
        step.nowNanos(),
        k.told());
  }

  /** RFC 8461 §3.3: nothing cached and nothing fetched, so deliver as if there were no MTA-STS. */
  private Outcome failed(Step step, BackOff failures) {
    Problem problem = failures.problem();
    boolean invalid = problem.resultType().equals(Optional.of(ResultType.STS_POLICY_INVALID));
    Resolution answer =
        noPolicy(
            step,
            invalid ? Resolution.Reason.INVALID_POLICY : Resolution.Reason.FETCH_FAILED,
            problem.detail(),
            Optional.of(problem));
    long untilRetry = Math.max(0, failures.retryAtNanos() - step.nowNanos());
    long fresh = Math.min(lifetimes.ofNoPolicy(step.found()), untilRetry);
    Long lastFetch =
        failures.equals(step.oldBackOff()) ? step.known().lastFetchNanos() : (Long) step.nowNanos();
    return negative(step, answer, fresh, failures, lastFetch);
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
                  Optional.of(
                      new Problem(Optional.empty(), answer.detail(), since(step.before()))));
          case INVALID ->
              noPolicy(step, Resolution.Reason.INVALID_RECORD, answer.detail(), Optional.empty());
          case ABSENT, FOUND ->
              noPolicy(step, Resolution.Reason.NO_RECORD, answer.detail(), Optional.empty());
        };
    Knowledge before = step.before();
    return negative(
        step,
        resolution,
        lifetimes.ofNoPolicy(step.found()),
        step.oldBackOff(),
        before == null ? null : before.lastFetchNanos());
  }

  private static Outcome negative(
      Step step,
      Resolution answer,
      long freshNanos,
      @Nullable BackOff failures,
      @Nullable Long lastFetchNanos) {
    long until = step.nowNanos() + freshNanos;
    return new Outcome(answer, new Knowledge(answer, until, until, failures, lastFetchNanos, null));
  }

  private Resolution noPolicy(
      Step step, Resolution.Reason reason, String detail, Optional<Problem> problem) {
    return new Resolution.NoPolicy(
        step.domain().value(), reason, detail, problem, whenUnavailable, settings);
  }

  private Problem unconfirmed(Step step) {
    return new Problem(Optional.empty(), step.found().answer().detail(), since(step.before()));
  }

  /** The trouble began with the first failure in an unbroken row. */
  private Instant since(@Nullable Knowledge before) {
    return Optional.ofNullable(before)
        .flatMap(known -> known.resolution().problem())
        .map(Problem::since)
        .orElseGet(clock::instant);
  }
}
