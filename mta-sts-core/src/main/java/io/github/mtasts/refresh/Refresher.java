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
 * Renews the policies that are in use before they expire, whether mail is sent or not.
 *
 * <p>Memory is swept every minute and the store every quarter of an hour for policies that are due.
 * Those that are due for the first time go before those that have failed, so that a crowd of dead
 * hosts keeps nobody waiting; so many at once and so many a second; one at a time for each address.
 *
 * <p>{@link #tick} is called by one thread; everything else may run on any.
 */
public final class Refresher {

  /**
   * How much is renewed, and how fast.
   *
   * @param usedWithin policies that no message needed for so long are left to expire; zero renews
   *     nothing
   * @param perSecond how many renewals begin in a second at most
   */
  public record Pace(Duration usedWithin, int perSecond) {}

  private static final long MEMORY_SWEEP_NANOS = Duration.ofMinutes(1).toNanos();
  private static final long STORE_SWEEP_NANOS = Duration.ofMinutes(15).toNanos();
  private static final long LONGEST_BURST_NANOS = Duration.ofMinutes(1).toNanos();
  private static final Duration LONGEST_WAIT = Duration.ofDays(1);
  private static final int MOST_UNDER_WAY = 64;
  private static final int MOST_QUEUED = 20_000;
  private static final int PAGE = 500;

  /** A policy that no message needed for so many of its own lives is left to expire. */
  private static final int LIVES = 30;

  private final PolicyCache<CacheEntry> memory;
  private final StoreGateway archive;
  private final InFlightLookups flights;
  private final Function<DomainName, CompletableFuture<List<InetAddress>>> addresses;
  private final RefreshSchedule schedule;
  private final Pace pace;
  private final Duration overdue;
  private final InstantSource clock;
  private final LongSupplier ticker;
  private final Executor executor;

  private final HostTurns turns = new HostTurns();
  private final Set<String> scheduled = ConcurrentHashMap.newKeySet();
  private final Queue<String> first = new ConcurrentLinkedQueue<>();
  private final Queue<String> again = new ConcurrentLinkedQueue<>();
  private final AtomicInteger underWay = new AtomicInteger();

  /** Since when, by the ticker. */
  private final Map<HostTurns.Errand, Long> flying = new ConcurrentHashMap<>();

  private long lastTickNanos;
  private long nextMemorySweepNanos;
  private long nextStoreSweepNanos;
  private double allowance;
  private volatile Optional<String> page = Optional.empty();
  private volatile boolean reading;
  private long readingSinceNanos;

  public Refresher(
      PolicyCache<CacheEntry> memory,
      StoreGateway archive,
      InFlightLookups flights,
      Function<DomainName, CompletableFuture<List<InetAddress>>> addresses,
      RefreshSchedule schedule,
      Pace pace,
      Duration overdue,
      InstantSource clock,
      LongSupplier ticker,
      Executor executor) {
    this.memory = memory;
    this.archive = archive;
    this.flights = flights;
    this.addresses = addresses;
    this.schedule = schedule;
    this.pace = pace;
    this.overdue = overdue;
    this.clock = clock;
    this.ticker = ticker;
    this.executor = executor;
    long now = ticker.getAsLong();
    this.lastTickNanos = now;
    this.nextMemorySweepNanos = now;
    this.nextStoreSweepNanos = now;
  }

  /** Looks for what is due and begins some of it; to be called about once a second. */
  void tick() {
    if (pace.usedWithin().isZero()) {
      return;
    }
    long now = ticker.getAsLong();
    if (now - nextMemorySweepNanos >= 0) {
      nextMemorySweepNanos = now + MEMORY_SWEEP_NANOS;
      sweepMemory(now);
    }
    if (archive.isPresent() && page.isEmpty() && now - nextStoreSweepNanos >= 0) {
      nextStoreSweepNanos = now + STORE_SWEEP_NANOS;
      page = Optional.of("");
    }
    // An executor that has lost a page must not end all sweeps with it.
    if (!reading || now - readingSinceNanos >= overdue.toNanos()) {
      page.ifPresent(after -> sweepPage(after, now));
    }
    giveUpLost(now);
    begin(now);
  }

  private void sweepMemory(long now) {
    for (CacheTier tier : List.of(CacheTier.ENFORCE, CacheTier.OTHER_POLICY)) {
      memory.forEach(
          tier,
          (domain, known) -> {
            if (isDue(domain, known, now)) {
              enqueue(domain, known.history().failuresInARow() == 0 ? first : again);
            }
          });
    }
  }

  private boolean isDue(String domain, CacheEntry known, long now) {
    return known.policyAt(now).isPresent()
        && isUsed(known.usage().agoAt(now), known.lifetime())
        && schedule.isDue(domain, known.inForce().fetchedAt(), known.lifetime(), known.age(now))
        && known.history().lastWaiting(now).isEmpty()
        && mayBeTriedAgain(known, now);
  }

  private boolean mayBeTriedAgain(CacheEntry known, long now) {
    int failures = known.history().failuresInARow();
    List<Long> attempts = known.history().fetchedNanos();
    return failures == 0
        || attempts.isEmpty()
        || now - attempts.get(0) >= schedule.retryAfter(failures, known.lifetime()).toNanos();
  }

  private boolean isUsed(Duration ago, Duration lifetime) {
    Duration lives = lifetime.multipliedBy(LIVES);
    return ago.compareTo(lives.compareTo(pace.usedWithin()) < 0 ? lives : pace.usedWithin()) <= 0;
  }

  /** One page at a time, and none while there is enough to do. */
  private void sweepPage(String after, long now) {
    if (first.size() + again.size() >= MOST_QUEUED / 2) {
      return;
    }
    reading = true;
    readingSinceNanos = now;
    var unused =
        archive
            .page(after, PAGE)
            .thenAccept(rows -> page = rows.flatMap(this::sweep))
            // Whatever a row does to us, the next sweep begins.
            .whenComplete((done, flaw) -> reading = false);
  }

  /** Returns where the next page begins, if there is one. */
  private Optional<String> sweep(List<StoredRow> rows) {
    Instant now = clock.instant();
    for (StoredRow row : rows) {
      if (row instanceof StoredPolicy stored && isPlausible(stored, now) && isDue(stored, now)) {
        enqueue(stored.domain(), stored.lastFailure().isEmpty() ? first : again);
      }
    }
    return rows.size() < PAGE ? Optional.empty() : Optional.of(rows.get(rows.size() - 1).domain());
  }

  /** Others are told of when somebody needs them; here they must not keep anyone waiting. */
  private static boolean isPlausible(StoredPolicy stored, Instant now) {
    return !stored.fetchedAt().isAfter(latest(now));
  }

  private static Instant latest(Instant now) {
    return now.plusSeconds(PolicyStore.FUTURE_TOLERANCE_SECONDS);
  }

  private boolean isDue(StoredPolicy stored, Instant now) {
    Duration lifetime = Duration.between(stored.fetchedAt(), stored.expiresAt());
    Duration age = Duration.between(stored.fetchedAt(), now);
    return !stored.hasExpiredAt(now)
        && isUsed(Duration.between(stored.lastUsedAt(), now), lifetime)
        && schedule.isDue(stored.domain(), stored.fetchedAt(), lifetime, age)
        && stored.lastFailure().filter(failure -> isWaiting(failure, lifetime, now)).isEmpty()
        && !isInMemory(stored.domain());
  }

  /**
   * A failure from the future, by a clock that is wrong or a hand that is not ours, holds nothing
   * up.
   */
  private boolean isWaiting(StoredFailure failure, Duration lifetime, Instant now) {
    if (failure.at().isAfter(latest(now)) || failure.retryAt().isAfter(now.plus(LONGEST_WAIT))) {
      return false;
    }
    return failure.retryAt().isAfter(now)
        || failure.at().plus(schedule.retryAfter(failure.failures(), lifetime)).isAfter(now);
  }

  private boolean isInMemory(String domain) {
    CacheEntry known = memory.get(domain);
    return known != null && known.policyAt(ticker.getAsLong()).isPresent();
  }

  private void enqueue(String domain, Queue<String> queue) {
    // A crowd of dead hosts leaves room for those that are due for the first time.
    int most = queue == again ? MOST_QUEUED / 2 : MOST_QUEUED;
    if (scheduled.size() < most && scheduled.add(domain)) {
      queue.add(domain);
    }
  }

  private void begin(long now) {
    long passed = Math.min(now - lastTickNanos, LONGEST_BURST_NANOS);
    lastTickNanos = now;
    double earned = passed * (double) pace.perSecond() / TimeUnit.SECONDS.toNanos(1);
    allowance = Math.min(allowance + earned, Math.max(earned, pace.perSecond()));
    while (allowance >= 1 && underWay.get() < MOST_UNDER_WAY) {
      String domain = first.poll();
      domain = domain == null ? again.poll() : domain;
      if (domain == null) {
        return;
      }
      allowance--;
      underWay.incrementAndGet();
      visit(domain);
    }
  }

  private void visit(String domain) {
    try {
      var unused =
          hostAddresses(domain)
              .orTimeout(overdue.toNanos(), TimeUnit.NANOSECONDS)
              .handle((found, trouble) -> found == null ? List.<InetAddress>of() : found)
              .thenAccept(found -> wait(new HostTurns.Errand(domain, new HashSet<>(found))));
    } catch (Throwable flaw) {
      // Whatever it is, a place is not lost with it.
      underWay.decrementAndGet();
      scheduled.remove(domain);
      throw flaw;
    }
  }

  /** A host that cannot be found is renewed all the same: that fails, and is told. */
  private CompletableFuture<List<InetAddress>> hostAddresses(String domain) {
    try {
      return addresses.apply(DomainName.of("mta-sts." + domain)).copy();
    } catch (RuntimeException noSuchName) {
      return CompletableFuture.completedFuture(List.of());
    }
  }

  private void wait(HostTurns.Errand errand) {
    switch (turns.take(errand)) {
      case NOW -> {
        flying.put(errand, ticker.getAsLong());
        fly(errand);
      }
      case LATER -> underWay.decrementAndGet();
      case TURNED_AWAY -> {
        underWay.decrementAndGet();
        scheduled.remove(errand.domain());
      }
    }
  }

  private void fly(HostTurns.Errand errand) {
    var unused =
        flights
            .refresh(DomainName.of(errand.domain()))
            .copy()
            .whenComplete((resolution, lost) -> landed(errand));
  }

  /** What an executor has lost keeps nobody waiting longer than any flight may take. */
  private void giveUpLost(long now) {
    flying.forEach(
        (errand, departed) -> {
          if (now - departed >= overdue.toNanos()) {
            landed(errand);
          }
        });
  }

  private void landed(HostTurns.Errand errand) {
    if (flying.remove(errand) == null) {
      return;
    }
    underWay.decrementAndGet();
    scheduled.remove(errand.domain());
    for (HostTurns.Errand next : turns.giveBack(errand)) {
      underWay.incrementAndGet();
      flying.put(next, ticker.getAsLong());
      executor.execute(() -> fly(next));
    }
  }
}
