// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.events;

import io.github.mtasts.decision.OwnTrouble;
import io.github.mtasts.decision.ResolverListener;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The events that wait for one listener, in order, and the thread that delivers them.
 *
 * <p>A full queue drops new events. Thread-safe.
 */
final class ListenerQueue {
  /** How many events wait at most: {@value}. */
  static final int MOST_EVENTS = 10_000;

  private static final int IDLE_SECONDS = 10;

  /** What became of an event. */
  enum Outcome {
    /** It is or will be delivered. */
    QUEUED,
    /** The queue is full. */
    DROPPED,
    /** It is queued, but no thread could be started; the next event tries again. */
    NO_THREAD,
    /** The queue was closed before. */
    CLOSED
  }

  private final ResolverListener listener;
  private final Optional<ThreadPoolExecutor> thread;
  private final AtomicLong dropped = new AtomicLong();

  private ListenerQueue(ResolverListener listener, Optional<ThreadPoolExecutor> thread) {
    this.listener = listener;
    this.thread = thread;
  }

  /** Delivers on a daemon thread. */
  static ListenerQueue threaded(ResolverListener listener, int number) {
    return threaded(
        listener,
        task -> {
          Thread thread = new Thread(task, "mta-sts-events-" + number);
          thread.setDaemon(true);
          return thread;
        });
  }

  /** For tests that run out of threads. */
  static ListenerQueue threaded(ResolverListener listener, ThreadFactory factory) {
    // No core thread: then an event is always queued first, and not lost if no thread can start.
    return new ListenerQueue(
        listener,
        Optional.of(
            new ThreadPoolExecutor(
                0,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MOST_EVENTS),
                factory)));
  }

  /** Delivers on the caller's thread. */
  static ListenerQueue inline(ResolverListener listener) {
    return new ListenerQueue(listener, Optional.empty());
  }

  Outcome offer(Consumer<ResolverListener> event) {
    try {
      thread.<Executor>map(pool -> pool).orElse(Runnable::run).execute(() -> deliver(event));
      return Outcome.QUEUED;
    } catch (RejectedExecutionException e) {
      return thread.filter(ThreadPoolExecutor::isShutdown).isPresent() ? Outcome.CLOSED : drop();
    } catch (Throwable noThread) {
      return thread.filter(ListenerQueue::isFull).isPresent() ? drop() : Outcome.NO_THREAD;
    }
  }

  private Outcome drop() {
    dropped.incrementAndGet();
    return Outcome.DROPPED;
  }

  private static boolean isFull(ThreadPoolExecutor pool) {
    return pool.getQueue().remainingCapacity() == 0;
  }

  private void deliver(Consumer<ResolverListener> event) {
    call(event);
    if (thread.filter(pool -> pool.getQueue().isEmpty()).isPresent()) {
      reportDropped();
    }
  }

  /** Reports to the listener itself, once it has caught up. */
  private void reportDropped() {
    long lost = dropped.get();
    if (lost > 0) {
      String detail = droppedDetail();
      dropped.addAndGet(-lost);
      call(to -> to.ownTrouble(OwnTrouble.EVENTS_DROPPED, detail));
    }
  }

  private void call(Consumer<ResolverListener> event) {
    try {
      event.accept(listener);
    } catch (Throwable failure) {
      OwnTroubleLog.listenerThrew(failure);
    }
  }

  /** What was expected, how many events are lost since the listener last caught up, what to do. */
  String droppedDetail() {
    return "events: expected "
        + this
        + " to keep up, found it with "
        + MOST_EVENTS
        + " events behind and "
        + dropped.get()
        + " dropped; make it return sooner, or hand its work to a thread";
  }

  /** Accepts no more events; those that wait are delivered. */
  void shutdown() {
    offer(to -> {}); // starts a thread if none could be started before
    thread.ifPresent(ThreadPoolExecutor::shutdown);
  }

  /** Waits for the listener, then ends its thread and forgets the events that still wait. */
  void awaitEnd(long nanos) {
    thread.ifPresent(pool -> awaitEnd(pool, nanos));
  }

  private static void awaitEnd(ThreadPoolExecutor pool, long nanos) {
    try {
      if (pool.awaitTermination(nanos, TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pool.shutdownNow();
  }

  @Override
  public String toString() {
    return "the listener " + listener.getClass().getName();
  }
}
