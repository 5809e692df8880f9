package io.github.mtasts;

import io.github.mtasts.policy.DomainName;
import io.github.mtasts.store.PolicyMemory;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One walk at a time for each domain, however many ask.
 *
 * <p>A flight is the only writer of its domain's memory while it lasts, so nothing is overwritten
 * by something older. Their number is bounded; who comes too late is told that we are busy.
 */
final class Flights {
  private static final Logger LOG = System.getLogger(PolicyResolver.class.getName());

  /** One walk under way. */
  private record Flight(PolicyFlow.Purpose purpose, CompletableFuture<Resolution> landing) {}

  private final PolicyFlow flow;
  private final PolicyMemory<Knowledge> memory;
  private final LongSupplier ticker;
  private final Executor executor;
  private final int most;
  private final Function<String, Resolution> overload;
  private final ConcurrentMap<String, Flight> underWay = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  Flights(
      PolicyFlow flow,
      PolicyMemory<Knowledge> memory,
      LongSupplier ticker,
      Executor executor,
      int most,
      Function<String, Resolution> overload) {
    this.flow = flow;
    this.memory = memory;
    this.ticker = ticker;
    this.executor = executor;
    this.most = most;
    this.overload = overload;
  }

  /** The future is shared: hand out copies only. */
  CompletableFuture<Resolution> look(DomainName domain) {
    return join(domain, PolicyFlow.Purpose.LOOK);
  }

  /** As {@link #look}, but never content with a walk that began as a mere look. */
  CompletableFuture<Resolution> recheck(DomainName domain) {
    return join(domain, PolicyFlow.Purpose.RECHECK);
  }

  private CompletableFuture<Resolution> join(DomainName domain, PolicyFlow.Purpose purpose) {
    String key = domain.value();
    Flight other = underWay.get(key);
    if (other == null && (closed.get() || underWay.size() >= most)) {
      return CompletableFuture.completedFuture(overload.apply(key));
    }
    Flight mine = new Flight(purpose, new CompletableFuture<>());
    if (other == null) {
      other = underWay.putIfAbsent(key, mine);
    }
    if (other == null) {
      depart(domain, mine);
      return mine.landing();
    }
    if (purpose == PolicyFlow.Purpose.LOOK || other.purpose() == purpose) {
      return other.landing();
    }
    return other.landing().thenComposeAsync(seen -> join(domain, purpose), executor);
  }

  private void depart(DomainName domain, Flight flight) {
    String key = domain.value();
    Knowledge before = memory.get(key);
    if (flight.purpose() == PolicyFlow.Purpose.LOOK && before != null && isSettled(before)) {
      // Another flight landed between the caller's look at memory and this departure.
      land(key, flight, before.resolution());
      return;
    }
    CompletableFuture<PolicyFlow.Outcome> walk;
    try {
      walk = flow.walk(domain, before, flight.purpose());
    } catch (RuntimeException bug) {
      walk = CompletableFuture.failedFuture(bug);
    }
    var unused = walk.whenComplete((outcome, bug) -> land(key, flight, before, outcome, bug));
  }

  private boolean isSettled(Knowledge known) {
    long now = ticker.getAsLong();
    return known.answersAt(now) && known.isFresh(now);
  }

  private void land(
      String key,
      Flight flight,
      @Nullable Knowledge before,
      PolicyFlow.@Nullable Outcome outcome,
      @Nullable Throwable bug) {
    if (outcome != null) {
      // Memory first, then the flight's end: whoever departs next sees what this one learned.
      memory.put(key, outcome.knowledge().tier(), outcome.knowledge());
      land(key, flight, outcome.answer());
      return;
    }
    LOG.log(Level.ERROR, "A look at " + key + " failed by a flaw of ours; please report it", bug);
    land(
        key,
        flight,
        before != null && before.answersAt(ticker.getAsLong())
            ? before.resolution()
            : overload.apply(key));
  }

  private void land(String key, Flight flight, Resolution answer) {
    underWay.remove(key, flight);
    flight.landing().complete(answer);
  }

  /** Completes what is still under way; nothing departs any more. */
  void close() {
    closed.set(true);
    underWay.forEach((key, flight) -> land(key, flight, overload.apply(key)));
  }
}
