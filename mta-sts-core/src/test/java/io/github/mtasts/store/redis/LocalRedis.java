package io.github.mtasts.store.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.embedded.RedisServer;

/** A real server on an ephemeral port of the loopback, that keeps nothing on disk. */
final class LocalRedis implements AutoCloseable {
  static final String HOST = "127.0.0.1";

  private final AtomicInteger prefixes = new AtomicInteger();
  private final int port;
  private final RedisServer server;
  private final RedisClient client;

  LocalRedis(String... settings) {
    try {
      port = freePort();
      var builder =
          RedisServer.newRedisServer()
              .port(port)
              .bind(HOST)
              .setting("save \"\"")
              .setting("dir /tmp");
      for (String setting : settings) {
        builder.setting(setting);
      }
      server = builder.build();
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    client = client(8, Duration.ofSeconds(10));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  int port() {
    return port;
  }

  /** A client for looking behind the store, and for stores that need none of their own. */
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
    int millis = Math.toIntExact(timeout.toMillis());
    return RedisClient.builder()
        .hostAndPort(HOST, port)
        .poolConfig(pool)
        .clientConfig(
            DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(millis)
                .socketTimeoutMillis(millis)
                .build())
        .build();
  }

  /** A prefix that no other test has. */
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
