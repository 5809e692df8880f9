// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.store.jdbc.JdbcPolicyStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** The cases of {@link StoreFailureTest} with real databases that really fail. */
final class DatabaseFailureTest {
  private static final Duration STORE_DEADLINE = Duration.ofSeconds(1);

  /**
   * Generous for a busy machine: DNS and policy hosts answer at once, only the store takes time.
   */
  private static final Duration RESOLVE_LIMIT = Duration.ofSeconds(30);

  @TempDir private Path directory;
  private final FakeInternet net = new FakeInternet();
  private final RecordingListener events = new RecordingListener();
  private final ResolverThreads threads = ResolverThreads.forStoreWrites();

  /** Starts or ends a failure. */
  private interface Step {
    void run() throws Exception;
  }

  @BeforeEach
  void publishPolicies() {
    for (String domain : List.of("known.example", "new.example", "later.example")) {
      String[] mx =
          IntStream.range(0, 100).mapToObj(i -> "mx" + i + "." + domain).toArray(String[]::new);
      net.txt(domain, 60, "v=STSv1; id=1;").enforce(domain, 604_800, mx);
    }
  }

  @AfterEach
  void closeThreads() {
    threads.close();
  }

  @Test
  void survivesADatabaseThatDoesNotAnswer() throws Exception {
    SwitchedDataSource database = new SwitchedDataSource(sqlite()::getConnection);
    assertSurvives(
        JdbcPolicyStore.of(database.dataSource()),
        () -> database.use(SwitchedDataSource.hanging()),
        database::restore,
        "reading store: expected an answer within 1000 ms");
  }

  @Test
  void survivesADatabaseThatCannotBeReached() throws Exception {
    SwitchedDataSource database = new SwitchedDataSource(sqlite()::getConnection);
    assertSurvives(
        JdbcPolicyStore.of(database.dataSource()),
        () -> database.use(SwitchedDataSource.refusing()),
        database::restore,
        "reading");
  }

  @Test
  void survivesAReadOnlyDatabase() throws Exception {
    SQLiteDataSource sqlite = sqlite();
    SwitchedDataSource database = new SwitchedDataSource(sqlite::getConnection);
    SQLiteConfig noWrites = new SQLiteConfig();
    noWrites.setReadOnly(true);
    SQLiteDataSource readOnly = new SQLiteDataSource(noWrites);
    readOnly.setUrl(sqlite.getUrl());
    assertSurvives(
        JdbcPolicyStore.of(database.dataSource()),
        () -> database.use(readOnly::getConnection),
        database::restore,
        "writing");
  }

  @Test
  void survivesAFullDatabase() throws Exception {
    SQLiteDataSource sqlite = sqlite();
    SQLiteConfig noGrowth = new SQLiteConfig();
    noGrowth.setMaxPageCount(1);
    SQLiteDataSource full = new SQLiteDataSource(noGrowth);
    full.setUrl(sqlite.getUrl());
    SwitchedDataSource database = new SwitchedDataSource(sqlite::getConnection);
    assertSurvives(
        JdbcPolicyStore.of(database.dataSource()),
        () -> database.use(full::getConnection),
        database::restore,
        "writing");
  }

  @Test
  void survivesARestartOfPostgres() throws Exception {
    EmbeddedPostgres first = postgres(0);
    int port = first.getPort();
    SwitchedDataSource database =
        new SwitchedDataSource(first.getPostgresDatabase()::getConnection);
    Callable<EmbeddedPostgres> again = () -> postgres(port);
    EmbeddedPostgres[] second = new EmbeddedPostgres[1];
    try {
      assertSurvives(
          JdbcPolicyStore.of(database.dataSource()),
          first::close,
          () -> second[0] = again.call(),
          "reading");
    } finally {
      first.close();
      if (second[0] != null) {
        second[0].close();
      }
    }
  }

  private EmbeddedPostgres postgres(int port) throws Exception {
    return EmbeddedPostgres.builder()
        .setDataDirectory(directory.resolve("data"))
        .setCleanDataDirectory(false)
        .setPort(port)
        .setPGStartupWait(Duration.ofMinutes(1))
        .start();
  }

  private SQLiteDataSource sqlite() {
    SQLiteDataSource sqlite = new SQLiteDataSource();
    sqlite.setUrl("jdbc:sqlite:" + directory.resolve("policies.db"));
    return sqlite;
  }

  /**
   * No resolve exceeds its deadline, no cached policy is lost, and what was not stored is stored
   * after the recovery.
   */
  private void assertSurvives(PolicyStore store, Step fail, Step recover, String failure)
      throws Exception {
    CachingPolicyResolver resolver =
        net.resolver(
            net.builder().store(store).storeDeadline(STORE_DEADLINE).listener(events), threads);
    assertProtected(resolver, "known.example");
    awaitStored(store, "known.example", resolver);

    fail.run();
    net.broken("known.example", ResultType.STS_POLICY_FETCH_ERROR).dnsDown("known.example");
    for (int minute = 0; minute < 3; minute++) {
      net.pass(60);
      resolver.maintenance().tick();
      assertProtected(resolver, "known.example");
      assertProtected(resolver, "new.example");
      settle();
    }
    await(
        () -> events.all().stream().anyMatch(line -> line.startsWith("store failed " + failure)),
        resolver);

    recover.run();
    awaitStored(store, "new.example", resolver);
    assertProtected(resolver, "later.example");
    awaitStored(store, "later.example", resolver);
    resolver.close();
  }

  private void awaitStored(PolicyStore store, String domain, CachingPolicyResolver resolver) {
    await(
        () -> {
          try {
            return store.find(domain).isPresent();
          } catch (PolicyStoreException e) {
            return false;
          }
        },
        resolver);
  }

  /** Advances the clock, so that calls that failed on a slow machine are retried. */
  private void await(BooleanSupplier condition, CachingPolicyResolver resolver) {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within a minute").isLessThan(deadline);
      net.pass(31);
      resolver.maintenance().tick();
      settle();
    }
  }

  private void assertProtected(PolicyResolver resolver, String domain) {
    Resolution seen =
        resolver
            .resolveAsync(domain)
            .orTimeout(RESOLVE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
            .join();
    assertThat(seen.decide("evil.example").isRefused()).as(seen.explain()).isTrue();
    assertThat(seen.decide("mx7." + domain).requirement()).isEqualTo(Requirement.ENFORCED);
  }

  /** Waits until the store's threads have finished the calls queued so far. */
  private void settle() {
    CompletableFuture.allOf(
            IntStream.range(0, 2 * 8)
                .mapToObj(i -> CompletableFuture.runAsync(() -> {}, threads))
                .toArray(CompletableFuture[]::new))
        .orTimeout(30, TimeUnit.SECONDS)
        .join();
  }
}
