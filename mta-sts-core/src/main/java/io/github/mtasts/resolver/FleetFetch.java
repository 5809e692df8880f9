// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.resolver;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.FetchHistory;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.fetch.FetchResult;
import io.github.mtasts.fetch.PolicyFetcher;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.resolver.LookupFlow.Purpose;
import io.github.mtasts.stored.StoreGateway;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * One fetch for a whole fleet: what another node has just learned is taken over, and while another
 * node fetches, this one waits.
 *
 * <p>A lease in the store says who fetches, and is prolonged while a fetch is under way. It is for
 * politeness only: a node that dies with it delays the others by {@link #TERM}, and a policy host
 * that is slow by as long as a fetch of one's own might take, after which each helps itself. A
 * fleet without its store is a number of single nodes.
 */
public final class FleetFetch {

  /** What a fetch has brought: the policy host's answer, or what another node has stored. */
  sealed interface Brought {
    record Answer(FetchResult result, Optional<DomainName> leased) implements Brought {}

    record Adopted(CacheEntry knowledge) implements Brought {}
  }

  /** For how long a node that has died keeps the others waiting. */
  static final Duration TERM = Duration.ofSeconds(10);

  private static final long PROLONG_MILLIS = TERM.toMillis() / 3;
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 1_500;

  private final PolicyFetcher fetcher;
  private final StoreGateway archive;
  private final long patienceNanos;
  private final Executor executor;

  /**
   * Sets up a node of a fleet.
   *
   * @param patience for how long another node's fetch is waited for; that of one fetch
   */
  public FleetFetch(
      PolicyFetcher fetcher, StoreGateway archive, Duration patience, Executor executor) {
    this.fetcher = fetcher;
    this.archive = archive;
    this.patienceNanos = patience.toNanos();
    this.executor = executor;
  }

  /** Brings a policy under an id; never exceptional. */
  CompletableFuture<Brought> bring(LookupState step, String id, Purpose purpose) {
    if (!archive.isPresent() || purpose == Purpose.FORCED) {
      return answer(step.domain(), Optional.empty());
    }
    Errand errand = new Errand(step, id, purpose, System.nanoTime() + patienceNanos);
    // Of a domain without a policy the walk has asked the store a moment ago.
    return step.policy().isEmpty()
        ? leased(errand, FIRST_PAUSE_MILLIS)
        : attempt(errand, FIRST_PAUSE_MILLIS);
  }

  private CompletableFuture<Brought> attempt(Errand errand, long pauseMillis) {
    return archive
        .find(errand.domain())
        .thenComposeAsync(
            stored -> {
              Optional<Brought> taken = errand.takenOver(stored);
              return taken.isPresent()
                  ? CompletableFuture.completedFuture(taken.get())
                  : leased(errand, pauseMillis);
            },
            executor);
  }

  private CompletableFuture<Brought> leased(Errand errand, long pauseMillis) {
    return archive
        .lease(errand.domain(), TERM)
        .thenComposeAsync(
            lease ->
                switch (lease) {
                  case HELD -> holding(errand);
                  case TAKEN ->
                      errand.isPatient()
                          ? later(errand, pauseMillis)
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
              CompletableFuture<Brought> mine =
                  answer(errand.domain(), Optional.of(errand.domain()));
              prolong(errand, mine);
              return mine;
            },
            executor);
  }

  /**
   * Holds the lease as long as the others would wait for it; on the timer's thread, because a lease
   * must not lapse when the executor is busy, and the call itself is made on a thread of the store.
   */
  private void prolong(Errand errand, CompletableFuture<Brought> fetch) {
    if (fetch.isDone() || !errand.isPatient()) {
      return;
    }
    CompletableFuture.delayedExecutor(PROLONG_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
        .execute(
            () -> {
              if (!fetch.isDone()) {
                var unused = archive.prolong(errand.domain(), TERM);
                prolong(errand, fetch);
              }
            });
  }

  /**
   * Lets the others have what a fetch has brought: stored first, and then the lease is free.
   *
   * @param wanted false if the walk was given up meanwhile, maybe because the domain was purged
   */
  void landed(Brought.Answer answer, CacheEntry knowledge, boolean wanted) {
    if (!archive.isPresent()) {
      return;
    }
    CompletableFuture<?> over =
        wanted ? stored(answer, knowledge) : CompletableFuture.completedFuture(false);
    archive.untilDone(
        over.thenCompose(
            done ->
                answer
                    .leased()
                    .map(archive::release)
                    .orElseGet(() -> CompletableFuture.completedFuture(null))));
  }

  private CompletableFuture<?> stored(Brought.Answer answer, CacheEntry knowledge) {
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

  private CompletableFuture<Brought> later(Errand errand, long pauseMillis) {
    long next = Math.min(pauseMillis * 3 / 2, LONGEST_PAUSE_MILLIS);
    return CompletableFuture.supplyAsync(
            () -> next,
            CompletableFuture.delayedExecutor(pauseMillis, TimeUnit.MILLISECONDS, executor))
        .thenCompose(pause -> attempt(errand, pause));
  }

  private CompletableFuture<Brought> answer(DomainName domain, Optional<DomainName> leased) {
    return fetcher.fetch(domain).thenApply(result -> new Brought.Answer(result, leased));
  }

  /** What is fetched, and what of the store would do instead. */
  private record Errand(LookupState step, String id, Purpose purpose, long untilNanos) {
    /** A policy that another node fetched so lately need not be fetched anew. */
    private static final Duration ANEW = FetchHistory.WINDOW;

    DomainName domain() {
      return step.domain();
    }

    boolean isPatient() {
      return System.nanoTime() - untilNanos < 0;
    }

    Optional<Brought> takenOver(Optional<CacheEntry> stored) {
      return stored
          .filter(other -> (isNewer(other) && serves(other)) || hasJustFailed(other))
          .map(Brought.Adopted::new);
    }

    /** A host that another node could not reach a moment ago need not hear from us as well. */
    private boolean hasJustFailed(CacheEntry stored) {
      return purpose == Purpose.REFRESH
          && stored.history().lastWaiting(step.nowNanos()).isPresent()
          && step.policy()
              .filter(mine -> stored.inForce().fetchedAt().isBefore(mine.fetchedAt()))
              .isEmpty();
    }

    private boolean isNewer(CacheEntry stored) {
      return step.policy()
          .map(mine -> stored.inForce().fetchedAt().isAfter(mine.fetchedAt()))
          .orElse(true);
    }

    private boolean serves(CacheEntry stored) {
      return switch (purpose) {
        case LOOK -> stored.inForce().id().equals(id);
        case RECHECK -> stored.age(step.nowNanos()).compareTo(ANEW) < 0;
        case REFRESH, FORCED -> true;
      };
    }
  }
}
