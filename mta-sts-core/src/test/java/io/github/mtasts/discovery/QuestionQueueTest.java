package io.github.mtasts.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mtasts.discovery.DnsAnswer.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class QuestionQueueTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int MANY = 4 * DnsThreads.WORKERS;
  private static final DnsAnswer<String> ANSWER =
      new DnsAnswer<>(Status.FOUND, List.of("x"), Duration.ZERO, "found");

  private final Map<String, CompletableFuture<DnsAnswer<String>>> asked = new ConcurrentHashMap<>();

  @Test
  void letsOnlySoManyThrough() {
    try (QuestionQueue queue = new QuestionQueue(new DnsLimits(LONG, 2, 10))) {
      var first = ask(queue, "1");
      var second = ask(queue, "2");
      var third = ask(queue, "3");
      await("1");
      await("2");
      settle(queue);
      assertThat(asked).doesNotContainKey("3");

      answer("1");
      assertThat(first.join()).isEqualTo(ANSWER);
      await("3");
      assertThat(List.of(second, third)).noneMatch(CompletableFuture::isDone);
    }
  }

  @Test
  void refusesAtOnceWhatIsTooMuch() {
    try (QuestionQueue queue = new QuestionQueue(new DnsLimits(LONG, 1, 1))) {
      var first = ask(queue, "1");
      var second = ask(queue, "2");
      var third = ask(queue, "3");

      assertThat(List.of(first, second)).noneMatch(CompletableFuture::isDone);
      assertThat(third).isDone();
      assertThat(third.join().status()).isEqualTo(Status.UNAVAILABLE);
      assertThat(third.join().detail()).contains("3: overload, 1 questions wait already");
    }
  }

  @Test
  void countsTheTimeInTheQueue() {
    try (QuestionQueue queue = new QuestionQueue(new DnsLimits(Duration.ofMillis(100), 1, 10))) {
      var first = ask(queue, "1");
      var waiting = ask(queue, "2");

      assertThat(get(first).detail()).contains("within 100 ms");
      assertThat(get(waiting).detail()).contains("within 100 ms");
    }
  }

  @Test
  void exchangesThatBlockMakeNoDeadlineLate() {
    CountDownLatch end = new CountDownLatch(1);
    try (QuestionQueue queue =
        new QuestionQueue(new DnsLimits(Duration.ofMillis(100), MANY, MANY))) {
      List<CompletableFuture<DnsAnswer<String>>> answers = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        answers.add(
            queue.ask(
                "blocked",
                due -> {
                  awaitUninterrupted(end);
                  return new CompletableFuture<>();
                }));
      }

      assertThat(answers)
          .allSatisfy(answer -> assertThat(get(answer).detail()).contains("within 100 ms"));
    } finally {
      end.countDown();
    }
  }

  @Test
  void continuationsThatBlockMakeNoDeadlineLate() {
    CountDownLatch end = new CountDownLatch(1);
    try (QuestionQueue queue =
        new QuestionQueue(new DnsLimits(Duration.ofMillis(500), MANY, MANY))) {
      for (int i = 0; i < DnsThreads.WORKERS; i++) {
        String what = "answered " + i;
        var unused = ask(queue, what).thenRun(() -> awaitUninterrupted(end));
        queue.workers().execute(() -> answer(what));
      }
      var late = ask(queue, "1").thenRun(() -> awaitUninterrupted(end));
      var later = ask(queue, "2");

      assertThat(get(later).detail()).contains("within 500 ms");
      assertThat(late).isNotDone();
    } finally {
      end.countDown();
    }
  }

  @Test
  void cancellingFreesThePlaceAndTouchesNobody() {
    try (QuestionQueue queue = new QuestionQueue(new DnsLimits(LONG, 1, 10))) {
      var first = ask(queue, "1");
      var second = ask(queue, "2");
      var third = ask(queue, "3");
      await("1");
      second.cancel(true);
      first.cancel(true);
      await("3");
      answer("3");

      assertThat(third.join()).isEqualTo(ANSWER);
      settle(queue);
      assertThat(asked).doesNotContainKey("2");
    }
  }

  @Test
  void answersEveryOpenQuestionOnClose() {
    QuestionQueue queue = new QuestionQueue(new DnsLimits(LONG, 1, 10));
    var first = ask(queue, "1");
    var second = ask(queue, "2");
    queue.close();

    assertThat(first.join().detail()).contains("closed meanwhile");
    assertThat(second.join().detail()).contains("closed meanwhile");
    assertThat(ask(queue, "3").join().detail()).contains("the DNS client is closed");
  }

  @Test
  void survivesAnExchangeThatThrowsOrFails() {
    try (QuestionQueue queue = new QuestionQueue(new DnsLimits(LONG, 1, 10))) {
      var thrown =
          queue.<String>ask(
              "thrown",
              due -> {
                throw new IllegalStateException("boom");
              });
      var failed =
          queue.<String>ask(
              "failed", due -> CompletableFuture.failedFuture(new IllegalStateException("bang")));

      assertThat(get(thrown).detail()).contains("boom");
      assertThat(get(failed).detail()).contains("bang");
    }
  }

  @Test
  void drainsALongQueueOfInstantAnswers() {
    try (QuestionQueue queue = new QuestionQueue(new DnsLimits(LONG, 1, 20_000))) {
      List<CompletableFuture<DnsAnswer<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 20_000; i++) {
        answers.add(queue.ask("question", due -> CompletableFuture.completedFuture(ANSWER)));
      }

      assertThat(answers).allSatisfy(answer -> assertThat(get(answer)).isEqualTo(ANSWER));
    }
  }

  @Test
  void refusesLimitsThatMakeNoSense() {
    assertThatIllegalArgumentException().isThrownBy(() -> new DnsLimits(Duration.ZERO, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new DnsLimits(LONG, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new DnsLimits(LONG, 1, -1));
  }

  private CompletableFuture<DnsAnswer<String>> ask(QuestionQueue queue, String what) {
    return queue.ask(what, due -> pending(what));
  }

  private CompletionStage<DnsAnswer<String>> pending(String what) {
    return asked.computeIfAbsent(what, absent -> new CompletableFuture<>());
  }

  private void answer(String what) {
    asked.computeIfAbsent(what, absent -> new CompletableFuture<>()).complete(ANSWER);
  }

  /** Returns when all that the workers had to do so far is done. */
  private static void settle(QuestionQueue queue) {
    CountDownLatch meeting = new CountDownLatch(DnsThreads.WORKERS);
    for (int i = 0; i < DnsThreads.WORKERS; i++) {
      queue
          .workers()
          .execute(
              () -> {
                meeting.countDown();
                awaitUninterrupted(meeting); // so that every worker has to come
              });
    }
    awaitUninterrupted(meeting);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("expected to wait, found an interrupt", e);
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

  @Test
  void anAnswerHasRecordsExactlyWhenFound() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DnsAnswer<>(Status.FOUND, List.of(), Duration.ZERO, ""));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DnsAnswer<>(Status.NO_DATA, List.of("x"), Duration.ZERO, ""));
  }
}
