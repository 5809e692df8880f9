// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.endtoend;

import static io.github.mtasts.policy.PolicyMode.ENFORCE;
import static io.github.mtasts.testing.TestInternet.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.testing.PolicyAnswer;
import io.github.mtasts.testing.TestInternet;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

/**
 * Three processes with one store resolve the same domains at the same time.
 *
 * <p>Takes several minutes, so it runs only with {@code mvn -P fleet}, which sets the number of
 * domains.
 */
@EnabledIfSystemProperty(named = "mtasts.fleet.domains", matches = "\\d+")
final class FleetTest {
  private static final int DOMAINS = Integer.getInteger("mtasts.fleet.domains", 200);
  private static final int NODES = 3;
  private static final int SLOW_DOMAINS = 20;

  private static final Duration SHORT_LIMIT = Duration.ofSeconds(30);

  private static final Duration LONG_LIMIT = Duration.ofMinutes(5);

  @TempDir private Path directory;
  @AutoClose private final TestInternet net = TestInternet.start();
  private final List<Process> nodes = new ArrayList<>();
  private final ExecutorService readers = Executors.newCachedThreadPool();

  @BeforeEach
  void publishRecords() throws IOException {
    Files.writeString(directory.resolve("ca.pem"), net.ca().certificatePem());
    net.dns()
        .fallback(
            name ->
                name.startsWith("_mta-sts.")
                    ? Optional.of(List.of("v=STSv1; id=1;"))
                    : Optional.empty());
    for (int node = 0; node < NODES; node++) {
      net.policyHosts().publish(FleetNode.warmUp(node), policy(ENFORCE, "mx.example"));
    }
    net.dns().addressFallback(name -> Optional.of(net.policyHosts().address().getHostAddress()));
  }

  @AfterEach
  void stopProcesses() {
    nodes.forEach(Process::destroyForcibly);
    readers.shutdownNow();
  }

  @Test
  void threeProcessesOnOnePostgresSeldomFetchAPolicyTwiceAndAgree() throws Exception {
    try (EmbeddedPostgres postgres = postgres()) {
      seldomFetchAPolicyTwiceAndAgree("postgresql", url(postgres));
    }
  }

  @Test
  void threeProcessesOnOneRedisSeldomFetchAPolicyTwiceAndAgree() throws Exception {
    int port = freePort();
    RedisServer redis = redis(port);
    try {
      seldomFetchAPolicyTwiceAndAgree("redis", Integer.toString(port));
    } finally {
      redis.stop();
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "mtasts.fleet.domains", matches = "\\d+")
  void aProcessKilledDuringItsFetchesDelaysTheOthersLittleOnPostgres() throws Exception {
    try (EmbeddedPostgres postgres = postgres()) {
      othersAreDelayedLittle("postgresql", url(postgres));
    }
  }

  @Test
  void aProcessKilledDuringItsFetchesDelaysTheOthersLittleOnRedis() throws Exception {
    int port = freePort();
    RedisServer redis = redis(port);
    try {
      othersAreDelayedLittle("redis", Integer.toString(port));
    } finally {
      redis.stop();
    }
  }

  private static EmbeddedPostgres postgres() throws IOException {
    return EmbeddedPostgres.builder().setPGStartupWait(Duration.ofMinutes(1)).start();
  }

  private static String url(EmbeddedPostgres postgres) {
    return postgres.getJdbcUrl("postgres", "postgres");
  }

  private static RedisServer redis(int port) throws IOException {
    RedisServer redis =
        RedisServer.newRedisServer()
            .port(port)
            .bind("127.0.0.1")
            .setting("save \"\"")
            .setting("dir " + System.getProperty("java.io.tmpdir"))
            .build();
    redis.start();
    return redis;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void seldomFetchAPolicyTwiceAndAgree(String name, String store) throws Exception {
    publish(DOMAINS);
    List<Process> fleet = start(store, DOMAINS);
    long begin = System.nanoTime();

    List<List<String>> results = go(fleet, LONG_LIMIT);

    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    int requests = requests();
    System.out.printf(
        "%s: %d processes, %d domains, %d requests, %d ms%n",
        name, NODES, DOMAINS, requests, millis);
    assertThat(results.get(0)).hasSize(DOMAINS).allMatch(line -> line.contains(" 1 enforce [mx."));
    assertThat(requests).isBetween(DOMAINS, DOMAINS + DOMAINS / 5);
    assertEqualResults(results, requests - DOMAINS);
  }

  private void othersAreDelayedLittle(String name, String store) throws Exception {
    for (int i = 0; i < SLOW_DOMAINS; i++) {
      net.policyHosts()
          .answer(FleetNode.domain(i), PolicyAnswer.fault(PolicyAnswer.Fault.SILENT_AFTER_REQUEST));
    }
    List<Process> fleet = start(store, SLOW_DOMAINS);
    Process victim = fleet.remove(0);
    sendGo(victim);
    awaitRequests(SLOW_DOMAINS);
    victim.destroyForcibly();
    publish(SLOW_DOMAINS);

    long begin = System.nanoTime();

    List<List<String>> results = go(fleet, SHORT_LIMIT);

    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    System.out.printf(
        "%s: a process was killed during its fetches, the others took %d ms%n", name, millis);

    assertThat(results.get(0)).hasSize(SLOW_DOMAINS).allMatch(line -> line.contains(" enforce "));
    assertEqualResults(results, SLOW_DOMAINS);
  }

  /** All results are equal to the millisecond, except for domains that were fetched twice. */
  private static void assertEqualResults(List<List<String>> results, int twice) {
    for (List<String> others : results) {
      TreeSet<String> different = new TreeSet<>(others);
      results.get(0).forEach(different::remove);
      assertThat(different).as("different results").hasSizeLessThanOrEqualTo(twice);
      assertThat(withoutExpiry(others)).isEqualTo(withoutExpiry(results.get(0)));
    }
  }

  private static List<String> withoutExpiry(List<String> lines) {
    return lines.stream().map(line -> line.substring(0, line.lastIndexOf(' '))).toList();
  }

  private int requests() {
    return (int)
        net.policyHosts().recordedRequests().stream()
            .filter(request -> !request.sni().contains(FleetNode.WARM_UP))
            .count();
  }

  private void publish(int domains) {
    for (int i = 0; i < domains; i++) {
      String domain = FleetNode.domain(i);
      net.policyHosts().publish(domain, policy(ENFORCE, "mx." + domain));
    }
  }

  private void awaitRequests(int requests) {
    long deadline = System.nanoTime() + SHORT_LIMIT.toNanos();
    while (requests() < requests) {
      assertThat(System.nanoTime()).as("requests within 30 s").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /** Starts the processes one after the other and waits until each is ready. */
  private List<Process> start(String store, int domains) throws Exception {
    for (int node = 0; node < NODES; node++) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx512m",
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  FleetNode.class.getName()));
      command.addAll(
          FleetNode.arguments(
              store,
              "fleet",
              net.dns().address().getPort(),
              net.policyHosts().port(),
              directory.resolve("ca.pem"),
              domains,
              node));
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      nodes.add(process);
      assertThat(out(process).readLine()).isEqualTo("ready");
    }
    return new ArrayList<>(nodes);
  }

  /** Starts the lookups of all processes at once; returns the sorted results of each. */
  private List<List<String>> go(List<Process> fleet, Duration limit) throws Exception {
    List<CompletableFuture<List<String>>> results = new ArrayList<>();
    for (Process process : fleet) {
      sendGo(process);
      results.add(CompletableFuture.supplyAsync(() -> linesOf(process), readers));
    }
    List<List<String>> all = new ArrayList<>();
    for (CompletableFuture<List<String>> lines : results) {
      all.add(lines.get(limit.toSeconds(), TimeUnit.SECONDS));
    }
    return all;
  }

  private static void sendGo(Process process) throws IOException {
    process.outputWriter(StandardCharsets.US_ASCII).append("go\n").flush();
  }

  private static List<String> linesOf(Process process) {
    try {
      TreeSet<String> lines = new TreeSet<>();
      String line;
      while ((line = out(process).readLine()) != null && !line.equals("end")) {
        lines.add(line);
      }
      assertThat(line).as("the process ran to its end").isEqualTo("end");
      return List.copyOf(lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the same reader each time. */
  private static BufferedReader out(Process process) {
    return process.inputReader(StandardCharsets.US_ASCII);
  }
}
