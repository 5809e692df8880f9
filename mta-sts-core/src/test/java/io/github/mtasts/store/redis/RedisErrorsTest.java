// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.store.StoredPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** A server that is down, silent, full or refuses access is reported in time, without leaks. */
final class RedisErrorsTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  /** Much longer than the client's timeout. */
  private static final Duration LONG = Duration.ofSeconds(60);

  @AutoClose private static final LocalRedis REDIS = new LocalRedis();

  private final AtomicInteger fetches = new AtomicInteger();

  /** Each policy is newer than the one before, even within the same millisecond. */
  private StoredPolicy policy(String domain) {
    Instant now = Instant.now().plusMillis(fetches.incrementAndGet());
    return new StoredPolicy(
        domain,
        "1",
        "text",
        PolicyMode.ENFORCE,
        now,
        now.plusSeconds(3_600),
        now,
        Optional.empty());
  }

  private PolicyStoreException saveError(PolicyStore store) {
    PolicyStoreException error =
        assertTimeout(
            LONG,
            () ->
                catchThrowableOfType(
                    PolicyStoreException.class,
                    () -> store.save(policy("example.com"), Instant.now())));
    assertThat(error).isNotNull();
    return error;
  }

  @Test
  void aServerThatIsDownIsReportedAndUsedAgainAfterItsRestart() {
    try (LocalRedis redis = new LocalRedis();
        RedisClient client = redis.client(2, Duration.ofSeconds(10))) {
      PolicyStore store = new RedisPolicyStore(client);
      store.save(policy("example.com"), Instant.now());
      redis.stop();

      assertThat(saveError(store)).hasMessageContaining("check that the server is running");
      assertThat(client.getPool().getNumActive()).isZero();
      try (LocalRedis again = new LocalRedis(redis.port())) {
        assertThat(again.port()).isEqualTo(redis.port());
        assertThat(store.save(policy("example.com"), Instant.now())).isTrue();
      }
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsReportedAfterTheTimeout() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        RedisClient client = LocalRedis.client(silent.getLocalPort(), 2, SHORT)) {
      PolicyStoreException error = saveError(new RedisPolicyStore(client));

      assertThat(error).hasMessageContaining("found SocketTimeoutException");
      assertThat(client.getPool().getNumActive()).isZero();
    }
  }

  @Test
  void aFullServerRefusesNewPoliciesAndKeepsTheOthers() {
    try (LocalRedis redis = new LocalRedis("maxmemory-policy noeviction")) {
      PolicyStore store = new RedisPolicyStore(redis.client());
      store.save(policy("example.com"), Instant.now());
      StoredPolicy before = (StoredPolicy) store.find("example.com").orElseThrow();
      redis.client().configSet("maxmemory", "1");

      assertThat(saveError(store)).hasMessageContaining("the error OOM; raise maxmemory");
      assertThat(store.find("example.com")).contains(before);

      redis.client().configSet("maxmemory", "0");
      assertThat(store.save(policy("example.com"), Instant.now())).isTrue();
    }
  }

  @Test
  void aReplicaRefusesWrites() {
    try (LocalRedis redis = new LocalRedis("replicaof 127.0.0.1 1")) {
      PolicyStoreException error = saveError(new RedisPolicyStore(redis.client()));

      assertThat(error).hasMessageContaining("the error READONLY; connect to the primary");
    }
  }

  @Test
  void aKeyOfAnotherTypeInPlaceOfASetIsReported() {
    String prefix = REDIS.newPrefix();
    REDIS.client().set(prefix + "{store}:names", "x");

    PolicyStoreException error = saveError(new RedisPolicyStore(REDIS.client(), prefix));
    assertThat(error).hasMessageContaining("the error WRONGTYPE; remove the key");
    assertThat(REDIS.client().keys(prefix + "*")).hasSize(1);
  }

  @Test
  void aWrongPasswordIsReportedWithoutThePassword() {
    try (LocalRedis redis = new LocalRedis()) {
      redis.client().configSet("requirepass", "right-secret");
      try (RedisClient client = withPassword(redis.port(), LONG)) {
        PolicyStoreException error = saveError(new RedisPolicyStore(client));

        assertThat(error).hasMessageContaining("check the client's user and password");
        assertThat(stackTraceOf(error)).doesNotContain("wrong-secret");
      }
    }
  }

  @Test
  void aPasswordQuotedByAnOldServerIsNotReported() throws Exception {
    String quotedPassword =
        "-ERR unknown command `HELLO`, with args beginning with:"
            + " `3`, `AUTH`, `default`, `wrong-secret`, \r\n";
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        // Short, because the client also opens a second connection, which this server never
        // accepts.
        RedisClient client = withPassword(server.getLocalPort(), SHORT)) {
      Future<?> answering = thread.submit(() -> answerEveryCommand(server, quotedPassword));
      PolicyStoreException error = saveError(new RedisPolicyStore(client));

      assertThat(stackTraceOf(error)).doesNotContain("wrong-secret");
      assertThat(answering.isCancelled()).isFalse();
    } finally {
      thread.shutdownNow();
      assertThat(thread.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Answers each command, which begins with an asterisk, until the server is closed. */
  private static void answerEveryCommand(ServerSocket server, String reply) {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        InputStream commands = socket.getInputStream();
        for (int octet = commands.read(); octet >= 0; octet = commands.read()) {
          if (octet == '*') {
            socket.getOutputStream().write(reply.getBytes(StandardCharsets.UTF_8));
          }
        }
      } catch (IOException e) {
        // The client closed the connection, or the test is over.
      }
    }
  }

  private static RedisClient withPassword(int port, Duration timeout) {
    return RedisClient.builder()
        .hostAndPort(LocalRedis.HOST, port)
        .clientConfig(LocalRedis.withTimeout(timeout).password("wrong-secret").build())
        .build();
  }

  private static String stackTraceOf(Throwable error) {
    StringWriter trace = new StringWriter();
    error.printStackTrace(new PrintWriter(trace, true));
    return trace.toString();
  }

  @Test
  void aClosedClientIsReported() {
    RedisClient client = REDIS.client(1, SHORT);
    client.close();

    assertThat(saveError(new RedisPolicyStore(client)))
        .hasMessageContaining("check that the client is open");
  }

  @Test
  void keepsTheInterruptStatus() {
    try (RedisClient client = REDIS.client(1, Duration.ofMinutes(5));
        var held = client.getPool().getResource()) {
      assertThat(held.isConnected()).isTrue();
      Thread.currentThread().interrupt();
      PolicyStoreException error = saveError(new RedisPolicyStore(client));

      assertThat(Thread.interrupted()).isTrue();
      assertThat(error).hasMessageContaining("found an interrupt");
    }
  }

  @Test
  void manyThreadsShareASmallPoolAndReturnAllConnections() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(32);
    try (RedisClient client = REDIS.client(4, LONG)) {
      PolicyStore store = new RedisPolicyStore(client, REDIS.newPrefix());
      List<Future<Integer>> running = new ArrayList<>();
      for (int thread = 0; thread < 32; thread++) {
        String domain = "d" + thread + ".example";
        running.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 20; i++) {
                    store.save(policy(domain), Instant.now());
                  }
                  return store.list("", 100).size();
                }));
      }
      for (Future<Integer> each : running) {
        assertThat(each.get(2, TimeUnit.MINUTES)).isBetween(1, 32);
      }

      assertThat(store.list("", 100)).hasSize(32);
      assertThat(client.getPool().getNumActive()).isZero();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void closingTheStoreLeavesTheClientOpen() {
    PolicyStore store = new RedisPolicyStore(REDIS.client(), REDIS.newPrefix());
    store.close();

    assertThat(REDIS.client().ping()).isEqualTo("PONG");
    assertThat(store.save(policy("example.com"), Instant.now())).isTrue();
  }
}
