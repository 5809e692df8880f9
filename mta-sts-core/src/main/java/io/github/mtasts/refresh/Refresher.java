// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.refresh;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.PolicyCache;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.resolver.InFlightLookups;
import io.github.mtasts.resolver.LookupFlow;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.stored.StoreGateway;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Renews policies in use before they expire, whether mail is sent or not.
 *
 * <p>A sweep of the cache every minute and of the store every quarter of an hour finds the policies
 * that are due. First attempts go before retries, so that many unreachable hosts delay no other
 * domain. The number of running renewals and of starts per second is bounded. After a failure, the
 * back-off of the entry or of the row decides when the next attempt is due.
 *
 * <p>One thread calls {@link #tick}; everything else may run on any thread.
 */
public final class Refresher {

  /**
   * Which policies are renewed, and how fast.
   *
   * @param usedWithin policies that no message needed for longer than this expire; zero renews none
   * @param perSecond how many renewals start in a second at most
   */
  public record Pace(Duration usedWithin, int perSecond) {}

  private static final long CACHE_SWEEP_NANOS = Duration.ofMinutes(1).toNanos();
  private static final long STORE_SWEEP_NANOS = Duration.ofMinutes(15).toNanos();
  private static final long LONGEST_BURST_NANOS = Duration.ofMinutes(1).toNanos();
  private static final Duration LONGEST_BACK_OFF = Duration.ofDays(1);
  private static final int MAX_RUNNING = 64;
  private static final int MAX_QUEUED = 20_000;
  private static final int PAGE_SIZE = 500;

  /** A policy that no message needed for this many of its lifetimes expires. */
  private static final int MAX_UNUSED_LIFETIMES = 30;

  private final PolicyCache<CacheEntry> cache;
  private final StoreGateway gateway;
  private final InFlightLookups lookups;
  private final RefreshSchedule schedule;
  private final Pace pace;
  private final Duration overdue;
  private final InstantSource clock;
  private final LongSupplier ticker;

  /** The domains whose renewal is queued or running. */
  private final Set<String> pending = ConcurrentHashMap.newKeySet();

  private final Queue<String> firstAttempts = new ConcurrentLinkedQueue<>();
  private final Queue<String> retries = new ConcurrentLinkedQueue<>();

  /** When the renewal of each domain started, by the ticker. */
  private final Map<String, Long> running = new ConcurrentHashMap<>();

  private long lastTickNanos;
  private long nextCacheSweepNanos;
  private long nextStoreSweepNanos;
  private double allowance;
  private volatile Optional<String> nextPage = Optional.empty();
  private volatile boolean reading;

  public Refresher(
      PolicyCache<CacheEntry> cache,
      StoreGateway gateway,
      InFlightLookups lookups,
      RefreshSchedule schedule,
      Pace pace,
      Duration overdue,
      InstantSource clock,
      LongSupplier ticker) {
    this.cache = cache;
    this.gateway = gateway;
    this.lookups = lookups;
    this.schedule = schedule;
    this.pace = pace;
    this.overdue = overdue;
    this.clock = clock;
    this.ticker = ticker;
    long now = ticker.getAsLong();
    this.lastTickNanos = now;
    this.nextCacheSweepNanos = now;
    this.nextStoreSweepNanos = now;
  }

  /** Finds the policies that are due and starts renewals; to be called about once a second. */
  void tick() {
    if (pace.usedWithin().isZero()) {
      return;
    }
    long now = ticker.getAsLong();
    if (now - nextCacheSweepNanos >= 0) {
      nextCacheSweepNanos = now + CACHE_SWEEP_NANOS;
      sweepCache(now);
    }
    if (gateway.isPresent() && nextPage.isEmpty() && now - nextStoreSweepNanos >= 0) {
      nextStoreSweepNanos = now + STORE_SWEEP_NANOS;
      nextPage = Optional.of("");
    }
    if (!reading) {
      nextPage.ifPresent(this::sweepPage);
    }
    dropOverdue(now);
    startQueued(now);
  }

  private void sweepCache(long now) {
    cache.forEachPolicy(
        (domain, entry) -> {
          if (isDue(domain, entry, now)) {
            enqueue(domain, entry.history().failuresInARow() == 0 ? firstAttempts : retries);
          }
        });
  }

  private boolean isDue(String domain, CacheEntry entry, long now) {
    return entry.policyAt(now).isPresent()
        && isUsed(entry.lastUse().agoAt(now), entry.lifetime())
        && schedule.isDue(domain, entry.inForce().fetchedAt(), entry.lifetime(), entry.age(now))
        && entry.history().lastWaiting(now).isEmpty();
  }

  private boolean isUsed(Duration ago, Duration lifetime) {
    Duration longest = lifetime.multipliedBy(MAX_UNUSED_LIFETIMES);
    return ago.compareTo(longest.compareTo(pace.usedWithin()) < 0 ? longest : pace.usedWithin())
        <= 0;
  }

  /** Reads one page at a time, and none while the queues are half full. */
  private void sweepPage(String after) {
    if (firstAttempts.size() + retries.size() >= MAX_QUEUED / 2) {
      return;
    }
    reading = true;
    var unused =
        gateway
            .page(after, PAGE_SIZE)
            .thenAccept(rows -> nextPage = rows.flatMap(this::sweep))
            // Even if a row causes an exception, the next sweep starts.
            .whenComplete((done, bug) -> reading = false);
  }

  /** Returns where the next page starts, if there is one. */
  private Optional<String> sweep(List<StoredRow> rows) {
    Instant now = clock.instant();
    for (StoredRow row : rows) {
      if (row instanceof StoredPolicy stored && isDue(stored, now)) {
        enqueue(stored.domain(), stored.lastFailure().isEmpty() ? firstAttempts : retries);
      }
    }
    return rows.size() < PAGE_SIZE
        ? Optional.empty()
        : Optional.of(rows.get(rows.size() - 1).domain());
  }

  /** Rows of the future are reported when a message needs their domain; a sweep skips them. */
  private static boolean isPlausible(Instant moment, Instant now) {
    return !moment.isAfter(now.plusSeconds(PolicyStore.FUTURE_TOLERANCE_SECONDS));
  }

  private boolean isDue(StoredPolicy stored, Instant now) {
    Duration lifetime = Duration.between(stored.fetchedAt(), stored.expiresAt());
    Duration age = Duration.between(stored.fetchedAt(), now);
    return isPlausible(stored.fetchedAt(), now)
        && !stored.hasExpiredAt(now)
        && isUsed(Duration.between(stored.lastUsedAt(), now), lifetime)
        && schedule.isDue(stored.domain(), stored.fetchedAt(), lifetime, age)
        && stored.lastFailure().filter(failure -> isWaiting(failure, now)).isEmpty()
        && !isCached(stored.domain());
  }

  /**
   * A failure or retry time too far in the future, by a wrong clock or a forged row, is ignored.
   */
  private static boolean isWaiting(StoredFailure failure, Instant now) {
    return isPlausible(failure.at(), now)
        && !failure.retryAt().isAfter(now.plus(LONGEST_BACK_OFF))
        && failure.retryAt().isAfter(now);
  }

  private boolean isCached(String domain) {
    CacheEntry entry = cache.get(domain);
    return entry != null && entry.policyAt(ticker.getAsLong()).isPresent();
  }

  private void enqueue(String domain, Queue<String> queue) {
    // Retries use half of the room, so that many unreachable hosts leave room for first attempts.
    int limit = queue == retries ? MAX_QUEUED / 2 : MAX_QUEUED;
    if (pending.size() < limit && pending.add(domain)) {
      queue.add(domain);
    }
  }

  private void startQueued(long now) {
    long passed = Math.min(now - lastTickNanos, LONGEST_BURST_NANOS);
    lastTickNanos = now;
    double earned = passed * (double) pace.perSecond() / TimeUnit.SECONDS.toNanos(1);
    allowance = Math.min(allowance + earned, Math.max(earned, pace.perSecond()));
    while (allowance >= 1 && running.size() < MAX_RUNNING) {
      String domain = firstAttempts.poll();
      domain = domain == null ? retries.poll() : domain;
      if (domain == null) {
        return;
      }
      allowance--;
      renew(domain, now);
    }
  }

  private void renew(String domain, long now) {
    running.put(domain, now);
    try {
      var unused =
          lookups
              .lookUp(DomainName.of(domain), LookupFlow.Purpose.REFRESH)
              .copy()
              .whenComplete((resolution, lost) -> finish(domain));
    } catch (Throwable bug) {
      finish(domain); // the place must not be lost with it
      throw bug;
    }
  }

  /** A renewal that has been lost holds its place until it is overdue, not longer. */
  private void dropOverdue(long now) {
    running.forEach(
        (domain, startedNanos) -> {
          if (now - startedNanos >= overdue.toNanos()) {
            finish(domain);
          }
        });
  }

  private void finish(String domain) {
    running.remove(domain);
    pending.remove(domain);
  }
}
