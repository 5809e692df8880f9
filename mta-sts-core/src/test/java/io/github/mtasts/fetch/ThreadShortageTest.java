package io.github.mtasts.fetch;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.policy.DomainName;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A JVM that can start no more threads: every fetch ends, and no turn is lost or given twice. */
class ThreadShortageTest {
  private static final int TURNS = 2;

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final CompletableFuture<List<InetAddress>> never = new CompletableFuture<>();
  private int lookups;
  private int executions;

  private static OutOfMemoryError shortage() {
    return new OutOfMemoryError("unable to create native thread");
  }

  private OkHttpPolicyFetcher fetcher(HostAddresses addresses, Executor executor) {
    return OkHttpPolicyFetcher.builder(addresses)
        .maxConcurrentFetches(TURNS)
        .executor(executor)
        .build();
  }

  private CompletableFuture<List<InetAddress>> never(DomainName host) {
    lookups++;
    return never;
  }

  private void runAll() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  private CompletableFuture<FetchResult> fetch(PolicyFetcher fetcher) {
    CompletableFuture<FetchResult> result = fetcher.fetch(DomainName.of("example.com"));
    runAll();
    return result;
  }

  private static void assertEndedByShortage(CompletableFuture<FetchResult> result) {
    assertThat(result).isCompleted();
    assertThat(FetchWorld.unavailable(result.join()))
        .contains("OutOfMemoryError: unable to create native thread");
  }

  private void assertEveryTurnIsThereOnce(PolicyFetcher fetcher) {
    lookups = 0;
    for (int i = 0; i <= TURNS; i++) {
      assertThat(fetch(fetcher)).isNotDone();
    }
    assertThat(lookups).isEqualTo(TURNS);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2}) // for the lookup, for the connection
  void aFetchThatGetsNoThreadGivesItsTurnBack(int failing) {
    CompletableFuture<List<InetAddress>> found =
        completedFuture(List.of(FetchWorld.address("127.0.0.1")));
    Executor executor =
        task -> {
          if (++executions == failing) {
            throw shortage();
          }
          tasks.add(task);
        };
    HostAddresses addresses = host -> executions <= failing ? found : never(host);
    try (PolicyFetcher fetcher = fetcher(addresses, executor)) {
      assertEndedByShortage(fetch(fetcher));

      assertEveryTurnIsThereOnce(fetcher);
    }
  }

  @Test
  void aFetchWhoseLookupGetsNoThreadGivesItsTurnBack() {
    boolean[] lacking = {true};
    HostAddresses addresses =
        host -> {
          if (lacking[0]) {
            lacking[0] = false;
            throw shortage();
          }
          return never(host);
        };
    try (PolicyFetcher fetcher = fetcher(addresses, tasks::add)) {
      assertEndedByShortage(fetch(fetcher));

      assertEveryTurnIsThereOnce(fetcher);
    }
  }

  @Test
  void anExecutorThatFailsAndRunsTheTaskAllTheSameFreesNoTurnTwice() {
    Executor executor =
        task -> {
          tasks.add(task);
          if (++executions == 1) {
            throw shortage();
          }
        };
    try (PolicyFetcher fetcher = fetcher(this::never, executor)) {
      assertEndedByShortage(fetch(fetcher));

      assertEveryTurnIsThereOnce(fetcher);
    }
  }

  @Test
  void anExecutorThatFailsAfterTheTaskHasBegunFreesNoTurnTwice() {
    Executor executor =
        task -> {
          task.run();
          if (++executions == 1) {
            throw shortage();
          }
        };
    try (PolicyFetcher fetcher = fetcher(this::never, executor)) {
      assertEndedByShortage(fetch(fetcher));

      assertEveryTurnIsThereOnce(fetcher);
    }
  }

  @Test
  void aQueueOfFetchesThatGetNoThreadEndsWhole() {
    boolean[] lacking = {false};
    Executor executor =
        task -> {
          if (lacking[0]) {
            throw shortage();
          }
          tasks.add(task);
        };
    try (PolicyFetcher fetcher = fetcher(this::never, executor)) {
      CompletableFuture<FetchResult> first = fetch(fetcher);
      CompletableFuture<FetchResult> second = fetch(fetcher);
      List<CompletableFuture<FetchResult>> waiting =
          Stream.generate(() -> fetch(fetcher)).limit(20_000).toList();
      lacking[0] = true;
      assertThat(first.cancel(true)).isTrue();

      assertThat(second).isNotDone();
      assertThat(waiting).allSatisfy(ThreadShortageTest::assertEndedByShortage);
    }
  }
}
