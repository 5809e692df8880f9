// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.refresh;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.CacheTier;
import io.github.mtasts.cache.PolicyCache;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.resolver.InFlightLookups;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.stored.StoreGateway;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Renews policies in use before they expire, whether mail is sent or not.
 *
 * <p>A sweep of the cache every minute and of the store every quarter of an hour finds the policies
 * that are due. First attempts go before retries, so that many unreachable hosts delay no other
 * domain. The number of running renewals and of starts per second is bounded; one renewal runs at a
 * time for each address. After a failure, the back-off of the entry or of the row decides when the
 * next attempt is due.
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
  private final Function<DomainName, CompletableFuture<List<InetAddress>>> hostAddresses;
  private final RefreshSchedule schedule;
  private final Pace pace;
  private final Duration overdue;
  private final InstantSource clock;
  private final LongSupplier ticker;
  private final Executor executor;

  private final HostTurns turns = new HostTurns();

  /** The domains whose renewal is queued or running. */
  private final Set<String> pending = ConcurrentHashMap.newKeySet();

  private final Queue<String> firstAttempts = new ConcurrentLinkedQueue<>();
  private final Queue<String> retries = new ConcurrentLinkedQueue<>();
  private final AtomicInteger runningCount = new AtomicInteger();

  /** When each running renewal started, by the ticker. */
  private final Map<HostTurns.Renewal, Long> running = new ConcurrentHashMap<>();

  private long lastTickNanos;
  private long nextCacheSweepNanos;
  private long nextStoreSweepNanos;
  private double allowance;
  private volatile Optional<String> nextPage = Optional.empty();
  private volatile boolean reading;
  private long readingSinceNanos;

  public Refresher(
      PolicyCache<CacheEntry> cache,
      StoreGateway gateway,
      InFlightLookups lookups,
      Function<DomainName, CompletableFuture<List<InetAddress>>> hostAddresses,
      RefreshSchedule schedule,
      Pace pace,
      Duration overdue,
      InstantSource clock,
      LongSupplier ticker,
      Executor executor) {
    this.cache = cache;
    this.gateway = gateway;
    this.lookups = lookups;
    this.hostAddresses = hostAddresses;
    this.schedule = schedule;
    this.pace = pace;
    this.overdue = overdue;
    this.clock = clock;
    this.ticker = ticker;
    this.executor = executor;
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
    // If the executor has lost a page, sweeps must go on.
    if (!reading || now - readingSinceNanos >= overdue.toNanos()) {
      nextPage.ifPresent(after -> sweepPage(after, now));
    }
    dropOverdue(now);
    startQueued(now);
  }

  private void sweepCache(long now) {
    for (CacheTier tier : List.of(CacheTier.ENFORCE, CacheTier.OTHER_POLICY)) {
      cache.forEach(
          tier,
          (domain, entry) -> {
            if (isDue(domain, entry, now)) {
              enqueue(domain, entry.history().failuresInARow() == 0 ? firstAttempts : retries);
            }
          });
    }
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
  private void sweepPage(String after, long now) {
    if (firstAttempts.size() + retries.size() >= MAX_QUEUED / 2) {
      return;
    }
    reading = true;
    readingSinceNanos = now;
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
      if (row instanceof StoredPolicy stored && isPlausible(stored, now) && isDue(stored, now)) {
        enqueue(stored.domain(), stored.lastFailure().isEmpty() ? firstAttempts : retries);
      }
    }
    return rows.size() < PAGE_SIZE
        ? Optional.empty()
        : Optional.of(rows.get(rows.size() - 1).domain());
  }

  /** Other rows are reported when a message needs their domain; a sweep skips them. */
  private static boolean isPlausible(StoredPolicy stored, Instant now) {
    return !stored.fetchedAt().isAfter(latestPlausible(now));
  }

  private static Instant latestPlausible(Instant now) {
    return now.plusSeconds(PolicyStore.FUTURE_TOLERANCE_SECONDS);
  }

  private boolean isDue(StoredPolicy stored, Instant now) {
    Duration lifetime = Duration.between(stored.fetchedAt(), stored.expiresAt());
    Duration age = Duration.between(stored.fetchedAt(), now);
    return !stored.hasExpiredAt(now)
        && isUsed(Duration.between(stored.lastUsedAt(), now), lifetime)
        && schedule.isDue(stored.domain(), stored.fetchedAt(), lifetime, age)
        && stored.lastFailure().filter(failure -> isWaiting(failure, now)).isEmpty()
        && !isCached(stored.domain());
  }

  /**
   * A failure or retry time too far in the future, by a wrong clock or a forged row, is ignored.
   */
  private static boolean isWaiting(StoredFailure failure, Instant now) {
    return !failure.at().isAfter(latestPlausible(now))
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
    while (allowance >= 1 && runningCount.get() < MAX_RUNNING) {
      String domain = firstAttempts.poll();
      domain = domain == null ? retries.poll() : domain;
      if (domain == null) {
        return;
      }
      allowance--;
      runningCount.incrementAndGet();
      start(domain);
    }
  }

  private void start(String domain) {
    try {
      var unused =
          addressesOf(domain)
              .orTimeout(overdue.toNanos(), TimeUnit.NANOSECONDS)
              .handle((found, failure) -> found == null ? List.<InetAddress>of() : found)
              .thenAccept(found -> runInTurn(new HostTurns.Renewal(domain, new HashSet<>(found))));
    } catch (Throwable bug) {
      // The place must not be lost with it.
      runningCount.decrementAndGet();
      pending.remove(domain);
      throw bug;
    }
  }

  /** A host that is not found is renewed all the same: the failure is then reported. */
  private CompletableFuture<List<InetAddress>> addressesOf(String domain) {
    try {
      return hostAddresses.apply(DomainName.of("mta-sts." + domain)).copy();
    } catch (RuntimeException noSuchName) {
      return CompletableFuture.completedFuture(List.of());
    }
  }

  private void runInTurn(HostTurns.Renewal renewal) {
    switch (turns.acquire(renewal)) {
      case NOW -> {
        running.put(renewal, ticker.getAsLong());
        renew(renewal);
      }
      case LATER -> runningCount.decrementAndGet();
      case REFUSED -> {
        runningCount.decrementAndGet();
        pending.remove(renewal.domain());
      }
    }
  }

  private void renew(HostTurns.Renewal renewal) {
    var unused =
        lookups
            .refresh(DomainName.of(renewal.domain()))
            .copy()
            .whenComplete((resolution, lost) -> finish(renewal));
  }

  /** A renewal that the executor has lost blocks its address until it is overdue, not longer. */
  private void dropOverdue(long now) {
    running.forEach(
        (renewal, startedNanos) -> {
          if (now - startedNanos >= overdue.toNanos()) {
            finish(renewal);
          }
        });
  }

  private void finish(HostTurns.Renewal renewal) {
    if (running.remove(renewal) == null) {
      return;
    }
    runningCount.decrementAndGet();
    pending.remove(renewal.domain());
    for (HostTurns.Renewal next : turns.release(renewal)) {
      runningCount.incrementAndGet();
      running.put(next, ticker.getAsLong());
      executor.execute(() -> renew(next));
    }
  }
}
