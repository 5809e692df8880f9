// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

/** If the JVM can start no more threads, every query completes and no place is lost. */
class DnsThreadShortageTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final DnsAnswer<String> ANSWER =
      new DnsAnswer<>(Status.FOUND, List.of("x"), Duration.ZERO, "found");

  private final Set<String> unavailable = ConcurrentHashMap.newKeySet();

  @ParameterizedTest
  @ValueSource(strings = {DnsThreads.TIMER, DnsThreads.WORKER})
  void aQueryThatCannotStartFreesItsPlace(String thread) {
    try (QueryQueue queue = queue(LONG, 0)) {
      unavailable.add(thread);
      assertEndedByShortage(ask(queue, CompletableFuture.completedFuture(ANSWER)));
      unavailable.clear();

      assertThat(get(ask(queue, CompletableFuture.completedFuture(ANSWER)))).isEqualTo(ANSWER);
    }
  }

  @Test
  void aLongQueueOfQueriesThatCannotStartCompletes() {
    try (QueryQueue queue = queue(LONG, 20_000)) {
      CompletableFuture<DnsAnswer<String>> first = new CompletableFuture<>();
      List<CompletableFuture<DnsAnswer<String>>> waiting = new ArrayList<>();
      var unused = ask(queue, first);
      for (int i = 0; i < 20_000; i++) {
        waiting.add(ask(queue, CompletableFuture.completedFuture(ANSWER)));
      }
      unavailable.add(DnsThreads.WORKER);
      first.complete(ANSWER);

      assertThat(waiting).allSatisfy(DnsThreadShortageTest::assertEndedByShortage);
    }
  }

  @Test
  void aTimedOutQueryStillCompletes() {
    unavailable.add(DnsThreads.TIMEOUT_WORKER);
    try (QueryQueue queue = queue(Duration.ofMillis(100), 0)) {
      assertThat(get(ask(queue, new CompletableFuture<>())).detail()).contains("within 100 ms");
    }
  }

  @Test
  void anExchangeThatThrowsAnErrorCompletes() {
    try (QueryQueue queue = queue(LONG, 0)) {
      var failed =
          queue.<String>submit(
              "query",
              due -> {
                throw new StackOverflowError("too deep");
              });

      assertThatThrownBy(() -> get(failed)).hasCauseInstanceOf(StackOverflowError.class);
      assertThat(get(ask(queue, CompletableFuture.completedFuture(ANSWER)))).isEqualTo(ANSWER);
    }
  }

  private QueryQueue queue(Duration deadline, int waiting) {
    return new QueryQueue(new DnsLimits(deadline, 1, waiting), new DnsThreads(this::failing));
  }

  private ThreadFactory failing(String name) {
    ThreadFactory threads = DnsThreads.named(name);
    return task -> {
      if (unavailable.contains(name)) {
        throw new OutOfMemoryError("no more threads");
      }
      return threads.newThread(task);
    };
  }

  private static CompletableFuture<DnsAnswer<String>> ask(
      QueryQueue queue, CompletableFuture<DnsAnswer<String>> answer) {
    return queue.submit("query", due -> answer);
  }

  /** Not unavailable: DNS was not asked. */
  private static void assertEndedByShortage(CompletableFuture<DnsAnswer<String>> answer) {
    assertThatThrownBy(() -> get(answer))
        .hasCauseInstanceOf(OutOfMemoryError.class)
        .hasRootCauseMessage("no more threads");
  }

  private static DnsAnswer<String> get(CompletableFuture<DnsAnswer<String>> answer) {
    return answer.orTimeout(30, TimeUnit.SECONDS).join();
  }
}
