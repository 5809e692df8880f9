// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.overrides.OverrideTable;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.store.jdbc.JdbcPolicyStore;
import io.github.mtasts.stored.StoreQueue;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** As {@link StoreTroubleTest}, with real databases in real trouble. */
final class DatabaseTroubleTest {
  private static final Duration STORE_DEADLINE = Duration.ofSeconds(1);

  /** DNS and policy hosts answer at once here, so only the store takes time; and a busy machine. */
  private static final Duration MOST = Duration.ofSeconds(30);

  @TempDir private Path directory;
  private final FakeInternet net = new FakeInternet();
  private final RecordingListener diary = new RecordingListener();
  private final ResolverThreads threads = ResolverThreads.forStores();

  /** Begins or ends trouble. */
  private interface Step {
    void take() throws Exception;
  }

  @BeforeEach
  void policiesArePublished() {
    for (String domain : List.of("known.example", "new.example", "later.example")) {
      String[] mx =
          IntStream.range(0, 100).mapToObj(i -> "mx" + i + "." + domain).toArray(String[]::new);
      net.txt(domain, 60, "v=STSv1; id=1;").enforce(domain, 604_800, mx);
    }
  }

  @AfterEach
  void nothingIsLeft() {
    threads.close();
  }

  @Test
  void aDatabaseThatDoesNotAnswer() throws Exception {
    SwitchedDataSource database = h2("jdbc:h2:mem:hanging;DB_CLOSE_DELAY=-1");
    survives(
        JdbcPolicyStore.of(database.dataSource()),
        () -> database.to(SwitchedDataSource.hanging()),
        database::back,
        "reading no answer within 1000 ms");
  }

  @Test
  void aDatabaseThatCannotBeReached() throws Exception {
    SwitchedDataSource database = h2("jdbc:h2:mem:down;DB_CLOSE_DELAY=-1");
    survives(
        JdbcPolicyStore.of(database.dataSource()),
        () -> database.to(SwitchedDataSource.refusing()),
        database::back,
        "reading");
  }

  @Test
  void aDatabaseThatIsReadOnly() throws Exception {
    String url = "jdbc:h2:" + directory.resolve("policies");
    SwitchedDataSource database = h2(url);
    JdbcDataSource readOnly = new JdbcDataSource();
    readOnly.setURL(url + ";ACCESS_MODE_DATA=r");
    survives(
        JdbcPolicyStore.of(database.dataSource()),
        () -> database.to(readOnly::getConnection),
        database::back,
        "writing");
  }

  @Test
  void aDatabaseThatIsFull() throws Exception {
    SQLiteDataSource sqlite = new SQLiteDataSource();
    sqlite.setUrl("jdbc:sqlite:" + directory.resolve("policies.db"));
    SQLiteConfig noGrowth = new SQLiteConfig();
    noGrowth.setMaxPageCount(1);
    SQLiteDataSource full = new SQLiteDataSource(noGrowth);
    full.setUrl(sqlite.getUrl());
    SwitchedDataSource database = new SwitchedDataSource(sqlite::getConnection);
    survives(
        JdbcPolicyStore.of(database.dataSource()),
        () -> database.to(full::getConnection),
        database::back,
        "writing");
  }

  @Test
  void aPostgresThatIsStoppedAndStartedAgain() throws Exception {
    EmbeddedPostgres first = postgres(0);
    int port = first.getPort();
    SwitchedDataSource database =
        new SwitchedDataSource(first.getPostgresDatabase()::getConnection);
    Callable<EmbeddedPostgres> again = () -> postgres(port);
    EmbeddedPostgres[] second = new EmbeddedPostgres[1];
    try {
      survives(
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

  private static SwitchedDataSource h2(String url) {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setURL(url);
    return new SwitchedDataSource(h2::getConnection);
  }

  /** No resolve takes longer than its deadline, nothing known is lost, and all is made up for. */
  private void survives(PolicyStore store, Step begin, Step end, String told) throws Exception {
    CachingPolicyResolver resolver =
        ResolverFactory.of(
            net.builder().store(store).storeDeadline(STORE_DEADLINE).listener(diary),
            () -> OverrideTable.EMPTY,
            net,
            net,
            host -> CompletableFuture.completedFuture(List.of()),
            threads,
            Runnable::run,
            () -> {});
    isProtected(resolver, "known.example");
    awaitStored(store, "known.example", resolver);

    begin.take();
    net.broken("known.example", ResultType.STS_POLICY_FETCH_ERROR).dnsDown("known.example");
    for (int minute = 0; minute < 3; minute++) {
      net.pass(60);
      resolver.upkeep().tick();
      isProtected(resolver, "known.example");
      isProtected(resolver, "new.example");
      settle();
    }
    await(
        () -> diary.all().stream().anyMatch(line -> line.startsWith("store failed " + told)),
        resolver);

    end.take();
    awaitStored(store, "new.example", resolver);
    isProtected(resolver, "later.example");
    awaitStored(store, "later.example", resolver);
    resolver.close();
  }

  private void awaitStored(PolicyStore store, String domain, CachingPolicyResolver resolver) {
    await(
        () -> {
          try {
            return store.find(domain).isPresent();
          } catch (PolicyStoreException busy) { // H2 closes its file with the last connection
            return false;
          }
        },
        resolver);
  }

  /** Time passes meanwhile, so that what a slow machine made fail is tried again. */
  private void await(BooleanSupplier condition, CachingPolicyResolver resolver) {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within a minute").isLessThan(deadline);
      net.pass(31);
      resolver.upkeep().tick();
      settle();
    }
  }

  private void isProtected(PolicyResolver resolver, String domain) {
    Resolution seen =
        resolver.resolveAsync(domain).orTimeout(MOST.toMillis(), TimeUnit.MILLISECONDS).join();
    assertThat(seen.decide("evil.example").isRefused()).as(seen.explain()).isTrue();
    assertThat(seen.decide("mx7." + domain).requirement()).isEqualTo(Requirement.ENFORCED);
  }

  /** Waits until what was begun in the store's threads has ended. */
  private void settle() {
    CompletableFuture.allOf(
            IntStream.range(0, 2 * StoreQueue.AT_ONCE)
                .mapToObj(i -> CompletableFuture.runAsync(() -> {}, threads))
                .toArray(CompletableFuture[]::new))
        .orTimeout(30, TimeUnit.SECONDS)
        .join();
  }
}
