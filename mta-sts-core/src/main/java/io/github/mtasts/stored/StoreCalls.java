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
 * Calls to a store, each within a deadline, and none for a while after one has failed.
 *
 * <p>Whatever the store does, the outcome is a value: what it answered, or nothing. Reads and
 * writes fail apart, so that a store that is full or read-only can still be read. Trouble is told
 * once when it begins and once when it is over.
 *
 * <p>A call's deadline begins with its turn: a store that answers is no broken one because
 * thousands ask at once. Those in line wait for {@value #MOST_DEADLINES_IN_LINE} deadlines at most,
 * and no longer than the store answers.
 */
public final class StoreCalls {

  /** What a call is for. */
  enum Kind {
    READING,
    WRITING,
    /** Writing what a fetch has brought; goes first. */
    LANDING
  }

  /** For how many deadlines a call waits for its turn at most. */
  public static final int MOST_DEADLINES_IN_LINE = 5;

  private static final int DETAIL_SHOWN = 300;

  private final PolicyStore store;
  private final Duration deadline;
  private final Executor blocking;
  private final Executor executor;
  private final CircuitBreaker reading;
  private final CircuitBreaker writing;
  private final StoreQueue line = new StoreQueue();
  private volatile boolean closed;

  /**
   * Sets up the calls; none is made yet.
   *
   * @param blocking runs the calls themselves; may reject
   * @param executor runs what follows upon them
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
   * @return what it answered; empty if it did not, or was not asked; never exceptional
   */
  <T> CompletableFuture<Optional<T>> call(Kind kind, Function<PolicyStore, T> call) {
    CircuitBreaker circuit = kind == Kind.READING ? reading : writing;
    if (closed || !circuit.admits()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    Call<T> mine = new Call<>(circuit, call);
    if (!line.join(kind == Kind.LANDING, mine::begin)) {
      circuit.failed("more calls are waiting than there is room for");
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return mine.outcome.thenApplyAsync(Function.identity(), executor);
  }

  boolean isWritable() {
    return !closed && writing.isOpenToCalls();
  }

  /** Makes no call any more. */
  void close() {
    closed = true;
  }

  /** As {@link #close}, where something was still being written that is lost now: that is told. */
  void giveUp() {
    closed = true;
    writing.failed("what was learned last was still being written at the end, and may be lost");
  }

  /** One call, from the line to its outcome. */
  private final class Call<T> {
    final CompletableFuture<Optional<T>> outcome = new CompletableFuture<>();
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private final FutureTask<@Nullable Void> task = new FutureTask<>(this::ask, null);
    private final CircuitBreaker circuit;
    private final Function<PolicyStore, T> call;
    private final int breaks;
    private final long enteredNanos = System.nanoTime();

    Call(CircuitBreaker circuit, Function<PolicyStore, T> call) {
      this.circuit = circuit;
      this.call = call;
      this.breaks = circuit.breaks();
    }

    /** Its turn has come. */
    CompletableFuture<?> begin() {
      if (closed || circuit.breaks() != breaks) {
        outcome.complete(Optional.empty());
      } else if (hasWaitedTooLong()) {
        fail("calls wait for longer than " + MOST_DEADLINES_IN_LINE + " deadlines; it is too slow");
      } else {
        execute();
      }
      return outcome;
    }

    private boolean hasWaitedTooLong() {
      return (System.nanoTime() - enteredNanos) / MOST_DEADLINES_IN_LINE > deadline.toNanos();
    }

    private void execute() {
      try {
        blocking.execute(task);
      } catch (RejectedExecutionException busy) {
        fail("there is no thread to be had for it");
        return;
      }
      var unused =
          answer.orTimeout(deadline.toNanos(), TimeUnit.NANOSECONDS).whenComplete(this::answered);
    }

    private void ask() {
      try {
        answer.complete(call.apply(store));
      } catch (Throwable trouble) {
        answer.completeExceptionally(trouble);
      }
    }

    private void answered(@Nullable T value, @Nullable Throwable trouble) {
      if (trouble == null) {
        if (!closed) {
          circuit.succeeded();
        }
        outcome.complete(Optional.ofNullable(value));
      } else if (trouble instanceof TimeoutException) {
        task.cancel(true);
        fail("no answer within " + deadline.toMillis() + " ms");
      } else {
        fail(trouble.getMessage() == null ? trouble.toString() : trouble.getMessage());
      }
    }

    private void fail(String detail) {
      if (!closed) {
        circuit.failed(Excerpt.of(detail, DETAIL_SHOWN));
      }
      outcome.complete(Optional.empty());
    }
  }
}
