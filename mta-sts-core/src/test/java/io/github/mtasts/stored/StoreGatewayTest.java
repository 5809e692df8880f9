// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.RecordingListener;
import io.github.mtasts.cache.TtlBounds;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.testing.InMemoryPolicyStore;
import io.github.mtasts.testing.InMemoryPolicyStore.Fault;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Closing a gateway finishes the running writes, within a time limit. */
final class StoreGatewayTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final StoreGateway gateway = gateway(null);

  private static StoreGateway gateway(@Nullable StoreCalls calls) {
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
  void closeWaitsForRunningWrites() {
    CompletableFuture<Boolean> writing =
        new CompletableFuture<Boolean>().completeOnTimeout(true, 100, TimeUnit.MILLISECONDS);
    gateway.awaitOnClose(writing);

    gateway.close(Duration.ofMinutes(1));

    assertThat(writing).isDone();
  }

  @Test
  void closeEndsInTimeIfTheStoreNeverAnswers() {
    CompletableFuture<Boolean> writing = new CompletableFuture<>();
    gateway.awaitOnClose(writing);

    gateway.close(Duration.ofMillis(10));

    assertThat(writing).isNotDone();
  }

  @Test
  void closeReportsThatUnfinishedWritesMayBeLost() {
    InMemoryPolicyStore store = new InMemoryPolicyStore();
    RecordingListener events = new RecordingListener();
    StoreCalls calls =
        new StoreCalls(
            store, Duration.ofMinutes(1), threads, Runnable::run, events, System::nanoTime);
    StoreGateway withStore = gateway(calls);
    store.fault(Fault.HANGING);
    withStore.awaitOnClose(withStore.release(DomainName.of("example.com")));

    withStore.close(Duration.ofMillis(10));
    store.fault(Fault.NONE);

    assertThat(events.all())
        .containsExactly(
            "store failed writing the resolver was closed before all results were written; they may"
                + " be lost");
  }

  @Test
  void closeReportsNothingIfAllIsWritten() {
    InMemoryPolicyStore store = new InMemoryPolicyStore();
    RecordingListener events = new RecordingListener();
    StoreGateway withStore =
        gateway(
            new StoreCalls(
                store, Duration.ofMinutes(1), threads, Runnable::run, events, System::nanoTime));
    withStore.awaitOnClose(withStore.release(DomainName.of("example.com")));

    withStore.close(Duration.ofMinutes(1));

    assertThat(events.all()).isEmpty();
  }
}
