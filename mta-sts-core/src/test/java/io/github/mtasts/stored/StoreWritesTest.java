// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import static io.github.mtasts.stored.StoreGatewayFixture.MAX_AGE;
import static io.github.mtasts.stored.StoreGatewayFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.testing.InMemoryPolicyStore.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is written to a store, now or later, and what is deleted from it. */
final class StoreWritesTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final StoreGatewayFixture net = new StoreGatewayFixture();

  private boolean isStored(String domain) {
    return net.store.rows.find(domain).isPresent();
  }

  @Test
  void aPolicyThatCouldNotBeWrittenIsWrittenLater() {
    net.store.rows.fault(Fault.READ_ONLY);
    for (int i = 0; i < 1_200; i++) {
      net.save(net.gateway, "d" + i + ".example");
    }
    net.store.rows.fault(Fault.NONE);
    net.clock.advance(MINUTE);

    net.gateway.writePending(net::cached);

    for (int i = 0; i < 1_200; i++) {
      assertThat(isStored("d" + i + ".example")).isTrue();
    }
    int saves = net.store.saves.get();
    net.gateway.writePending(net::cached);
    assertThat(net.store.saves).as("nothing is left").hasValue(saves);
  }

  @Test
  void aPolicyThatIsNoLongerCachedIsNotWrittenLater() {
    net.store.rows.fault(Fault.READ_ONLY);
    net.save(net.gateway, "example.com");
    net.store.rows.fault(Fault.NONE);
    net.cache.clear();

    net.gateway.writePending(net::cached);

    assertThat(isStored("example.com")).isFalse();
  }

  @Test
  void aPurgedPolicyIsNotWrittenLater() {
    net.store.rows.fault(Fault.READ_ONLY);
    net.save(net.gateway, "example.com");
    net.store.rows.fault(Fault.NONE);
    assertThat(net.gateway.purge("example.com")).isCompleted();

    net.gateway.writePending(net::cached);

    assertThat(isStored("example.com")).isFalse();
  }

  /** A11: one row that the database refuses must not cost the others. */
  @Test
  void aRefusedRowIsReportedAndTheOthersAreStored() {
    net.store.refused.add("evil.example");
    for (int i = 0; i < 100; i++) {
      net.save(net.gateway, "evil.example");
      net.save(net.gateway, "d" + i + ".example");
      assertThat(isStored("d" + i + ".example")).isTrue();
    }
    int saves = net.store.saves.get();

    net.gateway.writePending(net::cached);

    assertThat(net.store.saves).as("it is not tried again").hasValue(saves);
    assertThat(net.events.all())
        .hasSize(100)
        .containsOnly("ROW_REFUSED evil.example: text: expected LATIN1, found an emoji");
  }

  @Test
  void usesAreWrittenLaterAndKeptWhileTheStoreFails() {
    net.save(net.gateway, "example.com");
    net.clock.advance(Duration.ofDays(1));
    Instant used = net.clock.instant();
    net.gateway.recordUse("example.com");
    net.store.rows.fault(Fault.READ_ONLY);
    net.gateway.writePending(net::cached);
    net.store.rows.fault(Fault.NONE);
    net.clock.advance(MINUTE);

    net.gateway.writePending(net::cached);

    StoredPolicy row = (StoredPolicy) net.store.rows.find("example.com").orElseThrow();
    assertThat(row.lastUsedAt()).isEqualTo(used);
  }

  @Test
  void closeWritesWhatIsLeftEvenIfTheStoreHasJustFailed() {
    net.store.rows.fault(Fault.READ_ONLY);
    for (int i = 0; i < 100; i++) {
      net.save(net.gateway, "d" + i + ".example");
    }
    net.store.rows.fault(Fault.NONE);

    net.gateway.close(MINUTE, net::cached);

    for (int i = 0; i < 100; i++) {
      assertThat(isStored("d" + i + ".example")).isTrue();
    }
    assertThat(net.events.all())
        .containsExactly(
            "failed writing store: expected room on the disk, found none", "recovered writing");
  }

  @Test
  void closeReportsThatItCouldNotWriteWhatIsLeft() {
    net.store.rows.fault(Fault.DOWN);
    net.save(net.gateway, "example.com");

    net.gateway.close(MINUTE, net::cached);

    assertThat(net.events.all())
        .last()
        .asString()
        .startsWith("failed writing the resolver was closed before all results were written");
  }

  @Test
  void closeWaitsForRunningWrites() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch proceed = new CountDownLatch(1);
    net.store.beforeWrite =
        () -> {
          running.countDown();
          awaitUninterruptibly(proceed);
        };
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      StoreGateway gateway = net.gateway(threads);
      net.save(gateway, "example.com");
      assertThat(running.await(1, TimeUnit.MINUTES)).isTrue();
      CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS).execute(proceed::countDown);

      gateway.close(MINUTE, net::cached);

      assertThat(isStored("example.com")).isTrue();
      assertThat(net.events.all()).isEmpty();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void closeEndsInTimeIfTheStoreNeverAnswers() {
    CountDownLatch never = new CountDownLatch(1);
    net.store.beforeWrite = () -> awaitUninterruptibly(never);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      StoreGateway gateway = net.gateway(threads);
      net.save(gateway, "example.com");

      gateway.close(Duration.ofMillis(10), net::cached);

      assertThat(net.events.all())
          .singleElement()
          .asString()
          .startsWith("failed writing the resolver was closed");
    } finally {
      never.countDown();
      threads.shutdownNow();
    }
  }

  @Test
  void makesNoCallsAfterClosing() {
    net.gateway.close(MINUTE, net::cached);

    net.save(net.gateway, "example.com");
    net.gateway.writePending(net::cached);

    assertThat(net.store.saves).hasValue(0);
  }

  @Test
  void purgesWhatExpiredMoreThanAYearAgo() {
    Instant longAgo = net.start.minus(MAX_AGE).minus(Duration.ofDays(367));
    net.store.rows.put(row("old.example", longAgo));
    net.store.rows.put(row("expired.example", net.start.minus(MAX_AGE).minusSeconds(1)));
    net.store.rows.put(row("example.com", net.start));

    assertThat(net.gateway.purgeExpired()).isCompleted();

    assertThat(isStored("old.example")).isFalse();
    assertThat(isStored("expired.example")).isTrue();
    assertThat(isStored("example.com")).isTrue();
  }

  /** A12: however wrong the clock is, no row is deleted that was valid at the newest fetch. */
  @Test
  void aClockYearsAheadPurgesNoValidPolicy() {
    net.store.rows.put(row("example.com", net.start));
    net.store.rows.put(row("expired.example", net.start.minus(MAX_AGE).minusSeconds(1)));
    net.clock.jump(Duration.ofDays(3 * 365));

    assertThat(net.gateway.purgeExpired()).isCompleted();

    assertThat(isStored("example.com")).isTrue();
    assertThat(isStored("expired.example")).isFalse();
  }

  @Test
  void aClockThatIsBehindPurgesNoValidPolicy() {
    net.store.rows.put(row("example.com", net.start));
    net.clock.jump(Duration.ofDays(-3 * 365));

    assertThat(net.gateway.purgeExpired()).isCompleted();

    assertThat(isStored("example.com")).isTrue();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
