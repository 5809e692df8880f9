// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.endtoend;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.jdbc.JdbcPolicyStore;
import io.github.mtasts.store.redis.RedisPolicyStore;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import javax.sql.DataSource;
import org.postgresql.ds.PGPoolingDataSource;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.RedisClient;

/**
 * One mailer of a fleet, as a program: prints {@code ready}, waits for a line, and resolves all
 * domains at once in its own order; then prints a line for each result, and {@code end}.
 */
final class FleetNode {
  static final String WARM_UP = "warm-up-";

  private static final int CONNECTIONS = 10;
  private static final int FETCHES = 24;

  private FleetNode() {}

  /** {@code store}: a JDBC URL, or the port of a Redis; {@code place}: the table or prefix. */
  static List<String> arguments(
      String store, String place, int dnsPort, int httpsPort, Path ca, int domains, int seed) {
    return List.of(
        store,
        place,
        Integer.toString(dnsPort),
        Integer.toString(httpsPort),
        ca.toString(),
        Integer.toString(domains),
        Integer.toString(seed));
  }

  /** Resolved first, so that all classes are loaded before the measurement. */
  static String warmUp(int node) {
    return WARM_UP + node + ".example";
  }

  static String domain(int number) {
    return "d" + number + ".example";
  }

  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
    try (PolicyResolver resolver =
            PolicyResolver.builder()
                .dnsServers(
                    new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[2])))
                .policyHostPort(Integer.parseInt(arguments[3]))
                .policyHostTrust(trust(Path.of(arguments[4])))
                .allowPolicyHostAddresses("127.0.0.0/8")
                // Long deadlines, because one machine does all the TLS of clients and servers.
                .dnsDeadline(Duration.ofMinutes(1))
                .fetchDeadline(Duration.ofMinutes(5))
                .concurrentFetches(FETCHES)
                .storeDeadline(Duration.ofSeconds(10))
                .store(store(arguments[0], arguments[1]))
                .listener(
                    new ResolverListener() {
                      @Override
                      public void storeFailed(String what, String detail) {
                        System.err.println(what + " failed: " + detail);
                      }
                    })
                .build();
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      resolver.resolve(warmUp(Integer.parseInt(arguments[6])));
      print(out, "ready");
      if (in.readLine() == null) {
        return;
      }
      resolve(resolver, out, Integer.parseInt(arguments[5]), Integer.parseInt(arguments[6]));
      print(out, "end");
    }
  }

  private static void resolve(PolicyResolver resolver, PrintStream out, int domains, int seed) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, domains).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    List<CompletableFuture<Resolution>> answers =
        order.stream().map(number -> resolver.resolveAsync(domain(number))).toList();
    answers.forEach(answer -> print(out, line(answer.join())));
  }

  private static String line(Resolution resolution) {
    return resolution instanceof Resolution.InForce policy
        ? String.join(
            " ",
            policy.domain(),
            policy.id(),
            policy.published().mode().label(),
            policy.published().mx().toString(),
            Long.toString(policy.expiresAt().toEpochMilli()))
        : resolution.explain();
  }

  private static void print(PrintStream out, String line) {
    out.print(line + "\n");
    out.flush();
  }

  private static PolicyStore store(String store, String place) {
    if (!store.startsWith("jdbc:")) {
      ConnectionPoolConfig pool = new ConnectionPoolConfig();
      pool.setMaxTotal(CONNECTIONS);
      return new RedisPolicyStore(
          RedisClient.builder()
              .hostAndPort("127.0.0.1", Integer.parseInt(store))
              .poolConfig(pool)
              .build(),
          place);
    }
    return JdbcPolicyStore.builder(postgres(store)).table(place).build();
  }

  @SuppressWarnings("deprecation") // not for production, says the driver
  private static DataSource postgres(String url) {
    PGPoolingDataSource pool = new PGPoolingDataSource();
    pool.setUrl(url);
    pool.setMaxConnections(CONNECTIONS);
    return pool;
  }

  private static X509TrustManager trust(Path pem) throws Exception {
    KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
    anchors.load(null, null);
    try (InputStream in = new FileInputStream(pem.toFile())) {
      anchors.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(anchors);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }
}
