// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

/** Keys expire by themselves, and the sorted sets beside them do not grow. */
final class ExpiryTest {
  @AutoClose private static final LocalRedis REDIS = new LocalRedis();

  private final UnifiedJedis client = REDIS.client();
  private final String keyPrefix = REDIS.newPrefix() + "{store}:";
  private final String names = keyPrefix + "names";
  private final String expiries = keyPrefix + "expiries";
  private final PolicyStore store =
      new RedisPolicyStore(client, keyPrefix.substring(0, keyPrefix.indexOf('{')));
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  private StoredPolicy policy(String domain, Instant expiresAt) {
    return new StoredPolicy(
        domain,
        "1",
        "text",
        PolicyMode.ENFORCE,
        now.minus(Duration.ofDays(1)),
        expiresAt,
        now,
        Optional.empty());
  }

  private StoredPolicy valid(String domain) {
    return policy(domain, now.plus(Duration.ofDays(1)));
  }

  @Test
  void aRowDisappearsWhenItsPolicyExpires() {
    store.save(policy("short.example", now.plusMillis(400)), now);
    store.save(valid("long.example"), now);

    Instant deadline = Instant.now().plusSeconds(60);
    while (store.find("short.example").isPresent()) {
      assertThat(Instant.now()).as("time at which the key still exists").isBefore(deadline);
    }

    assertThat(Instant.now()).isAfterOrEqualTo(now.plusMillis(400));
    assertThat(store.list("", 10)).containsExactly(valid("long.example"));
    assertThat(client.zrange(names, 0, -1)).containsExactly("long.example");
    assertThat(client.zrange(expiries, 0, -1)).containsExactly("long.example");
  }

  @Test
  void theKeyExpiresWithThePolicyAlsoAfterItsUseWasRecorded() {
    store.save(valid("example.com"), now);
    store.used(Map.of("example.com", now.plusSeconds(1)));

    assertThat(client.pttl(keyPrefix + "policy:example.com"))
        .isBetween(Duration.ofHours(23).toMillis(), Duration.ofDays(1).toMillis());
  }

  @Test
  void aNewerFetchResetsTheTimeToLive() {
    store.save(valid("example.com"), now);
    StoredPolicy newer =
        new StoredPolicy(
            "example.com",
            "2",
            "text",
            PolicyMode.ENFORCE,
            now,
            now.plusSeconds(60),
            now,
            Optional.empty());
    store.save(newer, now);

    assertThat(client.pttl(keyPrefix + "policy:example.com")).isBetween(1L, 60_000L);
    assertThat(client.zscore(expiries, "example.com"))
        .isEqualTo((double) newer.expiresAt().toEpochMilli());
  }

  @Test
  void storingAnExpiredPolicyLeavesNoKeyOfIt() {
    assertThat(store.save(policy("example.com", now.minusSeconds(1)), now)).isTrue();

    assertThat(store.find("example.com")).isEmpty();
    assertThat(client.keys(keyPrefix + "*")).containsExactly(keyPrefix + "newest");
  }

  @Test
  void aNewestFetchThatAnotherProgramOverwroteIsReplaced() {
    client.lpush(keyPrefix + "newest", "x");
    assertThat(store.newestFetch()).isEmpty();

    StoredPolicy policy = valid("example.com");
    store.save(policy, now);

    assertThat(store.newestFetch()).contains(policy.fetchedAt());
    client.set(keyPrefix + "newest", "soon");
    assertThat(store.newestFetch()).isEmpty();
  }

  @Test
  void eachWriteRemovesUpToSixteenExpiredNames() {
    for (int i = 0; i < 40; i++) {
      client.zadd(names, 0, "gone" + i + ".example");
      client.zadd(expiries, i, "gone" + i + ".example");
    }

    store.save(valid("a.example"), now);
    assertThat(client.zcard(names)).isEqualTo(25);
    assertThat(client.zcard(expiries)).isEqualTo(25);
    store.save(valid("b.example"), now);
    store.save(valid("c.example"), now);
    assertThat(client.zrange(names, 0, -1)).containsExactly("a.example", "b.example", "c.example");
    assertThat(client.zcard(expiries)).isEqualTo(3);
  }

  @Test
  void listingRemovesNamesOfMissingRows() {
    for (int i = 100; i < 350; i++) {
      store.save(valid("d" + i + ".example"), now);
    }
    for (int i = 100; i < 349; i++) {
      client.del(keyPrefix + "policy:d" + i + ".example");
    }

    assertThat(store.list("", 1)).containsExactly(valid("d349.example"));
    assertThat(client.zcard(names)).isEqualTo(1);
    assertThat(client.zcard(expiries)).isEqualTo(1);
  }

  @Test
  void recordingUseRestoresLostSets() {
    store.save(valid("example.com"), now);
    client.del(names, expiries);
    assertThat(store.list("", 10)).isEmpty();

    store.used(Map.of("example.com", now));

    assertThat(store.list("", 10)).containsExactly(valid("example.com"));
    assertThat(client.zcard(expiries)).isEqualTo(1);
  }

  @Test
  void leavesThePurgeOfExpiredRowsToTheServer() {
    store.save(policy("early.example", now.plusSeconds(60)), now);

    assertThat(store.purgeExpired(now.plusSeconds(61))).isZero();
    assertThat(store.find("early.example")).isPresent();
  }

  @Test
  void purgingADomainLeavesNoKeyOfIt() {
    store.save(valid("example.com"), now);
    assertThat(store.purge("example.com")).isTrue();

    assertThat(client.keys(keyPrefix + "*")).containsExactly(keyPrefix + "newest");
  }
}
