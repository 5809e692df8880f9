// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import io.github.mtasts.decision.OwnTrouble;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.stored.StoreGateway.Answer.Unknown;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls a store on the threads of a pool, each call within a deadline.
 *
 * <p>The pool bounds how many calls run at once, and its queue holds the rest. The deadline starts
 * when a call starts: waiting for a thread is no failure of the store. A call that waits for longer
 * than the patience is given up, without effect on the circuit breaker.
 *
 * <p>A caller always gets a result. An {@link Error} is trouble of our own and no failure of the
 * store, whether the pool or the call throws it. A call holds no permit that could be lost.
 * Thread-safe.
 */
final class StoreCalls {
  private static final int MAX_DETAIL_LENGTH = 300;

  private final Optional<PolicyStore> store;
  private final Duration deadline;
  private final Duration patience;
  private final Executor threads;
  private final CircuitBreaker breaker;
  private final ResolverListener listener;
  private volatile boolean closed;

  /**
   * Makes no call yet.
   *
   * @param store empty for none: then it is closed from the beginning
   * @param threads runs the calls; may reject them
   */
  StoreCalls(
      Optional<PolicyStore> store,
      Duration deadline,
      Duration patience,
      Executor threads,
      CircuitBreaker breaker,
      ResolverListener listener) {
    this.store = store;
    this.deadline = deadline;
    this.patience = patience;
    this.threads = threads;
    this.breaker = breaker;
    this.listener = listener;
    this.closed = store.isEmpty();
  }

  /**
   * Calls the store, unless it is known to be failing; never exceptional.
   *
   * @param otherwise makes a result of the reason why there is no answer
   */
  <T> CompletableFuture<T> call(Function<PolicyStore, T> call, Function<Unknown, T> otherwise) {
    boolean isTrial = breaker.outage().isPresent();
    Optional<Unknown> refusal = closing().or(breaker::refusal);
    if (refusal.isPresent()) {
      return CompletableFuture.completedFuture(otherwise.apply(refusal.get()));
    }
    Call<T> waiting = new Call<>(call, otherwise, isTrial);
    waiting.submit();
    return waiting.result;
  }

  /** The last failure of the store, unless a call has succeeded since. */
  Optional<String> trouble() {
    return breaker.trouble();
  }

  /** Tries the next call even if the store is known to be failing. */
  void retryNow() {
    breaker.retryNow();
  }

  /** Makes no more calls. */
  void close() {
    closed = true;
  }

  private Optional<Unknown> closing() {
    return closed
        ? Optional.of(new Unknown(Cause.CLOSING, "store: the resolver is closed", Optional.empty()))
        : Optional.empty();
  }

  /** One call, from the pool's queue to its result. */
  private final class Call<T> implements Runnable {
    final CompletableFuture<T> result = new CompletableFuture<>();
    private final Function<PolicyStore, T> call;
    private final Function<Unknown, T> otherwise;
    private final boolean isTrial;

    /** Completed once: by the thread that starts the call, or by whatever ends the wait for it. */
    private final CompletableFuture<Boolean> turn = new CompletableFuture<>();

    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private final FutureTask<Boolean> task = new FutureTask<>(this::askStore);

    Call(Function<PolicyStore, T> call, Function<Unknown, T> otherwise, boolean isTrial) {
      this.call = call;
      this.otherwise = otherwise;
      this.isTrial = isTrial;
    }

    void submit() {
      try {
        var unused =
            turn.orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS)
                .exceptionally(late -> waitedTooLong());
        threads.execute(this);
      } catch (RejectedExecutionException full) {
        if (turn.complete(false)) {
          ownTrouble(Cause.BUSY, OwnTrouble.BUSY, "too many calls waiting");
        }
      } catch (Throwable trouble) {
        if (turn.complete(false)) {
          ownTrouble(trouble);
        }
      }
    }

    @Override
    public void run() {
      if (!turn.complete(true)) {
        return; // its caller already has a result
      }
      try {
        // Calls that waited less may have found out that the store fails.
        Optional<Unknown> refusal =
            closing().or(() -> isTrial ? Optional.empty() : breaker.outage());
        if (refusal.isPresent()) {
          result.complete(otherwise.apply(refusal.get()));
          return;
        }
        var unused =
            answer.orTimeout(deadline.toNanos(), TimeUnit.NANOSECONDS).whenComplete(this::judge);
        task.run();
        if (task.isCancelled()) {
          Thread.interrupted(); // it was meant for this call, and not for the next one
        }
      } catch (Throwable trouble) {
        ownTrouble(trouble);
      }
    }

    private boolean askStore() {
      try {
        return answer.complete(
            Objects.requireNonNull(
                call.apply(store.orElseThrow()), "store: expected an answer, found null"));
      } catch (Throwable failure) {
        return answer.completeExceptionally(failure);
      }
    }

    private void judge(@Nullable T value, @Nullable Throwable failure) {
      if (value != null) {
        breaker.succeeded();
        result.complete(value);
      } else if (failure instanceof Error) {
        ownTrouble(failure);
      } else {
        boolean isLate = failure instanceof TimeoutException;
        String detail =
            isLate
                ? "store: expected an answer within " + deadline.toMillis() + " ms, found none"
                : detail(failure);
        task.cancel(isLate);
        result.complete(otherwise.apply(closing().orElseGet(() -> breaker.failed(detail))));
      }
    }

    private boolean waitedTooLong() {
      Optional<Unknown> outage = breaker.outage();
      if (outage.isPresent()) {
        result.complete(otherwise.apply(outage.get()));
      } else {
        String found = "no free thread within " + patience.toSeconds() + " s";
        ownTrouble(Cause.BUSY, OwnTrouble.BUSY, found);
      }
      return false;
    }

    private void ownTrouble(Throwable trouble) {
      OwnTrouble kind =
          trouble instanceof VirtualMachineError
              ? OwnTrouble.RESOURCES
              : trouble instanceof LinkageError ? OwnTrouble.LINKAGE : OwnTrouble.INTERNAL_ERROR;
      ownTrouble(Cause.INTERNAL_ERROR, kind, Excerpt.of(trouble.toString(), MAX_DETAIL_LENGTH));
    }

    /** The caller first, because the report may fail, too. */
    private void ownTrouble(Cause cause, OwnTrouble kind, String found) {
      String detail = "store: expected to call it, found " + found;
      result.complete(otherwise.apply(new Unknown(cause, detail, Optional.empty())));
      listener.ownTrouble(kind, detail);
    }
  }

  static String detail(@Nullable Throwable failure) {
    String message = failure == null ? null : failure.getMessage();
    return Excerpt.of(message == null ? String.valueOf(failure) : message, MAX_DETAIL_LENGTH);
  }
}
