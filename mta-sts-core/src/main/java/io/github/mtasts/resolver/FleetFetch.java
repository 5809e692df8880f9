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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Fetches a policy, unless another node that shares the store has just done so.
 *
 * <p>Right before each fetch the store is read again. Nodes that need many new domains at the same
 * moment seldom fetch the same one: few first fetches start at once, and the next one is drawn by
 * lot. A slow policy host holds its place for a second at most. Thread-safe.
 */
public final class FleetFetch {
  /** How many fetches may begin within {@link #PLACE}, unless some end sooner: {@value}. */
  public static final int IN_A_FLEET = 8;

  private static final Duration PLACE = Duration.ofSeconds(1);

  /** Where a result comes from. */
  sealed interface Outcome {
    /** The policy host was asked; {@code stored} is what the store had, if not good enough. */
    record FromHost(FetchResult result, Optional<CacheEntry> stored) implements Outcome {}

    /** Another node has fetched the policy, or has just failed to; what it has stored. */
    record FromStore(CacheEntry entry) implements Outcome {}
  }

  private final PolicyFetcher fetcher;
  private final StoreGateway gateway;
  private final int mostYoung;
  private final RandomGenerator random;
  private final Executor executor;
  private final List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
  private int young;

  /**
   * Starts nothing yet.
   *
   * @param mostYoung how many fetches may begin within a second, unless some end sooner
   */
  public FleetFetch(
      PolicyFetcher fetcher,
      StoreGateway gateway,
      int mostYoung,
      RandomGenerator random,
      Executor executor) {
    this.fetcher = fetcher;
    this.gateway = gateway;
    this.mostYoung = mostYoung;
    this.random = random;
    this.executor = executor;
  }

  /** Fetches a policy under an id, or finds it in the store. */
  CompletableFuture<Outcome> fetch(LookupState state, String id, Purpose purpose) {
    if (!gateway.isPresent() || purpose == Purpose.FORCED) {
      return fromHost(state.domain(), Optional.empty());
    }
    // Renewals have a pace of their own, at times that differ from node to node.
    return state.policy().isPresent()
        ? fromStoreOrHost(state, id, purpose)
        : turn().thenComposeAsync(mine -> inTurn(state, id, purpose), executor);
  }

  private CompletableFuture<Outcome> inTurn(LookupState state, String id, Purpose purpose) {
    CompletableFuture<Outcome> outcome;
    try {
      outcome = fromStoreOrHost(state, id, purpose);
    } catch (Throwable failure) {
      outcome = CompletableFuture.failedFuture(failure);
    }
    try {
      var unused =
          outcome
              .copy()
              .orTimeout(PLACE.toNanos(), TimeUnit.NANOSECONDS)
              .whenComplete((done, slow) -> nextTurn());
    } catch (Throwable noMemory) {
      nextTurn(); // the place must not be lost with it
    }
    return outcome;
  }

  private synchronized CompletableFuture<Boolean> turn() {
    if (young < mostYoung) {
      young++;
      return CompletableFuture.completedFuture(true);
    }
    CompletableFuture<Boolean> turn = new CompletableFuture<>();
    waiting.add(turn);
    return turn;
  }

  private void nextTurn() {
    CompletableFuture<Boolean> next;
    synchronized (this) {
      if (waiting.isEmpty()) {
        young--;
        return;
      }
      int drawn = random.nextInt(waiting.size());
      int last = waiting.size() - 1;
      next = waiting.set(drawn, waiting.get(last));
      waiting.remove(last);
    }
    next.complete(true);
  }

  private CompletableFuture<Outcome> fromStoreOrHost(
      LookupState state, String id, Purpose purpose) {
    return gateway
        .find(state.domain())
        .thenComposeAsync(
            answer -> {
              if (!(answer instanceof StoreGateway.Answer.Found found)) {
                return fromHost(state.domain(), Optional.empty());
              }
              return isUsable(found.entry(), state, id, purpose)
                  ? CompletableFuture.completedFuture(new Outcome.FromStore(found.entry()))
                  : fromHost(state.domain(), Optional.of(found.entry()));
            },
            executor);
  }

  private CompletableFuture<Outcome> fromHost(DomainName domain, Optional<CacheEntry> stored) {
    return fetcher.fetch(domain).thenApply(result -> new Outcome.FromHost(result, stored));
  }

  private static boolean isUsable(
      CacheEntry stored, LookupState state, String id, Purpose purpose) {
    Optional<Resolution.InForce> mine = state.policy();
    boolean isNewer =
        mine.isEmpty() || stored.inForce().fetchedAt().isAfter(mine.get().fetchedAt());
    return switch (purpose) {
      case RECHECK -> isNewer && stored.age(state.nowNanos()).compareTo(FetchHistory.WINDOW) < 0;
      // Another node has renewed it, or has just failed to, so this node need not try.
      case REFRESH -> isNewer || hasJustFailed(stored, state);
      case LOOKUP, STORED, FORCED -> isNewer && stored.inForce().id().equals(id);
    };
  }

  private static boolean hasJustFailed(CacheEntry stored, LookupState state) {
    return stored.history().lastWaiting(state.nowNanos()).isPresent()
        && state
            .policy()
            .filter(mine -> stored.inForce().fetchedAt().isBefore(mine.fetchedAt()))
            .isEmpty();
  }

  /**
   * Stores the result of a fetch, for other nodes and for a restart.
   *
   * @return completes when it is stored, or could not be stored now
   */
  CompletableFuture<Void> publish(FetchResult result, CacheEntry entry) {
    if (!(entry.resolution() instanceof Resolution.InForce policy)) {
      return CompletableFuture.completedFuture(null);
    }
    if (result instanceof FetchResult.Fetched) {
      return gateway.save(policy, entry.lastUse());
    }
    return entry
        .history()
        .lastFailure()
        .map(failure -> gateway.recordFailure(policy.domain(), failure))
        .orElseGet(() -> CompletableFuture.completedFuture(null));
  }
}
