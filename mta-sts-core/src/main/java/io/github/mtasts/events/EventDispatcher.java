// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.events;

import io.github.mtasts.decision.OwnTrouble;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.Suspicion;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.policy.RecordAnswer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Passes each event to all listeners, without waiting for them; one for each resolver.
 *
 * <p>No listener can hold up mail or another listener: each has a thread of its own, and loses
 * events if it is too slow (see {@link ListenerQueue}). Own trouble is logged as well, and limited
 * for each kind (see {@link OwnTroubleLog}), because it can come with every message.
 *
 * <p>No method throws. Thread-safe.
 */
public final class EventDispatcher implements ResolverListener, AutoCloseable {
  /** How long {@link #close()} waits for listeners, in seconds: {@value}. */
  public static final int CLOSE_SECONDS = 2;

  private final OwnTroubleLog troubles;
  private final List<ListenerQueue> queues;

  private EventDispatcher(OwnTroubleLog troubles, List<ListenerQueue> queues) {
    this.troubles = troubles;
    this.queues = queues;
  }

  /**
   * Calls each listener on a daemon thread of its own, named {@code mta-sts-events-N}, which starts
   * at the first event and ends after 10 s without one.
   *
   * @param listeners the listeners
   * @param ticker elapsed time in nanoseconds
   * @return a dispatcher without threads
   */
  public static EventDispatcher threaded(List<ResolverListener> listeners, LongSupplier ticker) {
    OwnTroubleLog troubles = new OwnTroubleLog(ticker);
    return new EventDispatcher(
        troubles,
        IntStream.range(0, listeners.size())
            .mapToObj(i -> ListenerQueue.threaded(listeners.get(i), i + 1))
            .toList());
  }

  /**
   * Calls the listeners on the thread that reports the event; for tests with a clock of their own.
   *
   * @param listeners the listeners
   * @param ticker elapsed time in nanoseconds
   * @return a dispatcher without threads
   */
  public static EventDispatcher inline(List<ResolverListener> listeners, LongSupplier ticker) {
    return new EventDispatcher(
        new OwnTroubleLog(ticker), listeners.stream().map(ListenerQueue::inline).toList());
  }

  @Override
  public void recordChecked(String domain, RecordAnswer answer) {
    forward(listener -> listener.recordChecked(domain, answer));
  }

  @Override
  public void policyFetched(Resolution.InForce fetched) {
    forward(listener -> listener.policyFetched(fetched));
  }

  @Override
  public void fetchFailed(String domain, Problem problem) {
    forward(listener -> listener.fetchFailed(domain, problem));
  }

  @Override
  public void policyExpired(Resolution.InForce expired) {
    forward(listener -> listener.policyExpired(expired));
  }

  @Override
  public void suspicious(Suspicion suspicion, Resolution.InForce before, String detail) {
    forward(listener -> listener.suspicious(suspicion, before, detail));
  }

  @Override
  public void overridesUnreadable(String detail) {
    forward(listener -> listener.overridesUnreadable(detail));
  }

  @Override
  public void overridesEnded(List<PolicyOverride> ended) {
    forward(listener -> listener.overridesEnded(ended));
  }

  @Override
  public void tlsSessionEnded(TlsSession session) {
    forward(listener -> listener.tlsSessionEnded(session));
  }

  @Override
  public void refreshFailing(Resolution.InForce policy, Problem problem, int failures) {
    forward(listener -> listener.refreshFailing(policy, problem, failures));
  }

  @Override
  public void storeFailed(String what, String detail) {
    forward(listener -> listener.storeFailed(what, detail));
  }

  @Override
  public void storeRecovered(String what) {
    forward(listener -> listener.storeRecovered(what));
  }

  @Override
  public void storedRowUnreadable(String domain, String detail) {
    forward(listener -> listener.storedRowUnreadable(domain, detail));
  }

  /** {@inheritDoc} Listeners receive at most {@value OwnTroubleLog#MOST_EVENTS} a minute. */
  @Override
  public void ownTrouble(OwnTrouble kind, String detail) {
    if (troubles.log(kind, detail)) {
      forward(listener -> listener.ownTrouble(kind, detail));
    }
  }

  private void forward(Consumer<ResolverListener> event) {
    for (ListenerQueue queue : queues) {
      switch (queue.offer(event)) {
        case QUEUED, CLOSED -> {}
        case DROPPED -> reportDropped(queue);
        // For the log only: the next event starts the thread, or fails in the same way.
        case NO_THREAD ->
            troubles.log(
                OwnTrouble.RESOURCES,
                "events: expected a thread for "
                    + queue
                    + ", found that none can be started; raise the limit of threads or memory");
      }
    }
  }

  /** This event is dropped too where the queue is full; that is not reported once more. */
  private void reportDropped(ListenerQueue queue) {
    String detail = queue.droppedDetail();
    if (troubles.log(OwnTrouble.EVENTS_DROPPED, detail)) {
      queues.stream()
          .filter(other -> other != queue)
          .forEach(other -> other.offer(to -> to.ownTrouble(OwnTrouble.EVENTS_DROPPED, detail)));
    }
  }

  /**
   * Delivers the events reported so far, but waits at most {@value #CLOSE_SECONDS} s; then ends the
   * threads. Later events are ignored.
   */
  @Override
  public void close() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
    queues.forEach(ListenerQueue::shutdown);
    queues.forEach(queue -> queue.awaitEnd(end - System.nanoTime()));
  }
}
