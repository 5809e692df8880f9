// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.resolver;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.CacheTier;
import io.github.mtasts.cache.PolicyCache;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.DomainName;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One walk at a time for each domain, however many ask.
 *
 * <p>A flight is the only writer of its domain's memory while it lasts, so nothing is overwritten
 * by something older. Their number is bounded; who comes too late is told that we are busy. A
 * flight that is overdue, because an executor has lost one of its steps, is given up: the next one
 * takes its place, and what it may still bring is ignored.
 */
public final class InFlightLookups {
  private static final Logger LOG = System.getLogger(InFlightLookups.class.getName());

  /** One walk under way; every flight is equal to itself only. */
  private static final class Flight {
    final LookupFlow.Purpose purpose;
    final long departedNanos;
    final CompletableFuture<Resolution> landing = new CompletableFuture<>();

    Flight(LookupFlow.Purpose purpose, long departedNanos) {
      this.purpose = purpose;
      this.departedNanos = departedNanos;
    }
  }

  private final LookupFlow flow;
  private final PolicyCache<CacheEntry> memory;
  private final Function<CacheEntry, CacheTier> tiers;
  private final LongSupplier ticker;
  private final Executor executor;
  private final int most;
  private final long overdueNanos;
  private final BiFunction<String, String, Resolution> unavailable;
  private final ConcurrentMap<String, Flight> underWay = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Sets up an airport without flights.
   *
   * @param most how many may be under way; a quarter more for domains with a policy in memory, so
   *     that a flood of unknown ones does not keep those from being confirmed
   * @param overdue after which time a flight is given up
   * @param unavailable makes the answer for a domain from the reason why nothing can be said
   */
  public InFlightLookups(
      LookupFlow flow,
      PolicyCache<CacheEntry> memory,
      Function<CacheEntry, CacheTier> tiers,
      LongSupplier ticker,
      Executor executor,
      int most,
      Duration overdue,
      BiFunction<String, String, Resolution> unavailable) {
    this.flow = flow;
    this.memory = memory;
    this.tiers = tiers;
    this.ticker = ticker;
    this.executor = executor;
    this.most = most;
    this.overdueNanos = overdue.toNanos();
    this.unavailable = unavailable;
  }

  /** The future is shared: hand out copies only. */
  public CompletableFuture<Resolution> look(DomainName domain) {
    return join(domain, LookupFlow.Purpose.LOOK);
  }

  /** As {@link #look}, but never content with a walk that began as a mere look. */
  public CompletableFuture<Resolution> recheck(DomainName domain) {
    return join(domain, LookupFlow.Purpose.RECHECK);
  }

  /** Renews a policy in force, unless its domain is under way for another reason already. */
  public CompletableFuture<Resolution> refresh(DomainName domain) {
    return join(domain, LookupFlow.Purpose.REFRESH);
  }

  /** As {@link #recheck}, whatever has failed before. */
  public CompletableFuture<Resolution> force(DomainName domain) {
    return join(domain, LookupFlow.Purpose.FORCED);
  }

  private CompletableFuture<Resolution> join(DomainName domain, LookupFlow.Purpose purpose) {
    String key = domain.value();
    Flight other = underWay.get(key);
    if (other != null && ticker.getAsLong() - other.departedNanos >= overdueNanos) {
      giveUp(key, other, "a look under way was lost by the executor");
      other = underWay.get(key);
    }
    if (other == null) {
      if (closed.get()) {
        return turnedAway(key, "the resolver is closed");
      }
      if (isFull(key)) {
        return turnedAway(key, "too many lookups under way; try again in a while");
      }
      Flight mine = new Flight(purpose, ticker.getAsLong());
      other = underWay.putIfAbsent(key, mine);
      if (other == null) {
        depart(domain, mine, null);
        return mine.landing;
      }
    }
    if (!purpose.isOwnWalk() || other.purpose == purpose) {
      return other.landing;
    }
    return other.landing.thenComposeAsync(seen -> join(domain, purpose), executor);
  }

  private boolean isFull(String key) {
    int underWayNow = underWay.size();
    if (underWayNow < most) {
      return false;
    }
    CacheEntry known = memory.get(key);
    boolean hasPolicy = known != null && known.policyAt(ticker.getAsLong()).isPresent();
    return !hasPolicy || underWayNow - most > most / 4;
  }

  private CompletableFuture<Resolution> turnedAway(String key, String why) {
    return CompletableFuture.completedFuture(unavailable.apply(key, why));
  }

  /** Whatever happens here, the flight lands: nobody may wait for one that never left. */
  private void depart(DomainName domain, Flight flight, @Nullable CacheEntry otherwise) {
    String key = domain.value();
    if (closed.get()) {
      // Looked at after it was added, so that close() sees the flight or the flight sees it.
      giveUp(key, flight, "the resolver is closed");
      return;
    }
    try {
      CacheEntry remembered = memory.get(key);
      CacheEntry before = remembered == null ? otherwise : remembered;
      if (flight.purpose == LookupFlow.Purpose.LOOK && before != null && isSettled(before)) {
        // Another flight landed between the caller's look at memory and this departure.
        giveUp(key, flight, before.resolution());
        return;
      }
      var unused =
          flow.walk(domain, before, flight.purpose, () -> underWay.get(key) == flight)
              .whenComplete((outcome, bug) -> land(key, flight, outcome, bug));
    } catch (Throwable bug) {
      land(key, flight, null, bug);
    }
  }

  private boolean isSettled(CacheEntry known) {
    long now = ticker.getAsLong();
    return known.answersAt(now) && known.isFresh(now);
  }

  private void land(
      String key, Flight flight, LookupFlow.@Nullable Outcome outcome, @Nullable Throwable bug) {
    if (outcome == null) {
      LOG.log(Level.ERROR, "A look at " + key + " failed by a flaw of ours; please report it", bug);
      giveUp(key, flight, "an internal error, which is in the log");
      return;
    }
    Flight next =
        outcome.next() == LookupFlow.Next.LOOK && !closed.get()
            ? new Flight(LookupFlow.Purpose.LOOK, ticker.getAsLong())
            : null;
    CacheTier tier = tiers.apply(outcome.knowledge());
    // Memory and the flight's end in one: whoever departs next sees what this one learned, and one
    // that was given up writes nothing any more.
    Flight now =
        underWay.computeIfPresent(
            key,
            (k, current) -> {
              if (current != flight) {
                return current;
              }
              memory.put(key, tier, outcome.knowledge());
              return next;
            });
    flight.landing.complete(outcome.answer());
    if (next != null && now == next) {
      // With what was learned, because memory may be too full to have kept it.
      depart(DomainName.of(key), next, outcome.knowledge());
    }
  }

  /** Forgets a domain and what is under way for it; returns whether anything was known. */
  public boolean forget(String key) {
    AtomicBoolean known = new AtomicBoolean();
    AtomicReference<Flight> lost = new AtomicReference<>();
    // In one, so that no flight departs with what is being forgotten.
    underWay.compute(
        key,
        (k, flight) -> {
          known.set(memory.remove(key));
          lost.set(flight);
          return null;
        });
    Flight flight = lost.get();
    if (flight != null) {
      giveUp(key, flight, "the domain was purged while it was looked up");
    }
    return known.get();
  }

  /** Remembers what was learned elsewhere, unless something newer is known or under way. */
  public boolean learn(String key, CacheEntry knowledge) {
    CacheTier tier = tiers.apply(knowledge);
    AtomicBoolean learned = new AtomicBoolean();
    underWay.compute(
        key,
        (k, flight) -> {
          if (flight == null && isNews(memory.get(key), knowledge)) {
            memory.put(key, tier, knowledge);
            learned.set(true);
          }
          return flight;
        });
    return learned.get();
  }

  private boolean isNews(@Nullable CacheEntry known, CacheEntry knowledge) {
    return known == null
        || known.policyAt(ticker.getAsLong()).isEmpty()
        || known.inForce().fetchedAt().isBefore(knowledge.inForce().fetchedAt());
  }

  private void giveUp(String key, Flight flight, String why) {
    giveUp(key, flight, unavailable.apply(key, why));
  }

  private void giveUp(String key, Flight flight, Resolution answer) {
    underWay.remove(key, flight);
    flight.landing.complete(answer);
  }

  /** Completes what is still under way; nothing departs any more. */
  public void close() {
    closed.set(true);
    underWay.forEach((key, flight) -> giveUp(key, flight, "the resolver is closed"));
  }
}
