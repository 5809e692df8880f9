// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.redis;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import redis.clients.jedis.UnifiedJedis;

/**
 * A store in Redis or Valkey, in which policies expire by themselves.
 *
 * <p>Use it for a fleet that already runs such a server. It needs {@code redis.clients:jedis},
 * which is not a dependency of this library. The application creates and closes the client: a
 * {@code RedisClient}, a {@code RedisSentinelClient} or a {@code RedisClusterClient}. The client
 * determines addresses, credentials, TLS, the number of connections and the timeouts. An interrupt
 * does not end a call that waits for a reply, so keep the timeouts short (the default of Jedis is
 * two seconds to connect and two seconds to read).
 *
 * <p><b>Durability depends on the server.</b> When {@link #save} returns, the primary has the
 * policy in memory. Its persistence decides whether the policy survives a crash ({@code appendonly
 * yes}; with {@code appendfsync everysec} the last second may be lost, with {@code always}
 * nothing). Its replicas, which are a moment behind, decide whether it survives a failover. A lost
 * policy is fetched again; until then its domain is as unprotected as at first contact. Keep {@code
 * maxmemory-policy} at {@code noeviction}: then a full server refuses new policies, which is
 * reported and loses nothing. With any other setting, a flood of new domains evicts valid policies.
 *
 * <p><b>Keys.</b> Every key begins with the prefix and contains the hash tag <code>{store}</code>:
 * one hash for each domain, which expires, a string with the newest fetch time, and two sorted sets
 * of names, from which each write removes up to sixteen expired names. In a cluster all keys are in
 * one slot, so that a row and the sets change atomically; the hundred thousand policies of a large
 * sender take about a hundred megabytes. Redis 6, Valkey 7.2 and newer are supported. Rows expire
 * by the server's clock, which must be correct.
 *
 * <p>Immutable; thread-safe if its client is.
 */
public final class RedisPolicyStore implements PolicyStore {
  /** The default prefix of all keys: {@value}. */
  public static final String DEFAULT_PREFIX = "mta-sts:";

  /** The number of rows per round trip; a script stays fast even if all rows are long. */
  private static final int BATCH = 100;

  private static final int MOST_ROWS = 10_000;
  private static final Pattern MILLIS = Pattern.compile("-?[0-9]{1,16}");

  private final RedisKeys keys;
  private final ScriptRunner scripts;

  /**
   * Creates a store with the default prefix, {@value #DEFAULT_PREFIX}; sends nothing yet.
   *
   * @param client the connection to the server; the store never closes it
   */
  @SuppressWarnings("exports") // a caller that has a client requires Jedis already
  public RedisPolicyStore(UnifiedJedis client) {
    this(client, DEFAULT_PREFIX);
  }

  /**
   * Creates a store with its own prefix, for fleets that share a server but not their policies;
   * sends nothing yet.
   *
   * @param client the connection to the server; the store never closes it
   * @param prefix the beginning of all keys: 1 to 64 ASCII letters, digits or any of {@code : . _ /
   *     -}
   * @throws IllegalArgumentException if the prefix has another form
   */
  @SuppressWarnings("exports") // a caller that has a client requires Jedis already
  public RedisPolicyStore(UnifiedJedis client, String prefix) {
    this.keys = new RedisKeys(prefix);
    this.scripts = new ScriptRunner(Objects.requireNonNull(client, "client"), prefix);
  }

  /**
   * {@inheritDoc}
   *
   * <p>In Redis an expired row is absent.
   */
  @Override
  public Optional<StoredRow> find(String domain) {
    return RowCodec.read(domain, scripts.array(Script.READ, List.of(keys.row(domain)), List.of()));
  }

  @Override
  public boolean save(StoredPolicy policy, Instant now) {
    byte[] fingerprint = {}; // that of a missing row
    Optional<StoredPolicy> row = Optional.of(policy);
    // Java decides, and the script replaces only the row that Java has seen.
    while (row.isPresent()) {
      List<byte[]> arguments = new ArrayList<>();
      arguments.add(RowCodec.octets(policy.domain()));
      arguments.add(fingerprint);
      arguments.addAll(RowCodec.values(row.get()));
      List<?> found = scripts.array(Script.SAVE, keysOfSave(policy.domain()), arguments);
      if (found.isEmpty()) {
        return true;
      }
      fingerprint = ScriptRunner.octets(found.get(0));
      row = policy.replacing(RowCodec.read(policy.domain(), ScriptRunner.array(found.get(1))), now);
    }
    return false;
  }

  @Override
  public void used(Map<String, Instant> lastUsed) {
    List<String> domains = List.copyOf(lastUsed.keySet());
    for (List<String> batch : batches(domains)) {
      List<byte[]> arguments = new ArrayList<>();
      for (String domain : batch) {
        arguments.add(RowCodec.octets(domain));
        arguments.add(RowCodec.octets(Objects.requireNonNull(lastUsed.get(domain), "lastUsed")));
      }
      scripts.run(Script.USED, keysOf(batch), arguments);
    }
  }

  @Override
  public void failed(String domain, StoredFailure failure) {
    scripts.run(Script.FAILED, List.of(keys.row(domain)), RowCodec.values(failure));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Kept in a key of its own, which purging leaves alone.
   */
  @Override
  public Optional<Instant> newestFetch() {
    return scripts.array(Script.NEWEST_FETCH, List.of(keys.newestFetch()), List.of()).stream()
        .map(time -> new String(ScriptRunner.octets(time), StandardCharsets.US_ASCII))
        .filter(time -> MILLIS.matcher(time).matches())
        .map(time -> Instant.ofEpochMilli(Long.parseLong(time)))
        .findFirst();
  }

  @Override
  public List<StoredRow> list(String after, int most) {
    if (most < 1 || most > MOST_ROWS) {
      throw new IllegalArgumentException(
          "page: expected 1 to " + MOST_ROWS + " rows, found " + most);
    }
    List<StoredRow> rows = new ArrayList<>();
    byte[] from = RowCodec.octets(after.isEmpty() ? "-" : "(" + after);
    while (rows.size() < most) {
      ScriptRunner.refuseIfInterrupted();
      List<byte[]> names = namesFrom(from, Math.min(BATCH, most - rows.size()));
      if (names.isEmpty()) {
        break;
      }
      rows.addAll(rows(texts(names)));
      // The octets themselves: a name that is not UTF-8 changes when it is converted to text.
      from = RowCodec.exclusiveBound(names.get(names.size() - 1));
    }
    return List.copyOf(rows);
  }

  private List<byte[]> namesFrom(byte[] from, int most) {
    return scripts
        .array(Script.NAMES_AFTER, List.of(keys.names()), List.of(from, RowCodec.octets(most)))
        .stream()
        .map(ScriptRunner::octets)
        .toList();
  }

  private List<StoredRow> rows(List<String> domains) {
    List<?> found = scripts.array(Script.LIST, keysOf(domains), octets(domains));
    List<StoredRow> rows = new ArrayList<>();
    for (int i = 0; i < domains.size(); i++) {
      RowCodec.read(domains.get(i), ScriptRunner.array(found.get(i))).ifPresent(rows::add);
    }
    return rows;
  }

  @Override
  public boolean purge(String domain) {
    return scripts.number(Script.PURGE, keysOf(List.of(domain)), List.of(RowCodec.octets(domain)))
        == 1;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Returns 0: in Redis rows expire by themselves.
   */
  @Override
  public long purgeExpired(Instant before) {
    Objects.requireNonNull(before, "before");
    return 0;
  }

  /** Does nothing: the client belongs to the application. */
  @Override
  public void close() {}

  private List<String> keysOfSave(String domain) {
    return List.of(keys.names(), keys.expiries(), keys.row(domain), keys.newestFetch());
  }

  private List<String> keysOf(List<String> domains) {
    return Stream.concat(Stream.of(keys.names(), keys.expiries()), domains.stream().map(keys::row))
        .toList();
  }

  /** Skips names that are not UTF-8: this store wrote no row with such a name. */
  private static List<String> texts(List<byte[]> names) {
    return names.stream()
        .map(name -> Map.entry(name, new String(name, StandardCharsets.UTF_8)))
        .filter(each -> Arrays.equals(each.getKey(), RowCodec.octets(each.getValue())))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static List<byte[]> octets(List<String> domains) {
    return domains.stream().map(RowCodec::octets).toList();
  }

  private static List<List<String>> batches(List<String> domains) {
    List<List<String>> batches = new ArrayList<>();
    for (int from = 0; from < domains.size(); from += BATCH) {
      batches.add(domains.subList(from, Math.min(from + BATCH, domains.size())));
    }
    return batches;
  }
}
