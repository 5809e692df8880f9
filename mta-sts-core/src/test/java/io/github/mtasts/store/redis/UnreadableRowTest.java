// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.store.UnreadableRow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.UnifiedJedis;

/** Invalid content under the key of a row is reported, hides no other row, and is replaced. */
final class UnreadableRowTest {
  private static final String DOMAIN = "example.com";

  @AutoClose private static final LocalRedis REDIS = new LocalRedis();

  private final UnifiedJedis client = REDIS.client();
  private final String prefix = REDIS.newPrefix();
  private final String row = prefix + "{store}:policy:" + DOMAIN;
  private final PolicyStore store = new RedisPolicyStore(client, prefix);
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  private StoredPolicy policy(String domain, Instant fetchedAt) {
    StoredFailure failure =
        new StoredFailure(
            fetchedAt.plusMillis(1),
            3,
            fetchedAt.plusMillis(2),
            Optional.of(ResultType.STS_WEBPKI_INVALID),
            "refused");
    return new StoredPolicy(
        domain,
        "1",
        "text",
        PolicyMode.ENFORCE,
        fetchedAt,
        fetchedAt.plus(Duration.ofDays(2)),
        fetchedAt,
        Optional.of(failure));
  }

  static Stream<Arguments> values() {
    return Stream.of(
        arguments("version", "2", "expected version 1 to 1, found 2"),
        arguments("version", "0", "found 0"),
        arguments("version", "9999999999", "9999999999"),
        arguments("version", "one", "version: expected a number, found \"one\""),
        arguments("id", "not-an-id", "id"),
        arguments("id", "", "id"),
        arguments("text", "", "found 0"),
        arguments("text", "x".repeat(65_537), "text: expected at most 65536 octets, found 65537"),
        arguments("mode", "ENFORCE", "mode: expected a value known to this version"),
        arguments("fetched", "yesterday", "fetched: expected milliseconds since 1970"),
        arguments("fetched", "nan", "fetched"),
        arguments("fetched", "0x10", "fetched"),
        arguments("fetched", "1e12", "fetched"),
        arguments("fetched", "1234567890123456", "fetched"),
        arguments("expires", "4102444800000", "expiry"),
        arguments("expires", "1", "expiry"),
        arguments("expires", "", "expires"),
        arguments("used", "\u001b[31m", "used: expected milliseconds since 1970, found \"\\u001b"),
        arguments("failed", "-", "failed"),
        arguments("failures", "0", "failures: expected at least 1"),
        arguments("retry", "later", "retry"),
        arguments("result", "no-such-result", "result"),
        arguments("detail", "x".repeat(4_097), "detail: expected at most 4096 octets"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void anInvalidValueIsReportedAndReplaced(String field, String value, String reason) {
    store.save(policy(DOMAIN, now), now);
    client.hset(row, field, value);

    assertReportedAndReplaced(reason);
  }

  @ParameterizedTest
  @MethodSource("fields")
  void aMissingValueIsReportedAndReplaced(String field) {
    store.save(policy(DOMAIN, now), now);
    client.hdel(row, field);

    assertReportedAndReplaced(field + ": expected");
  }

  static Stream<String> fields() {
    return Stream.of(HashField.values()).map(HashField::label);
  }

  @Test
  void textThatIsNotUtf8IsReportedAndReplaced() {
    store.save(policy(DOMAIN, now), now);
    client.hset(
        row.getBytes(StandardCharsets.UTF_8),
        "text".getBytes(StandardCharsets.UTF_8),
        new byte[] {'a', (byte) 0xC3, '('});

    assertReportedAndReplaced("text: expected UTF-8");
  }

  static Stream<Arguments> otherTypes() {
    BiConsumer<UnifiedJedis, String> text = (client, key) -> client.set(key, "x");
    BiConsumer<UnifiedJedis, String> list = (client, key) -> client.lpush(key, "x");
    BiConsumer<UnifiedJedis, String> set = (client, key) -> client.sadd(key, "x");
    BiConsumer<UnifiedJedis, String> hash = (client, key) -> client.hset(key, "x", "y");
    return Stream.of(
        arguments("string", text, "type: expected a hash, found string"),
        arguments("list", list, "type: expected a hash, found list"),
        arguments("set", set, "type: expected a hash, found set"),
        arguments("another hash", hash, "version"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("otherTypes")
  void aKeyOfAnotherTypeIsReportedAndReplaced(
      String kind, BiConsumer<UnifiedJedis, String> write, String reason) {
    store.save(policy(DOMAIN, now), now);
    client.del(row);
    write.accept(client, row);

    store.used(Map.of(DOMAIN, now));
    assertReportedAndReplaced(reason);
  }

  private void assertReportedAndReplaced(String reason) {
    store.save(policy("a.example", now), now);
    store.save(policy("z.example", now), now);

    StoredRow found = store.find(DOMAIN).orElseThrow();
    assertThat(found).isInstanceOf(UnreadableRow.class);
    assertThat(((UnreadableRow) found).detail())
        .contains(reason)
        .hasSizeLessThan(400)
        .doesNotContain("\u001b");
    assertThat(store.list("", 10))
        .containsExactly(policy("a.example", now), found, policy("z.example", now));

    StoredPolicy older = policy(DOMAIN, now.minusSeconds(3_600));
    assertThat(store.save(older, now)).isTrue();
    assertThat(store.find(DOMAIN).map(StoredPolicy.class::cast).map(StoredPolicy::fetchedAt))
        .contains(older.fetchedAt());
    assertThat(client.pttl(row)).isPositive();
    assertThat(client.hlen(row)).isEqualTo(HashField.values().length);
  }

  @Test
  @Timeout(120)
  void aNameThatIsNotUtf8HidesNoRowAndBlocksNoCall() {
    store.save(policy("a.example", now), now);
    store.save(policy("z.example", now), now);
    for (byte[] name : List.of(new byte[] {'b', (byte) 0xFF}, new byte[] {(byte) 0xFF})) {
      client.zadd((prefix + "{store}:names").getBytes(StandardCharsets.UTF_8), 0, name);
      client.zadd((prefix + "{store}:expiries").getBytes(StandardCharsets.UTF_8), 1, name);
    }

    assertThat(store.list("", 10))
        .containsExactly(policy("a.example", now), policy("z.example", now));
    assertThat(store.list("a.example", 1)).containsExactly(policy("z.example", now));
  }

  @Test
  void refusesAnInterruptedThreadAndKeepsItsInterruptStatus() {
    store.save(policy(DOMAIN, now), now);

    Thread.currentThread().interrupt();
    try {
      assertThatExceptionOfType(PolicyStoreException.class)
          .isThrownBy(() -> store.list("", 10))
          .withMessageContaining("interrupted");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(store.find(DOMAIN)).contains(policy(DOMAIN, now));
  }

  @Test
  void doesNotReplaceAnUnreadableRowThatHasChangedSince() {
    ScriptRunner scripts = new ScriptRunner(client, prefix);
    RedisKeys keys = new RedisKeys(prefix);
    store.save(policy(DOMAIN, now), now);
    client.hset(row, "mode", "maybe");
    List<?> firstReply = save(scripts, keys, policy(DOMAIN, now.minusMillis(1)), new byte[0]);
    byte[] fingerprint = ScriptRunner.octets(firstReply.get(0));

    client.hset(row, "mode", "none");
    List<?> secondReply = save(scripts, keys, policy(DOMAIN, now.minusMillis(1)), fingerprint);

    assertThat(secondReply).isNotEmpty();
    assertThat(ScriptRunner.octets(secondReply.get(0))).isNotEqualTo(fingerprint);
    assertThat(client.hget(row, "fetched")).isEqualTo(Long.toString(now.toEpochMilli()));
  }

  private List<?> save(
      ScriptRunner scripts, RedisKeys keys, StoredPolicy policy, byte[] fingerprint) {
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(RowCodec.octets(policy.domain()));
    arguments.add(RowCodec.octets(now.plusSeconds(600)));
    arguments.add(fingerprint);
    arguments.addAll(RowCodec.values(policy));
    return scripts.array(
        Script.SAVE, List.of(keys.names(), keys.expiries(), keys.row(DOMAIN)), arguments);
  }
}
