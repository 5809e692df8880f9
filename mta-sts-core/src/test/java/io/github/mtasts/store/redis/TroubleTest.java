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

/** A server that is down, silent, full or closed to us is told of in time, and leaks nothing. */
final class TroubleTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  /** Far more than the client's time-out, far less than for ever. */
  private static final Duration GENEROUS = Duration.ofSeconds(60);

  @AutoClose private static final LocalRedis REDIS = new LocalRedis();

  private final AtomicInteger fetches = new AtomicInteger();

  /** Each is newer than the one before, however fast the clock is read. */
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

  private PolicyStoreException troubleOf(PolicyStore store) {
    PolicyStoreException trouble =
        assertTimeout(
            GENEROUS,
            () ->
                catchThrowableOfType(
                    PolicyStoreException.class,
                    () -> store.save(policy("example.com"), Instant.now())));
    assertThat(trouble).isNotNull();
    return trouble;
  }

  @Test
  void aServerThatIsDownIsToldOfAndFoundAgain() {
    try (LocalRedis redis = new LocalRedis();
        RedisClient client = redis.client(2, Duration.ofSeconds(10))) {
      PolicyStore store = new RedisPolicyStore(client);
      store.save(policy("example.com"), Instant.now());
      redis.stop();

      assertThat(troubleOf(store)).hasMessageContaining("check that the server runs");
      assertThat(client.getPool().getNumActive()).isZero();
      try (LocalRedis again = new LocalRedis(redis.port())) {
        assertThat(again.port()).isEqualTo(redis.port());
        assertThat(store.save(policy("example.com"), Instant.now())).isTrue();
      }
    }
  }

  @Test
  void aServerThatSaysNothingIsGivenUpAtTheTimeOut() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        RedisClient client = LocalRedis.client(silent.getLocalPort(), 2, SHORT)) {
      PolicyStoreException trouble = troubleOf(new RedisPolicyStore(client));

      assertThat(trouble).hasMessageContaining("found SocketTimeoutException");
      assertThat(client.getPool().getNumActive()).isZero();
    }
  }

  @Test
  void aFullServerRefusesAndKeepsWhatItHas() {
    try (LocalRedis redis = new LocalRedis("maxmemory-policy noeviction")) {
      PolicyStore store = new RedisPolicyStore(redis.client());
      store.save(policy("example.com"), Instant.now());
      StoredPolicy before = (StoredPolicy) store.find("example.com").orElseThrow();
      redis.client().configSet("maxmemory", "1");

      assertThat(troubleOf(store)).hasMessageContaining("the error OOM; raise maxmemory");
      assertThat(store.find("example.com")).contains(before);

      redis.client().configSet("maxmemory", "0");
      assertThat(store.save(policy("example.com"), Instant.now())).isTrue();
    }
  }

  @Test
  void aReplicaRefuses() {
    try (LocalRedis redis = new LocalRedis("replicaof 127.0.0.1 1")) {
      PolicyStoreException trouble = troubleOf(new RedisPolicyStore(redis.client()));

      assertThat(trouble).hasMessageContaining("the error READONLY; connect to the primary");
    }
  }

  @Test
  void somethingElseUnderTheNameOfASetIsToldOf() {
    String prefix = REDIS.newPrefix();
    REDIS.client().set(prefix + "{store}:names", "x");

    PolicyStoreException trouble = troubleOf(new RedisPolicyStore(REDIS.client(), prefix));
    assertThat(trouble).hasMessageContaining("the error WRONGTYPE; remove the key");
    assertThat(REDIS.client().keys(prefix + "*")).hasSize(1);
  }

  @Test
  void aWrongPasswordIsToldOfWithoutThePassword() {
    try (LocalRedis redis = new LocalRedis()) {
      redis.client().configSet("requirepass", "right-secret");
      try (RedisClient client = withPassword(redis.port(), GENEROUS)) {
        PolicyStoreException trouble = troubleOf(new RedisPolicyStore(client));

        assertThat(trouble).hasMessageContaining("check the client's user and password");
        assertThat(everythingSaidOf(trouble)).doesNotContain("wrong-secret");
      }
    }
  }

  @Test
  void anOldServerThatQuotesThePasswordDoesNotBringItIntoALog() throws Exception {
    String quoting =
        "-ERR unknown command `HELLO`, with args beginning with:"
            + " `3`, `AUTH`, `default`, `wrong-secret`, \r\n";
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        // Short, because the client waits for one more connection than this server takes.
        RedisClient client = withPassword(server.getLocalPort(), SHORT)) {
      Future<?> answering = thread.submit(() -> answerEverything(server, quoting));
      PolicyStoreException trouble = troubleOf(new RedisPolicyStore(client));

      assertThat(everythingSaidOf(trouble)).doesNotContain("wrong-secret");
      assertThat(answering.isCancelled()).isFalse();
    } finally {
      thread.shutdownNow();
      assertThat(thread.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Until the server is closed: once for each command, which begins with an asterisk. */
  private static void answerEverything(ServerSocket server, String answer) {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        InputStream commands = socket.getInputStream();
        for (int octet = commands.read(); octet >= 0; octet = commands.read()) {
          if (octet == '*') {
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
          }
        }
      } catch (IOException e) {
        // The client hung up, or the test is over.
      }
    }
  }

  private static RedisClient withPassword(int port, Duration timeout) {
    return RedisClient.builder()
        .hostAndPort(LocalRedis.HOST, port)
        .clientConfig(LocalRedis.within(timeout).password("wrong-secret").build())
        .build();
  }

  private static String everythingSaidOf(Throwable trouble) {
    StringWriter said = new StringWriter();
    trouble.printStackTrace(new PrintWriter(said, true));
    return said.toString();
  }

  @Test
  void aClosedClientIsToldOf() {
    RedisClient client = REDIS.client(1, SHORT);
    client.close();

    assertThat(troubleOf(new RedisPolicyStore(client)))
        .hasMessageContaining("check that the client is open");
  }

  @Test
  void anInterruptIsNotSwallowed() {
    try (RedisClient client = REDIS.client(1, Duration.ofMinutes(5));
        var held = client.getPool().getResource()) {
      assertThat(held.isConnected()).isTrue();
      Thread.currentThread().interrupt();
      PolicyStoreException trouble = troubleOf(new RedisPolicyStore(client));

      assertThat(Thread.interrupted()).isTrue();
      assertThat(trouble).hasMessageContaining("found an interrupt");
    }
  }

  @Test
  void aSmallPoolServesManyThreadsAndGetsAllConnectionsBack() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(32);
    try (RedisClient client = REDIS.client(4, GENEROUS)) {
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
