// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.UnifiedJedis;

/** Prefixes separate stores, and in a cluster all keys of a store are in one slot. */
final class RedisKeysTest {
  @AutoClose private static final LocalRedis REDIS = new LocalRedis();

  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  private StoredPolicy policy(String domain, Instant fetchedAt) {
    return new StoredPolicy(
        domain,
        "1",
        "text",
        PolicyMode.ENFORCE,
        fetchedAt,
        fetchedAt.plusSeconds(3_600),
        fetchedAt,
        Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "{tag}", "a{", "}", "ä", "a\n", "*"})
  void refusesAPrefixWithUnsafeCharacters(String prefix) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RedisPolicyStore(REDIS.client(), prefix))
        .withMessageStartingWith("prefix: expected 1 to 64 ");
  }

  @Test
  void twoPrefixesAreSeparateEvenIfOneStartsWithTheOther() {
    String prefix = REDIS.newPrefix();
    PolicyStore one = new RedisPolicyStore(REDIS.client(), prefix);
    PolicyStore two = new RedisPolicyStore(REDIS.client(), prefix + "policy:");
    one.save(policy("example.com", now), now);

    assertThat(two.find("example.com")).isEmpty();
    assertThat(two.list("", 10)).isEmpty();
    assertThat(two.purge("example.com")).isFalse();
    assertThat(two.newestFetch()).isEmpty();
    assertThat(two.save(policy("example.com", now.minusMillis(1)), now)).isTrue();
    assertThat(one.find("example.com")).contains(policy("example.com", now));
  }

  @Test
  void everyKeyBeginsWithThePrefix() {
    try (LocalRedis redis = new LocalRedis()) {
      callEveryOperation(redis.client());

      assertThat(redis.client().keys("*"))
          .isNotEmpty()
          .allSatisfy(key -> assertThat(key).startsWith(RedisPolicyStore.DEFAULT_PREFIX));
    }
  }

  @Test
  void everyOperationWorksInACluster(@TempDir Path directory) {
    try (LocalRedis redis = LocalRedis.cluster(directory);
        RedisClusterClient cluster =
            RedisClusterClient.builder()
                .nodes(Set.of(new HostAndPort(LocalRedis.HOST, redis.port())))
                .clientConfig(LocalRedis.withTimeout(Duration.ofSeconds(30)).build())
                .build()) {
      callEveryOperation(cluster);
    }
  }

  private void callEveryOperation(UnifiedJedis client) {
    PolicyStore store = new RedisPolicyStore(client);
    for (int i = 100; i < 350; i++) {
      assertThat(store.save(policy("d" + i + ".example", now), now)).isTrue();
    }
    store.used(Map.of("d100.example", now.plusMillis(5), "d101.example", now.plusMillis(6)));
    StoredFailure failure =
        new StoredFailure(now.plusMillis(1), 1, now.plusMillis(2), Optional.empty(), "refused");
    store.failed("d100.example", failure);
    assertThat(store.newestFetch()).contains(now);

    assertThat(store.find("d100.example"))
        .contains(
            policy("d100.example", now).usedAt(now.plusMillis(5)).failedWith(Optional.of(failure)));
    assertThat(store.list("d101.example", 10_000)).hasSize(248);
    assertThat(store.purge("d349.example")).isTrue();
    assertThat(store.save(policy("example.com", now), now)).isTrue();
  }
}
