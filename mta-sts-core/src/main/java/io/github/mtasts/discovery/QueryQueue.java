// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Limits the number of running queries, and completes each query within its deadline.
 *
 * <p>The first of three events completes the returned future: the answer, the deadline or {@link
 * #close()}. Deadlines have their own threads, so that neither the DNS library nor code that
 * callers attach to their futures can delay one. (Exception: attached code that blocks {@value
 * DnsThreads#TIMEOUT_WORKERS} timed-out futures at once delays the next timeouts.) Cancelling the
 * future removes its query from the queue and does not affect other queries.
 *
 * <p>Thread-safe. Nothing runs on the caller's thread.
 */
final class QueryQueue implements AutoCloseable {
  private static final String CLOSED_EARLY = "the DNS client was closed before the answer";

  private final DnsLimits limits;
  private final DnsThreads threads;
  private final Set<Query<?>> running = new HashSet<>();
  private final LinkedHashSet<Query<?>> waiting = new LinkedHashSet<>();
  private boolean closed;

  QueryQueue(DnsLimits limits) {
    this(limits, new DnsThreads());
  }

  QueryQueue(DnsLimits limits, DnsThreads threads) {
    this.limits = limits;
    this.threads = threads;
  }

  /** The executor that reads answers: a few daemon threads that end when idle. */
  Executor workers() {
    return threads;
  }

  /** Runs a task later, unless closed by then. */
  Future<?> later(Duration delay, Runnable task) {
    return threads.later(delay, task);
  }

  /**
   * Runs a query, now or when its turn comes.
   *
   * @param what its name in details, for example {@code TXT _mta-sts.example.com}
   * @param exchange sends the query; its argument is the deadline by {@link System#nanoTime};
   *     called at most once
   * @return the answer; completes exceptionally as {@link DnsClient} says
   */
  <T> CompletableFuture<DnsAnswer<T>> submit(
      String what, LongFunction<CompletionStage<DnsAnswer<T>>> exchange) {
    Query<T> query = new Query<>(what, exchange);
    switch (admit(query)) {
      case NOW -> {
        query.watch();
        startAll(query);
      }
      case LATER -> query.watch();
      case OVERLOADED ->
          query.reject(
              "overload, "
                  + limits.waiting()
                  + " queries are waiting already; send mail more slowly or raise the limit");
      case CLOSED -> query.reject("the DNS client is closed");
    }
    return query.answer;
  }

  /** Stops the threads and completes every open query. */
  @Override
  public void close() {
    List<Query<?>> open = new ArrayList<>();
    synchronized (this) {
      closed = true;
      open.addAll(running);
      open.addAll(waiting);
      running.clear();
      waiting.clear();
    }
    threads.close();
    open.forEach(query -> query.reject(CLOSED_EARLY));
  }

  private enum Admission {
    NOW,
    LATER,
    OVERLOADED,
    CLOSED
  }

  private synchronized Admission admit(Query<?> query) {
    if (closed) {
      return Admission.CLOSED;
    }
    if (running.size() < limits.underWay()) {
      running.add(query);
      return Admission.NOW;
    }
    if (waiting.size() < limits.waiting()) {
      waiting.add(query);
      return Admission.LATER;
    }
    return Admission.OVERLOADED;
  }

  /**
   * Starts a query, and the next ones if it cannot start. A query that cannot start is removed
   * before it completes, so that completing it starts no other: a loop, and not a recursion that
   * overflows the stack, empties a long queue.
   */
  private void startAll(@Nullable Query<?> first) {
    Query<?> query = first;
    while (query != null) {
      Optional<Throwable> failure = query.start();
      Query<?> next = failure.isPresent() ? remove(query) : null;
      failure.ifPresent(query::fail);
      query = next;
    }
  }

  /** Removes a query; returns the waiting one that is to run instead, if any. */
  private synchronized @Nullable Query<?> remove(Query<?> query) {
    waiting.remove(query);
    if (!running.remove(query) || waiting.isEmpty()) {
      return null;
    }
    Query<?> next = waiting.iterator().next();
    waiting.remove(next);
    running.add(next);
    return next;
  }

  /** One query, from the call to its answer. */
  private final class Query<T> {
    private final String what;
    private final LongFunction<CompletionStage<DnsAnswer<T>>> exchange;
    private final long end = System.nanoTime() + limits.deadline().toNanos();
    private final CompletableFuture<DnsAnswer<T>> answer = new CompletableFuture<>();
    private volatile @Nullable Future<?> deadline;
    private volatile boolean sent;

    Query(String what, LongFunction<CompletionStage<DnsAnswer<T>>> exchange) {
      this.what = what;
      this.exchange = exchange;
    }

    /** Starts the deadline; from now on the query ends by itself. */
    void watch() {
      var unused = answer.whenComplete((result, failure) -> end());
      try {
        deadline = threads.atDeadline(timeLeft(), this::timeOut);
      } catch (RuntimeException | Error e) {
        fail(e);
      }
      if (answer.isDone()) {
        end(); // it ended before the deadline was set, so nothing has cancelled that
      }
    }

    /** Sends the query on a worker thread; returns the reason if it cannot. */
    Optional<Throwable> start() {
      try {
        threads.execute(this::exchange);
        return Optional.empty();
      } catch (RuntimeException | Error e) {
        return Optional.of(e);
      }
    }

    /** A limit of this client: nobody was asked, so nothing is known about DNS. */
    void reject(String why) {
      fail(new RejectedExecutionException(what + ": " + why));
    }

    void fail(Throwable reason) {
      answer.completeExceptionally(reason);
    }

    private void exchange() {
      if (end - System.nanoTime() <= 0) {
        timeOut();
      }
      if (answer.isDone()) {
        return;
      }
      sent = true;
      try {
        var unused = exchange.apply(end).whenComplete(this::complete);
      } catch (RuntimeException | Error e) { // an Error too must free the place
        fail(e);
      }
    }

    private void complete(@Nullable DnsAnswer<T> result, @Nullable Throwable failure) {
      if (result != null) {
        answer.complete(result);
      } else {
        fail(cause(failure));
      }
    }

    private static Throwable cause(@Nullable Throwable failure) {
      if (failure == null) {
        return new IllegalStateException("DNS: expected an answer or a failure, found neither");
      }
      return failure instanceof CompletionException && failure.getCause() != null
          ? failure.getCause()
          : failure;
    }

    private void timeOut() {
      long millis = limits.deadline().toMillis();
      if (sent) {
        answer.complete(
            DnsAnswer.unavailable(
                what
                    + ": expected an answer within "
                    + millis
                    + " ms, found none; check that the DNS server is reachable"));
      } else {
        reject(
            "expected the query to be sent within "
                + millis
                + " ms, found it still waiting for others; send mail more slowly or raise the"
                + " limit");
      }
    }

    private void end() {
      Future<?> pending = deadline;
      if (pending != null) {
        pending.cancel(false);
      }
      startAll(remove(this));
    }

    private Duration timeLeft() {
      return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
    }
  }
}
