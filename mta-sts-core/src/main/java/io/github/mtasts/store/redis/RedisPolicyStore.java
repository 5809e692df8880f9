package io.github.mtasts.store.redis;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.store.UnreadableRow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
 * <p>Use it for a fleet that runs such a server already; it needs {@code redis.clients:jedis},
 * which this library does not bring. The client is made, and closed, by the caller: a {@code
 * RedisClient}, a {@code RedisSentinelClient} or a {@code RedisClusterClient}. It decides about
 * addresses, credentials, TLS and the number of connections, and how long a call may take: an
 * interrupt does not end a call that waits for an answer, so let its timeouts be short (the default
 * of Jedis is two seconds, once to connect and once to read).
 *
 * <p><b>What is promised depends on the server.</b> When {@link #save} returns, the primary has the
 * policy in memory. Whether it outlives a crash is decided by its persistence ({@code appendonly
 * yes}; with {@code appendfsync everysec} the last second may be lost, with {@code always}
 * nothing), and whether it outlives a failover by its replicas, which follow a moment later. A row
 * that is lost is fetched again; until then its domain is as unprotected as at first contact. Keep
 * {@code maxmemory-policy} at {@code noeviction}: with it a full server refuses to store, which is
 * told and harms nobody; any other lets a flood of new domains push out policies in force.
 *
 * <p><b>Keys.</b> Every name begins with the prefix and carries the hash tag <code>{store}</code>:
 * one hash for each domain and one string for each lease, both of which expire, and two sorted sets
 * of names, from which each write removes up to sixteen that have expired. In a cluster all of it
 * lives in one slot. That is deliberate: it lets a row and the sets change in one step, and the
 * hundred thousand policies of a large sender are some hundred megabytes. Redis 6, Valkey 7.2 and
 * newer are supported; rows expire by the server's clock, which should be right.
 *
 * <p>Immutable, hence thread-safe as its client is.
 */
public final class RedisPolicyStore implements PolicyStore {
  /** What all keys begin with unless told otherwise: {@value}. */
  public static final String DEFAULT_PREFIX = "mta-sts:";

  /** So many rows a round trip: a quick step for the server even if all of them are long. */
  private static final int BATCH = 100;

  private static final int MOST_ROWS = 10_000;
  private static final Pattern HOLDER = Pattern.compile("[A-Za-z0-9-]{1,64}");

  private final Keys keys;
  private final Server server;

  /**
   * Makes a store under the usual prefix, {@value #DEFAULT_PREFIX}; talks to nobody yet.
   *
   * @param client how to reach the server; stays open when this is closed
   */
  @SuppressWarnings("exports") // who has a client to hand in requires Jedis already
  public RedisPolicyStore(UnifiedJedis client) {
    this(client, DEFAULT_PREFIX);
  }

  /**
   * Makes a store under a prefix of its own, for two fleets that share a server but not their
   * policies; talks to nobody yet.
   *
   * @param client how to reach the server; stays open when this is closed
   * @param prefix what all keys begin with: 1 to 64 ASCII letters, digits or any of {@code : . _ /
   *     -}
   * @throws IllegalArgumentException if the prefix is something else
   */
  @SuppressWarnings("exports") // who has a client to hand in requires Jedis already
  public RedisPolicyStore(UnifiedJedis client, String prefix) {
    this.keys = new Keys(prefix);
    this.server = new Server(Objects.requireNonNull(client, "client"), prefix);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Here an expired row is gone.
   */
  @Override
  public Optional<StoredRow> find(String domain) {
    return Row.read(domain, server.several(Script.READ, List.of(keys.row(domain)), List.of()));
  }

  @Override
  public boolean save(StoredPolicy policy, Instant now) {
    byte[] latestCredible = Row.octets(now.plusSeconds(FUTURE_TOLERANCE_SECONDS));
    byte[] unreadable = {};
    // Only Java knows all that makes a row unreadable. If what is in the way is, the script is told
    // so by a fingerprint; if it has changed meanwhile, somebody else stored, and all begins anew.
    while (true) {
      List<byte[]> arguments = new ArrayList<>();
      arguments.add(Row.octets(policy.domain()));
      arguments.add(latestCredible);
      arguments.add(unreadable);
      arguments.addAll(Row.values(policy));
      List<?> inTheWay = server.several(Script.SAVE, keysOf(policy.domain()), arguments);
      if (inTheWay.isEmpty()) {
        return true;
      }
      if (!isUnreadable(Row.read(policy.domain(), Server.several(inTheWay.get(1))))) {
        return false;
      }
      unreadable = Server.octets(inTheWay.get(0));
    }
  }

  private static boolean isUnreadable(Optional<StoredRow> row) {
    return row.filter(UnreadableRow.class::isInstance).isPresent();
  }

  @Override
  public void used(Map<String, Instant> lastUsed) {
    List<String> domains = List.copyOf(lastUsed.keySet());
    for (List<String> batch : batches(domains)) {
      List<byte[]> arguments = new ArrayList<>();
      for (String domain : batch) {
        arguments.add(Row.octets(domain));
        arguments.add(Row.octets(Objects.requireNonNull(lastUsed.get(domain), "lastUsed")));
      }
      server.run(Script.USED, keysOf(batch), arguments);
    }
  }

  @Override
  public void failed(String domain, StoredFailure failure) {
    server.run(Script.FAILED, List.of(keys.row(domain)), Row.values(failure));
  }

  @Override
  public boolean lease(String domain, String holder, Instant now, Duration term) {
    requireHolder(holder);
    if (term.isNegative() || term.isZero()) {
      throw new IllegalArgumentException("term: expected more than zero, found " + term);
    }
    long millis = Math.max(1, term.toMillis());
    List<byte[]> arguments =
        List.of(
            Row.octets(holder),
            Row.octets(now),
            Row.octets(now.plusMillis(millis)),
            Row.octets(now.plusMillis(2 * millis)),
            Row.octets(millis));
    return server.number(Script.LEASE, List.of(keys.lease(domain)), arguments) == 1;
  }

  @Override
  public void release(String domain, String holder) {
    requireHolder(holder);
    server.run(Script.RELEASE, List.of(keys.lease(domain)), List.of(Row.octets(holder)));
  }

  private static void requireHolder(String holder) {
    if (!HOLDER.matcher(holder).matches()) {
      throw new IllegalArgumentException(
          "holder: expected 1 to 64 ASCII letters, digits or hyphens, found \"" + holder + "\"");
    }
  }

  @Override
  public List<StoredRow> list(String after, int most) {
    if (most < 1 || most > MOST_ROWS) {
      throw new IllegalArgumentException(
          "page: expected 1 to " + MOST_ROWS + " rows, found " + most);
    }
    List<StoredRow> rows = new ArrayList<>();
    byte[] from = Row.octets(after.isEmpty() ? "-" : "(" + after);
    while (rows.size() < most) {
      Server.refuseIfInterrupted();
      List<byte[]> names = namesFrom(from, Math.min(BATCH, most - rows.size()));
      if (names.isEmpty()) {
        break;
      }
      rows.addAll(rows(texts(names)));
      // By its octets: those of a text made of what is no text may come earlier.
      from = Row.after(names.get(names.size() - 1));
    }
    return List.copyOf(rows);
  }

  private List<byte[]> namesFrom(byte[] from, int most) {
    return names(
        server.several(Script.NAMES_AFTER, List.of(keys.names()), List.of(from, Row.octets(most))));
  }

  private List<StoredRow> rows(List<String> domains) {
    List<?> found = server.several(Script.LIST, keysOf(domains), octets(domains));
    List<StoredRow> rows = new ArrayList<>();
    for (int i = 0; i < domains.size(); i++) {
      Row.read(domains.get(i), Server.several(found.get(i))).ifPresent(rows::add);
    }
    return rows;
  }

  @Override
  public boolean purge(String domain) {
    return server.number(Script.PURGE, keysOf(domain), List.of(Row.octets(domain))) == 1;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Here rows and leases expire by themselves, so there is nothing to call it for regularly; a
   * moment in the future forgets the rows that will have expired by then.
   */
  @Override
  public long purgeExpired(Instant before) {
    long gone = 0;
    int staying = 0;
    while (true) {
      Server.refuseIfInterrupted();
      List<byte[]> names = namesBefore(before, staying);
      if (names.isEmpty()) {
        return gone;
      }
      List<String> domains = texts(names);
      List<byte[]> arguments = new ArrayList<>(List.of(Row.octets(before)));
      arguments.addAll(octets(domains));
      List<?> counts = server.several(Script.PURGE_EXPIRED, keysOf(domains), arguments);
      gone += Server.number(counts.get(0));
      staying += Math.toIntExact(Server.number(counts.get(1))) + names.size() - domains.size();
    }
  }

  private List<byte[]> namesBefore(Instant before, int skipped) {
    return names(
        server.several(
            Script.NAMES_BEFORE,
            List.of(keys.expiries()),
            List.of(
                Row.octets("(" + before.toEpochMilli()), Row.octets(skipped), Row.octets(BATCH))));
  }

  /** Does nothing: the client belongs to whoever made it. */
  @Override
  public void close() {}

  private List<String> keysOf(String domain) {
    return keysOf(List.of(domain));
  }

  private List<String> keysOf(List<String> domains) {
    return Stream.concat(Stream.of(keys.names(), keys.expiries()), domains.stream().map(keys::row))
        .toList();
  }

  private static List<byte[]> names(List<?> reply) {
    return reply.stream().map(Server::octets).toList();
  }

  /** Without those that are no UTF-8: something else wrote them, and no row has such a name. */
  private static List<String> texts(List<byte[]> names) {
    return names.stream()
        .map(name -> Map.entry(name, new String(name, StandardCharsets.UTF_8)))
        .filter(each -> Arrays.equals(each.getKey(), Row.octets(each.getValue())))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static List<byte[]> octets(List<String> domains) {
    return domains.stream().map(Row::octets).toList();
  }

  private static List<List<String>> batches(List<String> domains) {
    List<List<String>> batches = new ArrayList<>();
    for (int from = 0; from < domains.size(); from += BATCH) {
      batches.add(domains.subList(from, Math.min(from + BATCH, domains.size())));
    }
    return batches;
  }
}
