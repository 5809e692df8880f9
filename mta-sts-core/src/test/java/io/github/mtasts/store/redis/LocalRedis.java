// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.redis;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.embedded.RedisServer;

/**
 * A real server on a free port of the loopback interface, without persistence.
 *
 * <p>The system property {@value #EXECUTABLE} selects another server than the embedded Redis, such
 * as {@code /usr/bin/valkey-server}.
 */
final class LocalRedis implements AutoCloseable {
  static final String EXECUTABLE = "redis.executable";
  static final String HOST = "127.0.0.1";

  /** The nodes of a cluster use a second port that is higher by 10,000. */
  private static final int MOST_PORT = 55_535;

  private static final int TRIES = 5;

  private final AtomicInteger prefixes = new AtomicInteger();
  private final int port;
  private final RedisServer server;
  private final RedisClient client;

  LocalRedis(String... settings) {
    this(startOnFreePort(settings));
  }

  LocalRedis(int port, String... settings) {
    this(start(port, settings));
  }

  private LocalRedis(RedisServer server) {
    this.server = server;
    port = server.ports().get(0);
    client = client(8, Duration.ofSeconds(30));
  }

  /** Another process may take the free port before the server listens on it. */
  private static RedisServer startOnFreePort(String... settings) {
    for (int more = TRIES - 1; ; more--) {
      try {
        return start(freePort(), settings);
      } catch (UncheckedIOException taken) {
        if (more == 0) {
          throw taken;
        }
      }
    }
  }

  private static RedisServer start(int port, String... settings) {
    try {
      var builder =
          RedisServer.newRedisServer()
              .port(port)
              .bind(HOST)
              .setting("save \"\"")
              .setting("dir " + System.getProperty("java.io.tmpdir"));
      for (String setting : settings) {
        builder.setting(setting);
      }
      String executable = System.getProperty(EXECUTABLE);
      if (executable != null) {
        builder.executableProvider(() -> new File(executable));
      }
      RedisServer server = builder.build();
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a cluster of one node that has all slots. */
  static LocalRedis cluster(Path directory) {
    LocalRedis redis =
        new LocalRedis(
            "cluster-enabled yes", "cluster-config-file " + directory.resolve("nodes.conf"));
    CommandArguments slots = new CommandArguments(Protocol.Command.CLUSTER).add("ADDSLOTS");
    IntStream.range(0, Protocol.CLUSTER_HASHSLOTS).forEach(slots::add);
    var unused = redis.client.executeCommand(slots);
    redis.awaitCluster();
    return redis;
  }

  /** A node reports its cluster as up a moment after it got all slots. */
  private void awaitCluster() {
    CommandArguments info = new CommandArguments(Protocol.Command.CLUSTER).add("INFO");
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!text(client.executeCommand(info)).contains("cluster_state:ok")) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "cluster: expected state ok within a minute, found another state");
      }
    }
  }

  private static String text(Object reply) {
    return new String((byte[]) reply, StandardCharsets.UTF_8);
  }

  private static int freePort() {
    while (true) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        if (socket.getLocalPort() <= MOST_PORT) {
          return socket.getLocalPort();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  int port() {
    return port;
  }

  /** A client to inspect the keys, and for stores that need no client of their own. */
  RedisClient client() {
    return client;
  }

  RedisClient client(int connections, Duration timeout) {
    return client(port, connections, timeout);
  }

  static RedisClient client(int port, int connections, Duration timeout) {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(connections);
    pool.setMaxWait(timeout);
    return RedisClient.builder()
        .hostAndPort(HOST, port)
        .poolConfig(pool)
        .clientConfig(withTimeout(timeout).build())
        .build();
  }

  /** Client settings with a timeout for connecting and for each reply. */
  static DefaultJedisClientConfig.Builder withTimeout(Duration timeout) {
    int millis = Math.toIntExact(timeout.toMillis());
    return DefaultJedisClientConfig.builder()
        .connectionTimeoutMillis(millis)
        .socketTimeoutMillis(millis);
  }

  /** A prefix that no other test uses. */
  String newPrefix() {
    return "test-" + prefixes.incrementAndGet() + ":";
  }

  void stop() {
    try {
      server.stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    stop();
  }
}
