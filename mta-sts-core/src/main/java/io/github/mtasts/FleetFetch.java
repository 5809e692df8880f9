package io.github.mtasts;

import io.github.mtasts.PolicyFlow.Purpose;
import io.github.mtasts.fetch.FetchResult;
import io.github.mtasts.fetch.PolicyFetcher;
import io.github.mtasts.policy.DomainName;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * One fetch for a whole fleet: what another node has just learned is taken over, and while another
 * node fetches, this one waits a little.
 *
 * <p>A lease in the store says who fetches. It is for politeness only: a node that dies with it, or
 * a policy host that is slow, delays the others by {@link #TERM}, after which each helps itself. A
 * fleet without its store is a number of single nodes.
 */
final class FleetFetch {

  /** What a fetch has brought: the policy host's answer, or what another node has stored. */
  sealed interface Brought {
    record Answer(FetchResult result, Optional<DomainName> leased) implements Brought {}

    record Adopted(Knowledge knowledge) implements Brought {}
  }

  /** For how long one node keeps the others waiting. */
  static final Duration TERM = Duration.ofSeconds(10);

  private static final int PAUSE_MILLIS = 200;

  private final PolicyFetcher fetcher;
  private final Archive archive;
  private final Executor executor;

  FleetFetch(PolicyFetcher fetcher, Archive archive, Executor executor) {
    this.fetcher = fetcher;
    this.archive = archive;
    this.executor = executor;
  }

  /** Brings a policy under an id; never exceptional. */
  CompletableFuture<Brought> bring(Step step, String id, Purpose purpose) {
    if (!archive.isPresent() || purpose == Purpose.FORCED) {
      return answer(step.domain(), Optional.empty());
    }
    return attempt(new Errand(step, id, purpose), TERM.toMillis() / PAUSE_MILLIS);
  }

  private CompletableFuture<Brought> attempt(Errand errand, long patience) {
    return archive
        .find(errand.domain())
        .thenComposeAsync(
            stored -> {
              Optional<Brought> taken = errand.takenOver(stored);
              return taken.isPresent()
                  ? CompletableFuture.completedFuture(taken.get())
                  : leased(errand, patience);
            },
            executor);
  }

  private CompletableFuture<Brought> leased(Errand errand, long patience) {
    return archive
        .lease(errand.domain(), TERM)
        .thenComposeAsync(
            lease ->
                switch (lease) {
                  case HELD -> holding(errand);
                  case TAKEN ->
                      patience > 0
                          ? later(errand, patience - 1)
                          : answer(errand.domain(), Optional.empty());
                  case UNKNOWN -> answer(errand.domain(), Optional.empty());
                },
            executor);
  }

  /** The other node may have landed between our look at the store and our lease. */
  private CompletableFuture<Brought> holding(Errand errand) {
    return archive
        .find(errand.domain())
        .thenComposeAsync(
            stored -> {
              Optional<Brought> taken = errand.takenOver(stored);
              if (taken.isPresent()) {
                archive.untilDone(archive.release(errand.domain()));
                return CompletableFuture.completedFuture(taken.get());
              }
              return answer(errand.domain(), Optional.of(errand.domain()));
            },
            executor);
  }

  /**
   * Lets the others have what a fetch has brought: stored first, and then the lease is free. What
   * was given up meanwhile, or purged, is not stored.
   */
  void landed(Step step, Brought.Answer answer, Knowledge knowledge) {
    if (!archive.isPresent()) {
      return;
    }
    CompletableFuture<?> stored =
        step.wanted().getAsBoolean()
            ? stored(answer, knowledge)
            : CompletableFuture.completedFuture(false);
    archive.untilDone(
        stored.thenCompose(
            done ->
                answer
                    .leased()
                    .map(archive::release)
                    .orElseGet(() -> CompletableFuture.completedFuture(null))));
  }

  private CompletableFuture<?> stored(Brought.Answer answer, Knowledge knowledge) {
    if (!(knowledge.resolution() instanceof Resolution.InForce policy)) {
      return CompletableFuture.completedFuture(false);
    }
    if (answer.result() instanceof FetchResult.Fetched) {
      return archive.save(policy, knowledge.usage());
    }
    return knowledge
        .history()
        .lastNoted()
        .map(failure -> archive.failed(policy.domain(), failure))
        .orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  private CompletableFuture<Brought> later(Errand errand, long patience) {
    return CompletableFuture.supplyAsync(
            () -> patience,
            CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS, executor))
        .thenCompose(left -> attempt(errand, left));
  }

  private CompletableFuture<Brought> answer(DomainName domain, Optional<DomainName> leased) {
    return fetcher.fetch(domain).thenApply(result -> new Brought.Answer(result, leased));
  }

  /** What is fetched, and what of the store would do instead. */
  private record Errand(Step step, String id, Purpose purpose) {
    /** A policy that another node fetched so lately need not be fetched anew. */
    private static final Duration ANEW = FetchHistory.WINDOW;

    DomainName domain() {
      return step.domain();
    }

    Optional<Brought> takenOver(Optional<Knowledge> stored) {
      return stored
          .filter(other -> (isNewer(other) && serves(other)) || hasJustFailed(other))
          .map(Brought.Adopted::new);
    }

    /** A host that another node could not reach a moment ago need not hear from us as well. */
    private boolean hasJustFailed(Knowledge stored) {
      return purpose == Purpose.REFRESH
          && stored.history().lastWaiting(step.nowNanos()).isPresent()
          && step.policy()
              .filter(mine -> stored.inForce().fetchedAt().isBefore(mine.fetchedAt()))
              .isEmpty();
    }

    private boolean isNewer(Knowledge stored) {
      return step.policy()
          .map(mine -> stored.inForce().fetchedAt().isAfter(mine.fetchedAt()))
          .orElse(true);
    }

    private boolean serves(Knowledge stored) {
      return switch (purpose) {
        case LOOK -> stored.inForce().id().equals(id);
        case RECHECK -> stored.age(step.nowNanos()).compareTo(ANEW) < 0;
        case REFRESH, FORCED -> true;
      };
    }
  }
}
