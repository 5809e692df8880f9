// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.RecordingListener;
import io.github.mtasts.cache.TtlBounds;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.testing.InMemoryPolicyStore;
import io.github.mtasts.testing.InMemoryPolicyStore.Trouble;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How an archive ends. */
final class StoreGatewayTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final StoreGateway archive = archive(null);

  private static StoreGateway archive(@Nullable StoreCalls calls) {
    return new StoreGateway(
        calls,
        new StoreMapper(
            Reading.TOLERANT,
            new TtlBounds(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO),
            MxTlsSettings.DEFAULT,
            InstantSource.system(),
            System::nanoTime),
        InstantSource.system(),
        "me");
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void endsOnlyWhenWhatIsBeingWrittenIsWritten() {
    CompletableFuture<Boolean> writing =
        new CompletableFuture<Boolean>().completeOnTimeout(true, 100, TimeUnit.MILLISECONDS);
    archive.untilDone(writing);

    archive.close(Duration.ofMinutes(1));

    assertThat(writing).isDone();
  }

  @Test
  void endsInTimeThoughAStoreNeverAnswers() {
    CompletableFuture<Boolean> writing = new CompletableFuture<>();
    archive.untilDone(writing);

    archive.close(Duration.ofMillis(10));

    assertThat(writing).isNotDone();
  }

  @Test
  void tellsThatWhatWasBeingWrittenAtTheEndMayBeLost() {
    InMemoryPolicyStore store = new InMemoryPolicyStore();
    RecordingListener diary = new RecordingListener();
    StoreCalls calls =
        new StoreCalls(
            store, Duration.ofMinutes(1), threads, Runnable::run, diary, System::nanoTime);
    StoreGateway stored = archive(calls);
    store.trouble(Trouble.HANGING);
    stored.untilDone(stored.release(DomainName.of("example.com")));

    stored.close(Duration.ofMillis(10));
    store.trouble(Trouble.NONE);

    assertThat(diary.all())
        .containsExactly(
            "store failed writing what was learned last was still being written at the end, and may"
                + " be lost");
  }

  @Test
  void tellsNothingWhereAllIsWritten() {
    InMemoryPolicyStore store = new InMemoryPolicyStore();
    RecordingListener diary = new RecordingListener();
    StoreGateway stored =
        archive(
            new StoreCalls(
                store, Duration.ofMinutes(1), threads, Runnable::run, diary, System::nanoTime));
    stored.untilDone(stored.release(DomainName.of("example.com")));

    stored.close(Duration.ofMinutes(1));

    assertThat(diary.all()).isEmpty();
  }
}
