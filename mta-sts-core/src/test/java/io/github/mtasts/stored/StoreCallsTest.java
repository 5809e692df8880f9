// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.stored.StoreGateway.Answer;
import io.github.mtasts.testing.SettableClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller always gets a result, and only the store's own failures count against it. */
final class StoreCallsTest {
  private static final Answer ANSWERED = new Answer.Absent();

  private final SettableClock clock = new SettableClock();
  private final StoreEvents events = new StoreEvents();
  private final HookedStore store = new HookedStore();
  private final CircuitBreaker breaker =
      new CircuitBreaker("reading", events, clock, clock.nanoTicker());

  private StoreCalls calls(Duration deadline, Duration patience, Executor threads) {
    return new StoreCalls(Optional.of(store), deadline, patience, threads, breaker, events);
  }

  private StoreCalls calls(Executor threads) {
    return calls(Duration.ofMinutes(1), Duration.ofMinutes(1), threads);
  }

  private static CompletableFuture<Answer> ask(StoreCalls calls) {
    return calls.call(
        store -> {
          var unused = store.find("example.com");
          return ANSWERED;
        },
        unknown -> unknown);
  }

  private static Answer.Unknown unknown(CompletableFuture<Answer> result) throws Exception {
    return (Answer.Unknown) result.get(1, TimeUnit.MINUTES);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 24, 100})
  void threadsThatCannotBeStartedLoseNoPlace(int errors) throws Exception {
    AtomicInteger left = new AtomicInteger(errors);
    StoreCalls calls =
        calls(
            call -> {
              if (left.getAndDecrement() > 0) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              call.run();
            });
    for (int call = 0; call < errors; call++) {
      assertThat(unknown(ask(calls)).cause()).isEqualTo(Cause.INTERNAL_ERROR);
    }

    assertThat(ask(calls)).isCompletedWithValue(ANSWERED);
    assertThat(events.all())
        .hasSize(errors)
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("RESOURCES store:")
                    .endsWith("unable to create native thread"));
  }

  @Test
  void refusedThreadsAreBusyAndNoFailureOfTheStore() throws Exception {
    StoreCalls calls =
        calls(
            call -> {
              throw new RejectedExecutionException("queue is full");
            });
    for (int call = 0; call < 100; call++) {
      Answer.Unknown unknown = unknown(ask(calls));
      assertThat(unknown.cause()).isEqualTo(Cause.BUSY);
      assertThat(unknown.since()).isEmpty();
    }

    assertThat(breaker.outage()).isEmpty();
    assertThat(events.all()).hasSize(100).allMatch(line -> line.startsWith("BUSY store:"));
  }

  @Test
  void aCallThatWaitsTooLongIsBusyAndNotMadeLater() throws Exception {
    Deque<Runnable> waiting = new ArrayDeque<>();
    StoreCalls calls = calls(Duration.ofMinutes(1), Duration.ofMillis(20), waiting::add);
    List<CompletableFuture<Answer>> results = new ArrayList<>();
    for (int call = 0; call < 10; call++) {
      results.add(ask(calls));
    }
    for (CompletableFuture<Answer> result : results) {
      assertThat(unknown(result).cause()).isEqualTo(Cause.BUSY);
    }

    waiting.forEach(Runnable::run);

    assertThat(store.finds).hasValue(0);
    assertThat(breaker.outage()).isEmpty();
  }

  @Test
  void theDeadlineStartsWhenTheCallStarts() throws Exception {
    Deque<Runnable> waiting = new ArrayDeque<>();
    Duration deadline = Duration.ofMillis(50);
    StoreCalls calls = calls(deadline, Duration.ofMinutes(1), waiting::add);
    CompletableFuture<Answer> result = ask(calls);
    CompletableFuture<Boolean> longAfter =
        new CompletableFuture<Boolean>()
            .completeOnTimeout(true, 3 * deadline.toMillis(), TimeUnit.MILLISECONDS);
    assertThat(longAfter.get(1, TimeUnit.MINUTES)).isTrue();
    assertThat(result).isNotDone();

    waiting.remove().run();

    assertThat(result).isCompletedWithValue(ANSWERED);
  }

  @Test
  void aCallWithoutAnswerIsInterruptedAndItsThreadIsClean() throws Exception {
    AtomicInteger interrupted = new AtomicInteger();
    store.beforeFind =
        () -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException end) {
            interrupted.incrementAndGet();
            Thread.currentThread().interrupt();
            throw new PolicyStoreException("interrupted", end);
          }
        };
    StoreCalls calls = calls(Duration.ofMillis(20), Duration.ofMinutes(1), Runnable::run);

    Answer.Unknown unknown = unknown(ask(calls));

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(interrupted).hasValue(1);
    assertThat(unknown.cause()).isEqualTo(Cause.STORE_UNAVAILABLE);
    assertThat(unknown.detail()).contains("within 20 ms");
    assertThat(unknown.since()).contains(clock.instant());
  }

  @Test
  void oneSlowCallDoesNotTakeAHealthyStoreOutOfUse() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    CountDownLatch end = new CountDownLatch(1);
    try {
      StoreCalls calls = calls(Duration.ofMillis(20), Duration.ofMinutes(1), threads);
      CompletableFuture<Answer> slow =
          calls.call(
              store -> {
                while (end.getCount() > 0) {
                  Thread.onSpinWait(); // ignores the interrupt, like some drivers
                }
                return ANSWERED;
              },
              unknown -> unknown);

      assertThat(unknown(slow).cause()).isEqualTo(Cause.STORE_UNAVAILABLE);
      assertThat(ask(calls).get(1, TimeUnit.MINUTES)).isEqualTo(ANSWERED);
      assertThat(events.all()).isEmpty();
    } finally {
      end.countDown();
      threads.shutdownNow();
    }
  }

  @Test
  void waitingCallsAreNotMadeOnceTheStoreFails() throws Exception {
    Deque<Runnable> waiting = new ArrayDeque<>();
    StoreCalls calls = calls(waiting::add);
    store.beforeFind =
        () -> {
          throw new PolicyStoreException("connection refused");
        };
    List<CompletableFuture<Answer>> results = new ArrayList<>();
    for (int call = 0; call < 1_000; call++) {
      results.add(ask(calls));
    }

    waiting.forEach(Runnable::run);

    assertThat(store.finds).hasValue(CircuitBreaker.FAILURES_TO_OPEN);
    for (CompletableFuture<Answer> result : results) {
      assertThat(result)
          .isCompletedWithValue(
              new Answer.Unknown(
                  Cause.STORE_UNAVAILABLE, "connection refused", Optional.of(clock.instant())));
    }
    assertThat(events.all()).containsExactly("failed reading connection refused");
  }

  @Test
  void aTrialCallThatIsAnsweredMakesTheStoreUsableAgain() {
    StoreCalls calls = calls(Runnable::run);
    store.beforeFind =
        () -> {
          throw new PolicyStoreException("connection refused");
        };
    for (int call = 0; call < 10; call++) {
      var unused = ask(calls);
    }
    store.beforeFind = () -> {};
    clock.advance(Duration.ofSeconds(1));

    assertThat(ask(calls)).isCompletedWithValue(ANSWERED);
    assertThat(ask(calls)).isCompletedWithValue(ANSWERED);
    assertThat(events.all())
        .containsExactly("failed reading connection refused", "recovered reading");
  }

  @Test
  void errorsOfACallAreOwnTroubleAndNoFailureOfTheStore() throws Exception {
    StoreCalls calls = calls(Runnable::run);
    List<Error> errors =
        List.of(
            new OutOfMemoryError("Java heap space"),
            new StackOverflowError(),
            new NoSuchMethodError("okio"),
            new AssertionError("a flaw"));
    for (Error error : errors) {
      store.beforeFind =
          () -> {
            throw error;
          };
      assertThat(unknown(ask(calls)).cause()).isEqualTo(Cause.INTERNAL_ERROR);
    }

    assertThat(breaker.outage()).isEmpty();
    assertThat(events.all())
        .extracting(line -> line.substring(0, line.indexOf(' ')))
        .containsExactly("RESOURCES", "RESOURCES", "LINKAGE", "INTERNAL_ERROR");
  }

  @Test
  void makesNoCallAfterClosing() throws Exception {
    Deque<Runnable> waiting = new ArrayDeque<>();
    StoreCalls calls = calls(waiting::add);
    CompletableFuture<Answer> early = ask(calls);

    calls.close();
    waiting.remove().run();

    assertThat(unknown(early).cause()).isEqualTo(Cause.CLOSING);
    assertThat(unknown(ask(calls)).cause()).isEqualTo(Cause.CLOSING);
    assertThat(store.finds).hasValue(0);
  }
}
