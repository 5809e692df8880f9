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
 * One fetch for all nodes that share a store: while another node fetches, this one waits and then
 * uses the stored result.
 *
 * <p>A lease in the store says which node fetches; it is extended while the fetch runs. It only
 * saves requests: after a node that died with a lease, the others wait for {@link #TERM}; with a
 * slow policy host, for the deadline of one fetch. Then each fetches for itself. If the store does
 * not answer, each node fetches for itself at once. Thread-safe.
 */
public final class FleetFetch {

  /** How long a lease lasts unless it is extended. */
  static final Duration TERM = Duration.ofSeconds(10);

  private static final long EXTEND_MILLIS = TERM.toMillis() / 3;
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 1_500;

  private final PolicyFetcher fetcher;
  private final StoreGateway gateway;
  private final long maxWaitNanos;
  private final Executor executor;

  /**
   * Starts nothing yet.
   *
   * @param maxWait how long to wait for another node's fetch; the deadline of one fetch
   */
  public FleetFetch(
      PolicyFetcher fetcher, StoreGateway gateway, Duration maxWait, Executor executor) {
    this.fetcher = fetcher;
    this.gateway = gateway;
    this.maxWaitNanos = maxWait.toNanos();
    this.executor = executor;
  }

  /** Fetches a policy under an id, or finds it in the store; never exceptional. */
  CompletableFuture<FetchOutcome> fetch(LookupState state, String id, Purpose purpose) {
    if (!gateway.isPresent() || purpose == Purpose.FORCED) {
      return fetchFromHost(state.domain(), Optional.empty());
    }
    Request request = new Request(state, id, purpose, System.nanoTime() + maxWaitNanos);
    // For a domain without a policy, the lookup has just queried the store.
    return state.policy().isEmpty()
        ? withLease(request, FIRST_PAUSE_MILLIS)
        : fromStoreOrLease(request, FIRST_PAUSE_MILLIS);
  }

  private CompletableFuture<FetchOutcome> fromStoreOrLease(Request request, long pauseMillis) {
    return gateway
        .find(request.domain())
        .thenComposeAsync(
            stored -> {
              Optional<FetchOutcome> usable = request.usable(stored);
              return usable.isPresent()
                  ? CompletableFuture.completedFuture(usable.get())
                  : withLease(request, pauseMillis);
            },
            executor);
  }

  private CompletableFuture<FetchOutcome> withLease(Request request, long pauseMillis) {
    return gateway
        .lease(request.domain(), TERM)
        .thenComposeAsync(
            leaseState ->
                switch (leaseState) {
                  case HELD -> fetchWithLease(request);
                  case TAKEN ->
                      request.mayWait()
                          ? retryLater(request, pauseMillis)
                          : fetchFromHost(request.domain(), Optional.empty());
                  case UNKNOWN -> fetchFromHost(request.domain(), Optional.empty());
                },
            executor);
  }

  /** Another node may have stored its result between our query and our lease: query again. */
  private CompletableFuture<FetchOutcome> fetchWithLease(Request request) {
    return gateway
        .find(request.domain())
        .thenComposeAsync(
            stored -> {
              Optional<FetchOutcome> usable = request.usable(stored);
              if (usable.isPresent()) {
                gateway.awaitOnClose(gateway.release(request.domain()));
                return CompletableFuture.completedFuture(usable.get());
              }
              CompletableFuture<FetchOutcome> fetch =
                  fetchFromHost(request.domain(), Optional.of(request.domain()));
              extendLease(request, fetch);
              return fetch;
            },
            executor);
  }

  /**
   * Extends the lease while the fetch runs, for as long as other nodes wait. Runs on the timer's
   * thread, because a busy executor must not let a lease expire; a store thread makes the call.
   */
  private void extendLease(Request request, CompletableFuture<FetchOutcome> fetch) {
    if (fetch.isDone() || !request.mayWait()) {
      return;
    }
    CompletableFuture.delayedExecutor(EXTEND_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
        .execute(
            () -> {
              if (!fetch.isDone()) {
                var unused = gateway.extend(request.domain(), TERM);
                extendLease(request, fetch);
              }
            });
  }

  /**
   * Stores the result of a fetch for other nodes, then releases the lease.
   *
   * @param wanted false if the lookup was abandoned meanwhile, for example by a purge
   */
  void publish(FetchOutcome.FromHost outcome, CacheEntry entry, boolean wanted) {
    if (!gateway.isPresent()) {
      return;
    }
    CompletableFuture<?> write =
        wanted ? store(outcome, entry) : CompletableFuture.completedFuture(false);
    gateway.awaitOnClose(
        write.thenCompose(
            done ->
                outcome
                    .leased()
                    .map(gateway::release)
                    .orElseGet(() -> CompletableFuture.completedFuture(null))));
  }

  private CompletableFuture<?> store(FetchOutcome.FromHost outcome, CacheEntry entry) {
    if (!(entry.resolution() instanceof Resolution.InForce policy)) {
      return CompletableFuture.completedFuture(false);
    }
    if (outcome.result() instanceof FetchResult.Fetched) {
      return gateway.save(policy, entry.lastUse());
    }
    return entry
        .history()
        .lastFailure()
        .map(failure -> gateway.recordFailure(policy.domain(), failure))
        .orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  private CompletableFuture<FetchOutcome> retryLater(Request request, long pauseMillis) {
    long next = Math.min(pauseMillis * 3 / 2, LONGEST_PAUSE_MILLIS);
    return CompletableFuture.supplyAsync(
            () -> next,
            CompletableFuture.delayedExecutor(pauseMillis, TimeUnit.MILLISECONDS, executor))
        .thenCompose(pause -> fromStoreOrLease(request, pause));
  }

  private CompletableFuture<FetchOutcome> fetchFromHost(
      DomainName domain, Optional<DomainName> leased) {
    return fetcher.fetch(domain).thenApply(result -> new FetchOutcome.FromHost(result, leased));
  }

  /** One request, and the rules for when a stored result can replace its fetch. */
  private record Request(LookupState state, String id, Purpose purpose, long waitUntilNanos) {
    /** A policy that another node fetched more recently than this is not fetched again. */
    private static final Duration RECENT = FetchHistory.WINDOW;

    DomainName domain() {
      return state.domain();
    }

    boolean mayWait() {
      return System.nanoTime() - waitUntilNanos < 0;
    }

    Optional<FetchOutcome> usable(Optional<CacheEntry> stored) {
      return stored
          .filter(other -> (isNewer(other) && answers(other)) || hasJustFailed(other))
          .map(FetchOutcome.FromStore::new);
    }

    /** Another node has just failed to fetch it, so this node does not try. */
    private boolean hasJustFailed(CacheEntry stored) {
      return purpose == Purpose.REFRESH
          && stored.history().lastWaiting(state.nowNanos()).isPresent()
          && state
              .policy()
              .filter(mine -> stored.inForce().fetchedAt().isBefore(mine.fetchedAt()))
              .isEmpty();
    }

    private boolean isNewer(CacheEntry stored) {
      return state
          .policy()
          .map(mine -> stored.inForce().fetchedAt().isAfter(mine.fetchedAt()))
          .orElse(true);
    }

    private boolean answers(CacheEntry stored) {
      return switch (purpose) {
        case LOOKUP -> stored.inForce().id().equals(id);
        case RECHECK -> stored.age(state.nowNanos()).compareTo(RECENT) < 0;
        case REFRESH, FORCED -> true;
      };
    }
  }
}
