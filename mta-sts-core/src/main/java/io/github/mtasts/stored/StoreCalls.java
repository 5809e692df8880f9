// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.store.PolicyStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls a store, each call within a deadline; after a failure, makes no calls for a while.
 *
 * <p>The result is always a value: the store's answer, or empty. Reads and writes have separate
 * circuit breakers, so that a full or read-only store can still be read. A failure is reported once
 * when it begins and once when it ends.
 *
 * <p>A call's deadline starts when the call leaves the queue: a healthy store with thousands of
 * waiting calls has not failed. A call waits in the queue for {@value #MAX_DEADLINES_IN_QUEUE}
 * deadlines at most, and fails at once when the circuit breaker opens. Thread-safe.
 */
public final class StoreCalls {

  /** The kind of a call. */
  enum Kind {
    READ,
    WRITE,
    /** Writes the result of a fetch, or keeps or ends its lease; goes before other calls. */
    WRITE_RESULT
  }

  /** For how many deadlines a call waits in the queue at most. */
  public static final int MAX_DEADLINES_IN_QUEUE = 5;

  private static final int MAX_DETAIL_LENGTH = 300;

  private final PolicyStore store;
  private final Duration deadline;
  private final Executor blocking;
  private final Executor executor;
  private final CircuitBreaker reading;
  private final CircuitBreaker writing;
  private final StoreQueue queue = new StoreQueue();
  private volatile boolean closed;

  /**
   * Makes no call yet.
   *
   * @param blocking runs the calls; may reject them
   * @param executor completes the results and reports to the listener
   */
  public StoreCalls(
      PolicyStore store,
      Duration deadline,
      Executor blocking,
      Executor executor,
      ResolverListener listener,
      LongSupplier ticker) {
    this.store = store;
    this.deadline = deadline;
    this.blocking = blocking;
    this.executor = executor;
    this.reading = new CircuitBreaker("reading", listener, ticker, executor);
    this.writing = new CircuitBreaker("writing", listener, ticker, executor);
  }

  /**
   * Calls the store.
   *
   * @return the answer; empty if there was none or no call was made; never exceptional
   */
  <T> CompletableFuture<Optional<T>> call(Kind kind, Function<PolicyStore, T> call) {
    CircuitBreaker breaker = kind == Kind.READ ? reading : writing;
    if (closed || !breaker.admits()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    Call<T> queued = new Call<>(breaker, call);
    if (!queue.add(kind == Kind.WRITE_RESULT, queued::start)) {
      breaker.failed("the queue of waiting calls is full");
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return queued.result.thenApplyAsync(Function.identity(), executor);
  }

  boolean isWritable() {
    return !closed && writing.wouldAdmit();
  }

  /** Makes no more calls. */
  void close() {
    closed = true;
  }

  /** As {@link #close}, and reports that unfinished writes may be lost. */
  void closeUnfinished() {
    closed = true;
    writing.failed("the resolver was closed before all results were written; they may be lost");
  }

  /** One call, from the queue to its result. */
  private final class Call<T> {
    final CompletableFuture<Optional<T>> result = new CompletableFuture<>();
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private final FutureTask<@Nullable Void> task = new FutureTask<>(this::callStore, null);
    private final CircuitBreaker breaker;
    private final Function<PolicyStore, T> call;
    private final int timesOpened;
    private final long queuedAtNanos = System.nanoTime();

    Call(CircuitBreaker breaker, Function<PolicyStore, T> call) {
      this.breaker = breaker;
      this.call = call;
      this.timesOpened = breaker.timesOpened();
    }

    /** Called when its turn has come. */
    CompletableFuture<?> start() {
      if (closed || breaker.timesOpened() != timesOpened) {
        result.complete(Optional.empty());
      } else if (hasWaitedTooLong()) {
        fail(
            "the store is too slow: a call was queued for "
                + MAX_DEADLINES_IN_QUEUE
                + " deadlines");
      } else {
        execute();
      }
      return result;
    }

    private boolean hasWaitedTooLong() {
      return (System.nanoTime() - queuedAtNanos) / MAX_DEADLINES_IN_QUEUE > deadline.toNanos();
    }

    private void execute() {
      try {
        blocking.execute(task);
      } catch (RejectedExecutionException busy) {
        fail("no thread is available for the call");
        return;
      }
      var unused =
          answer.orTimeout(deadline.toNanos(), TimeUnit.NANOSECONDS).whenComplete(this::complete);
    }

    private void callStore() {
      try {
        answer.complete(call.apply(store));
      } catch (Throwable failure) {
        answer.completeExceptionally(failure);
      }
    }

    private void complete(@Nullable T value, @Nullable Throwable failure) {
      if (failure == null) {
        if (!closed) {
          breaker.succeeded();
        }
        result.complete(Optional.ofNullable(value));
      } else if (failure instanceof TimeoutException) {
        task.cancel(true);
        fail("no answer within " + deadline.toMillis() + " ms");
      } else {
        fail(failure.getMessage() == null ? failure.toString() : failure.getMessage());
      }
    }

    private void fail(String detail) {
      if (!closed) {
        breaker.failed(Excerpt.of(detail, MAX_DETAIL_LENGTH));
      }
      result.complete(Optional.empty());
    }
  }
}
