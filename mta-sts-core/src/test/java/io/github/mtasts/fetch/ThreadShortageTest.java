// SPDX-License-Identifier: Apache-2.0
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

/** A JVM that cannot start a thread: every fetch ends, and each permit is released exactly once. */
class ThreadShortageTest {
  private static final int PERMITS = 2;

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final CompletableFuture<List<InetAddress>> never = new CompletableFuture<>();
  private int lookups;
  private int executions;

  private static OutOfMemoryError shortage() {
    return new OutOfMemoryError("unable to create native thread");
  }

  private OkHttpPolicyFetcher fetcher(HostAddresses addresses, Executor executor) {
    return new FetcherBuilder(addresses).maxConcurrentFetches(PERMITS).executor(executor).build();
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
    assertThat(FetchFixture.unavailable(result.join()))
        .contains("OutOfMemoryError: unable to create native thread");
  }

  private void assertEveryPermitIsFreeOnce(PolicyFetcher fetcher) {
    lookups = 0;
    for (int i = 0; i <= PERMITS; i++) {
      assertThat(fetch(fetcher)).isNotDone();
    }
    assertThat(lookups).isEqualTo(PERMITS);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2}) // for the lookup, for the connection
  void aFetchWithoutThreadReleasesItsPermit(int failing) {
    CompletableFuture<List<InetAddress>> found =
        completedFuture(List.of(FetchFixture.address("127.0.0.1")));
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

      assertEveryPermitIsFreeOnce(fetcher);
    }
  }

  @Test
  void aFetchWhoseLookupGetsNoThreadReleasesItsPermit() {
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

      assertEveryPermitIsFreeOnce(fetcher);
    }
  }

  @Test
  void anExecutorThatThrowsButRunsTheTaskReleasesNoPermitTwice() {
    Executor executor =
        task -> {
          tasks.add(task);
          if (++executions == 1) {
            throw shortage();
          }
        };
    try (PolicyFetcher fetcher = fetcher(this::never, executor)) {
      assertEndedByShortage(fetch(fetcher));

      assertEveryPermitIsFreeOnce(fetcher);
    }
  }

  @Test
  void anExecutorThatThrowsAfterTheTaskRanReleasesNoPermitTwice() {
    Executor executor =
        task -> {
          task.run();
          if (++executions == 1) {
            throw shortage();
          }
        };
    try (PolicyFetcher fetcher = fetcher(this::never, executor)) {
      assertEndedByShortage(fetch(fetcher));

      assertEveryPermitIsFreeOnce(fetcher);
    }
  }

  @Test
  void aQueueOfFetchesWithoutThreadsEndsCompletely() {
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
