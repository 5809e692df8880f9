// SPDX-License-Identifier: Apache-2.0
/** The sender's half of MTA-STS (RFC 8461). */
@SuppressWarnings("requires-automatic") // Jedis has a fixed name in its manifest, and no descriptor
module io.github.mtasts {
  requires static transitive org.jspecify;
  requires static jakarta.mail; // MtaStsTransport only
  requires static org.eclipse.angus.mail; // likewise
  requires static redis.clients.jedis; // RedisPolicyStore only
  requires transitive java.sql; // JdbcPolicyStore, storeFile; finds the driver if it is a module
  requires static com.fasterxml.jackson.core; // PolicyLines only
  requires java.net.http; // what dnsjava's DNS over HTTPS runs on, and requires only as static
  requires org.dnsjava;
  requires okhttp3;
  requires com.github.benmanes.caffeine;

  exports io.github.mtasts;
  exports io.github.mtasts.decision;
  exports io.github.mtasts.address;
  exports io.github.mtasts.discovery;
  exports io.github.mtasts.mail;
  exports io.github.mtasts.policy;
  exports io.github.mtasts.store;
  exports io.github.mtasts.store.jdbc;
  exports io.github.mtasts.store.json;
  exports io.github.mtasts.store.redis;
  exports io.github.mtasts.tls;
}
