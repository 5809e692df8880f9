package io.github.mtasts.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.discovery.DnsAnswer.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A JVM that can start no more threads: every question is answered, and no place is lost. */
class ThreadShortageTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final DnsAnswer<String> ANSWER =
      new DnsAnswer<>(Status.FOUND, List.of("x"), Duration.ZERO, "found");

  private final Set<String> lacking = ConcurrentHashMap.newKeySet();

  @ParameterizedTest
  @ValueSource(strings = {DnsThreads.CLOCK, DnsThreads.WORKER})
  void aQuestionThatCannotDepartGivesItsPlaceBack(String thread) {
    try (QuestionQueue queue = queue(LONG, 0)) {
      lacking.add(thread);
      DnsAnswer<String> refused = get(ask(queue, CompletableFuture.completedFuture(ANSWER)));
      lacking.clear();

      assertThat(refused.status()).isEqualTo(Status.UNAVAILABLE);
      assertThat(refused.detail())
          .isEqualTo("question: could not be asked, java.lang.OutOfMemoryError: no more threads");
      assertThat(get(ask(queue, CompletableFuture.completedFuture(ANSWER)))).isEqualTo(ANSWER);
    }
  }

  @Test
  void aLongQueueOfQuestionsThatCannotDepartIsAnswered() {
    try (QuestionQueue queue = queue(LONG, 20_000)) {
      CompletableFuture<DnsAnswer<String>> first = new CompletableFuture<>();
      List<CompletableFuture<DnsAnswer<String>>> waiting = new ArrayList<>();
      var unused = ask(queue, first);
      for (int i = 0; i < 20_000; i++) {
        waiting.add(ask(queue, CompletableFuture.completedFuture(ANSWER)));
      }
      lacking.add(DnsThreads.WORKER);
      first.complete(ANSWER);

      assertThat(waiting)
          .allSatisfy(answer -> assertThat(get(answer).detail()).contains("no more threads"));
    }
  }

  @Test
  void aQuestionThatRunsOutOfTimeIsAnsweredAllTheSame() {
    lacking.add(DnsThreads.ENDER);
    try (QuestionQueue queue = queue(Duration.ofMillis(100), 0)) {
      assertThat(get(ask(queue, new CompletableFuture<>())).detail()).contains("within 100 ms");
    }
  }

  @Test
  void anExchangeThatEndsInAnErrorIsAnswered() {
    try (QuestionQueue queue = queue(LONG, 0)) {
      var failed =
          queue.<String>ask(
              "question",
              due -> {
                throw new StackOverflowError("too deep");
              });

      assertThat(get(failed).detail()).contains("could not be asked", "too deep");
      assertThat(get(ask(queue, CompletableFuture.completedFuture(ANSWER)))).isEqualTo(ANSWER);
    }
  }

  private QuestionQueue queue(Duration deadline, int waiting) {
    return new QuestionQueue(
        new DnsLimits(deadline, 1, waiting), new DnsThreads(this::lackingSome));
  }

  private ThreadFactory lackingSome(String name) {
    ThreadFactory threads = DnsThreads.named(name);
    return task -> {
      if (lacking.contains(name)) {
        throw new OutOfMemoryError("no more threads");
      }
      return threads.newThread(task);
    };
  }

  private static CompletableFuture<DnsAnswer<String>> ask(
      QuestionQueue queue, CompletableFuture<DnsAnswer<String>> answer) {
    return queue.ask("question", due -> answer);
  }

  private static DnsAnswer<String> get(CompletableFuture<DnsAnswer<String>> answer) {
    return answer.orTimeout(30, TimeUnit.SECONDS).join();
  }
}
