package io.github.mtasts;

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
 */
final class StoreCalls {

  /** What a call is for. */
  enum Kind {
    READING,
    WRITING
  }

  private final PolicyStore store;
  private final Duration deadline;
  private final Executor blocking;
  private final Executor executor;
  private final Circuit reading;
  private final Circuit writing;

  /**
   * Sets up the calls; none is made yet.
   *
   * @param blocking runs the calls themselves; may reject
   * @param executor runs what follows upon them
   */
  StoreCalls(
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
    this.reading = new Circuit("reading", listener, ticker);
    this.writing = new Circuit("writing", listener, ticker);
  }

  /**
   * Calls the store.
   *
   * @return what it answered; empty if it did not, or was not asked; never exceptional
   */
  <T> CompletableFuture<Optional<T>> call(Kind kind, Function<PolicyStore, T> call) {
    Circuit circuit = kind == Kind.READING ? reading : writing;
    if (!circuit.admits()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    FutureTask<@Nullable Void> task = new FutureTask<>(() -> run(call, answer), null);
    try {
      blocking.execute(task);
    } catch (RejectedExecutionException busy) {
      circuit.failed("more calls are waiting than there is room for");
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return answer
        .orTimeout(deadline.toNanos(), TimeUnit.NANOSECONDS)
        .handleAsync((value, trouble) -> outcome(circuit, task, value, trouble), executor);
  }

  boolean isWritable() {
    return writing.isOpenToCalls();
  }

  private <T> void run(Function<PolicyStore, T> call, CompletableFuture<T> answer) {
    try {
      answer.complete(call.apply(store));
    } catch (Throwable trouble) {
      answer.completeExceptionally(trouble);
    }
  }

  private <T> Optional<T> outcome(
      Circuit circuit,
      FutureTask<@Nullable Void> task,
      @Nullable T value,
      @Nullable Throwable trouble) {
    if (trouble == null) {
      circuit.succeeded();
      return Optional.ofNullable(value);
    }
    if (trouble instanceof TimeoutException) {
      task.cancel(true);
      circuit.failed("no answer within " + deadline.toMillis() + " ms");
    } else {
      circuit.failed(String.valueOf(trouble.getMessage()));
    }
    return Optional.empty();
  }
}
