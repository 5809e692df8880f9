// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.discovery.DnsAnswer.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The limits and deadlines of queries. */
class QueryQueueTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int MANY = 4 * DnsThreads.WORKERS;
  private static final DnsAnswer<String> ANSWER =
      new DnsAnswer<>(Status.FOUND, List.of("x"), Duration.ZERO, "found");

  private final Map<String, CompletableFuture<DnsAnswer<String>>> asked = new ConcurrentHashMap<>();

  @Test
  void limitsTheRunningQueries() {
    try (QueryQueue queue = new QueryQueue(new DnsLimits(LONG, 2, 10))) {
      var first = ask(queue, "1");
      var second = ask(queue, "2");
      var third = ask(queue, "3");
      await("1");
      await("2");
      awaitWorkers(queue);
      assertThat(asked).doesNotContainKey("3");

      answer("1");
      assertThat(first.join()).isEqualTo(ANSWER);
      await("3");
      assertThat(List.of(second, third)).noneMatch(CompletableFuture::isDone);
    }
  }

  @Test
  void rejectsSurplusQueriesAtOnce() {
    try (QueryQueue queue = new QueryQueue(new DnsLimits(LONG, 1, 1))) {
      var first = ask(queue, "1");
      var second = ask(queue, "2");
      var third = ask(queue, "3");

      assertThat(List.of(first, second)).noneMatch(CompletableFuture::isDone);
      assertThat(third).isDone();
      assertRejected(third, "3: overload, 1 queries are waiting already");
    }
  }

  @Test
  void theDeadlineIncludesTheTimeInTheQueue() {
    try (QueryQueue queue = new QueryQueue(new DnsLimits(Duration.ofMillis(500), 1, 10))) {
      var first = ask(queue, "1");
      var waiting = ask(queue, "2");
      await("1");

      assertThat(get(first).detail()).contains("expected an answer within 500 ms, found none");
      assertThat(end(waiting)).contains("within 500 ms");
    }
  }

  @Test
  void aQueryThatWasNeverSentIsRejectedAndNotUnavailable() {
    CountDownLatch end = new CountDownLatch(1);
    try (QueryQueue queue = new QueryQueue(new DnsLimits(Duration.ofMillis(100), MANY, MANY))) {
      for (int i = 0; i < DnsThreads.WORKERS; i++) {
        queue.workers().execute(() -> awaitUninterrupted(end));
      }
      var never = ask(queue, "1");

      assertRejected(never, "1: expected the query to be sent within 100 ms");
      assertThat(asked).isEmpty();
    } finally {
      end.countDown();
    }
  }

  @Test
  void blockingExchangesDelayNoDeadline() {
    CountDownLatch end = new CountDownLatch(1);
    try (QueryQueue queue = new QueryQueue(new DnsLimits(Duration.ofMillis(100), MANY, MANY))) {
      List<CompletableFuture<DnsAnswer<String>>> answers = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        answers.add(
            queue.submit(
                "blocked",
                due -> {
                  awaitUninterrupted(end);
                  return new CompletableFuture<>();
                }));
      }

      assertThat(answers).allSatisfy(answer -> assertThat(end(answer)).contains("within 100 ms"));
    } finally {
      end.countDown();
    }
  }

  @Test
  void blockingContinuationsDelayNoDeadline() {
    CountDownLatch end = new CountDownLatch(1);
    try (QueryQueue queue = new QueryQueue(new DnsLimits(Duration.ofMillis(500), MANY, MANY))) {
      for (int i = 0; i < DnsThreads.WORKERS; i++) {
        String what = "answered " + i;
        var unused = ask(queue, what).thenRun(() -> awaitUninterrupted(end));
        queue.workers().execute(() -> answer(what));
      }
      var late = ask(queue, "1").whenComplete((answer, failure) -> awaitUninterrupted(end));
      var later = ask(queue, "2");

      assertThat(end(later)).contains("within 500 ms");
      assertThat(late).isNotDone();
    } finally {
      end.countDown();
    }
  }

  @Test
  void cancellingFreesThePlaceAndAffectsNoOtherQuery() {
    try (QueryQueue queue = new QueryQueue(new DnsLimits(LONG, 1, 10))) {
      var first = ask(queue, "1");
      var second = ask(queue, "2");
      var third = ask(queue, "3");
      await("1");
      second.cancel(true);
      first.cancel(true);
      await("3");
      answer("3");

      assertThat(third.join()).isEqualTo(ANSWER);
      awaitWorkers(queue);
      assertThat(asked).doesNotContainKey("2");
    }
  }

  @Test
  void completesEveryOpenQueryOnClose() {
    QueryQueue queue = new QueryQueue(new DnsLimits(LONG, 1, 10));
    var first = ask(queue, "1");
    var second = ask(queue, "2");
    queue.close();

    assertRejected(first, "closed before the answer");
    assertRejected(second, "closed before the answer");
    assertRejected(ask(queue, "3"), "the DNS client is closed");
  }

  @Test
  void anExchangeThatThrowsOrFailsIsNotUnavailable() {
    try (QueryQueue queue = new QueryQueue(new DnsLimits(LONG, 1, 10))) {
      var thrown =
          queue.<String>submit(
              "thrown",
              due -> {
                throw new IllegalStateException("boom");
              });
      var failed =
          queue.<String>submit(
              "failed", due -> CompletableFuture.failedFuture(new IllegalStateException("bang")));

      assertThatThrownBy(() -> get(thrown))
          .cause()
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("boom");
      assertThatThrownBy(() -> get(failed))
          .cause()
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("bang");
    }
  }

  @Test
  void drainsALongQueueOfInstantAnswers() {
    try (QueryQueue queue = new QueryQueue(new DnsLimits(LONG, 1, 20_000))) {
      List<CompletableFuture<DnsAnswer<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 20_000; i++) {
        answers.add(queue.submit("query", due -> CompletableFuture.completedFuture(ANSWER)));
      }

      assertThat(answers).allSatisfy(answer -> assertThat(get(answer)).isEqualTo(ANSWER));
    }
  }

  @Test
  void rejectsInvalidLimits() {
    assertThatIllegalArgumentException().isThrownBy(() -> new DnsLimits(Duration.ZERO, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new DnsLimits(LONG, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new DnsLimits(LONG, 1, -1));
  }

  private CompletableFuture<DnsAnswer<String>> ask(QueryQueue queue, String what) {
    return queue.submit(what, due -> pending(what));
  }

  private CompletionStage<DnsAnswer<String>> pending(String what) {
    return asked.computeIfAbsent(what, absent -> new CompletableFuture<>());
  }

  private void answer(String what) {
    asked.computeIfAbsent(what, absent -> new CompletableFuture<>()).complete(ANSWER);
  }

  /** Waits until the workers have finished all their tasks so far. */
  private static void awaitWorkers(QueryQueue queue) {
    CountDownLatch workers = new CountDownLatch(DnsThreads.WORKERS);
    for (int i = 0; i < DnsThreads.WORKERS; i++) {
      queue
          .workers()
          .execute(
              () -> {
                workers.countDown();
                awaitUninterrupted(workers); // occupies every worker
              });
    }
    awaitUninterrupted(workers);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("wait: expected no interrupt, found one", e);
    }
  }

  private void await(String what) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!asked.containsKey(what)) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static DnsAnswer<String> get(CompletableFuture<DnsAnswer<String>> answer) {
    return answer.orTimeout(30, TimeUnit.SECONDS).join();
  }

  private static void assertRejected(CompletableFuture<DnsAnswer<String>> answer, String message) {
    assertThatThrownBy(() -> get(answer))
        .cause()
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining(message);
  }

  /** How a query ended: the detail of its answer, or the message of its failure. */
  private static String end(CompletableFuture<DnsAnswer<String>> answer) {
    return answer
        .orTimeout(30, TimeUnit.SECONDS)
        .handle((value, failure) -> value != null ? value.detail() : String.valueOf(failure))
        .join();
  }

  @Test
  void anAnswerHasRecordsExactlyIfFound() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DnsAnswer<>(Status.FOUND, List.of(), Duration.ZERO, ""));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DnsAnswer<>(Status.NO_DATA, List.of("x"), Duration.ZERO, ""));
  }
}
