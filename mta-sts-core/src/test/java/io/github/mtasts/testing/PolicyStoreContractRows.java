// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The part of {@link PolicyStoreContract} about single rows: what is kept, and which row wins. */
abstract class PolicyStoreContractRows extends PolicyStoreContractStage {
  private static final String DOMAIN = "example.com";
  private static final int TOLERANCE = PolicyStore.FUTURE_TOLERANCE_SECONDS;

  // Round trips.

  static Stream<String> storedTexts() {
    return Stream.of(
        "version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n",
        "\uFEFFversion: STSv1\nmode: none",
        "lone\rreturns\r and a last one\r",
        "  blanks around, and tabs\t\n \n",
        "quotes ' '' \" ` \\ \\n % _ ? :x $1 ${x} {fn x} -- /* */ ; # \n",
        "Grüße, 例え, \u202Ereversed, \uFFFD, \uD83D\uDE00",
        "x",
        "x".repeat(StoredPolicy.MOST_TEXT_OCTETS),
        "\u00E9".repeat(StoredPolicy.MOST_TEXT_OCTETS / 2),
        "\uD83D\uDE00".repeat(StoredPolicy.MOST_TEXT_OCTETS / 4));
  }

  @ParameterizedTest
  @MethodSource("storedTexts")
  void keepsEveryCharacterOfTheText(String text) {
    StoredPolicy policy =
        new StoredPolicy(
            DOMAIN, "1", text, PolicyMode.NONE, now, now.plusSeconds(60), now, Optional.empty());
    assertThat(store().save(policy, now)).isTrue();

    assertThat(store().find(DOMAIN)).contains(policy);
  }

  @ParameterizedTest
  @EnumSource(PolicyMode.class)
  void keepsEveryField(PolicyMode mode) {
    StoredFailure failure =
        new StoredFailure(
            now.minusMillis(3),
            Integer.MAX_VALUE,
            now.plusMillis(86_400_001),
            Optional.empty(),
            "Grüße \uD83D\uDE00 ' ".repeat(200));
    StoredPolicy policy =
        new StoredPolicy(
            DOMAIN,
            "aZ09".repeat(8),
            "text",
            mode,
            now.minusMillis(86_399_999),
            now.plus(Duration.ofDays(364)).plusMillis(1),
            now.minusMillis(1),
            Optional.of(failure));
    assertThat(store().save(policy, now)).isTrue();

    assertThat(store().find(DOMAIN)).contains(policy);
    assertThat(store().list("", 1)).containsExactly(policy);
  }

  @ParameterizedTest
  @EnumSource(ResultType.class)
  void keepsEveryKindOfFailure(ResultType resultType) {
    StoredPolicy policy =
        policy(DOMAIN, now)
            .failedWith(
                Optional.of(new StoredFailure(now, 1, now, Optional.of(resultType), "found none")));
    store().save(policy, now);

    assertThat(store().find(DOMAIN)).contains(policy);
  }

  @Test
  void keepsUnusualNames() {
    String longest = "a".repeat(63) + "." + "b".repeat(63) + "." + "c".repeat(63) + ".";
    longest += "d".repeat(253 - longest.length());
    PolicyStore store = store();
    for (String domain : List.of(longest, "_a.example", "-a-.example", "xn--bcher-kva.example")) {
      store.save(policy(domain, now), now);
      assertThat(store.find(domain)).contains(policy(domain, now));
    }
  }

  @Test
  void keepsAnIdThatDiffersInCaseOnly() {
    StoredPolicy first = policy(DOMAIN, now);
    StoredPolicy second =
        new StoredPolicy(
            DOMAIN, "Ab", "text", first.mode(), now, first.expiresAt(), now, Optional.empty());
    store().save(second, now);

    assertThat(store().find(DOMAIN)).contains(second);
  }

  @Test
  void findsNothingForADomainWithoutARow() {
    PolicyStore store = store();
    store.save(policy("a.example.com", now), now);

    assertThat(store.find(DOMAIN)).isEmpty();
    assertThat(store.find("b.a.example.com")).isEmpty();
  }

  @Test
  void findsExpiredRows() {
    assumeFalse(rowsExpireByThemselves());
    StoredPolicy expired = policy(DOMAIN, now.minus(Duration.ofDays(3)));
    store().save(expired, now);

    assertThat(store().find(DOMAIN)).contains(expired);
    assertThat(store().list("", 10)).containsExactly(expired);
  }

  @Test
  void survivesCloseAndReopen() {
    PolicyStore first = open();
    first.save(policy(DOMAIN, now), now);
    first.close();

    assertThat(store().find(DOMAIN)).contains(policy(DOMAIN, now));
  }

  // The newest fetch wins.

  static Stream<List<Integer>> ordersOfArrival() {
    return permutations(List.of(0, 1, 2, 3)).stream();
  }

  private static List<List<Integer>> permutations(List<Integer> items) {
    if (items.isEmpty()) {
      return List.of(List.of());
    }
    List<List<Integer>> all = new ArrayList<>();
    for (Integer first : items) {
      List<Integer> rest = new ArrayList<>(items);
      rest.remove(first);
      for (List<Integer> tail : permutations(rest)) {
        List<Integer> one = new ArrayList<>(List.of(first));
        one.addAll(tail);
        all.add(one);
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("ordersOfArrival")
  void keepsTheNewestFetchInEveryOrderOfArrival(List<Integer> order) {
    PolicyStore store = store();
    int newest = -1;
    for (int millis : order) {
      StoredPolicy arriving = policy(DOMAIN, now.minusMillis(10L - millis));
      assertThat(store.save(arriving, now)).isEqualTo(millis > newest);
      newest = Math.max(newest, millis);
      assertThat(store.find(DOMAIN)).contains(policy(DOMAIN, now.minusMillis(10L - newest)));
    }
  }

  @Test
  void theSameFetchIsStoredOnce() {
    StoredPolicy first = policy(DOMAIN, now);
    StoredPolicy second =
        new StoredPolicy(
            DOMAIN, "2", "x", PolicyMode.NONE, now, first.expiresAt(), now, Optional.empty());
    assertThat(store().save(first, now)).isTrue();
    assertThat(store().save(second, now)).isFalse();

    assertThat(store().find(DOMAIN)).contains(first);
  }

  @Test
  void aRowFromTheFarFutureIsReplaced() {
    Instant wrong = now.plusSeconds(TOLERANCE).plusMillis(1);
    store().save(policy(DOMAIN, wrong), wrong);

    assertThat(store().save(policy(DOMAIN, now), now)).isTrue();
    assertThat(store().find(DOMAIN).map(PolicyStoreContractRows::fetchedAt)).contains(now);
  }

  @Test
  void aRowFromTheNearFutureIsKept() {
    Instant ahead = now.plusSeconds(TOLERANCE);
    store().save(policy(DOMAIN, ahead), ahead);

    assertThat(store().save(policy(DOMAIN, now), now)).isFalse();
    assertThat(store().find(DOMAIN)).contains(policy(DOMAIN, ahead));
  }

  private static Instant fetchedAt(StoredRow row) {
    return ((StoredPolicy) row).fetchedAt();
  }

  // Times of last use.

  @Test
  void theTimeOfLastUseNeverMovesBack() {
    PolicyStore store = store();
    StoredPolicy policy = policy(DOMAIN, now).failedWith(Optional.of(failure(now, "refused")));
    store.save(policy, now);

    store.used(Map.of(DOMAIN, now.plusMillis(5)));
    assertThat(store.find(DOMAIN)).contains(policy.usedAt(now.plusMillis(5)));
    store.used(Map.of(DOMAIN, now.plusMillis(4)));
    assertThat(store.find(DOMAIN)).contains(policy.usedAt(now.plusMillis(5)));
  }

  @Test
  void recordsTheUseOfManyDomainsInOneCallAndCreatesNoRow() {
    PolicyStore store = store();
    Map<String, Instant> used = new HashMap<>();
    IntStream.range(0, 1_500).forEach(i -> used.put("d" + i + ".example", now.plusMillis(i)));
    List<Integer> known = List.of(0, 7, 1_499);
    known.forEach(i -> store.save(policy("d" + i + ".example", now), now));

    store.used(used);

    for (int i : known) {
      String domain = "d" + i + ".example";
      assertThat(store.find(domain)).contains(policy(domain, now).usedAt(now.plusMillis(i)));
    }
    assertThat(store.list("", 10_000)).hasSize(known.size());
  }

  @Test
  void acceptsAnEmptyMapOfUses() {
    PolicyStore store = store();
    store.save(policy(DOMAIN, now), now);
    store.used(Map.of());

    assertThat(store.find(DOMAIN)).contains(policy(DOMAIN, now));
  }

  @Test
  void aNewerFetchKeepsTheLaterTimeOfLastUse() {
    PolicyStore store = store();
    store.save(policy(DOMAIN, now).usedAt(now.plusSeconds(9)), now);

    StoredPolicy second = policy(DOMAIN, now.plusMillis(1));
    store.save(second, now);
    assertThat(store.find(DOMAIN)).contains(second.usedAt(now.plusSeconds(9)));
    StoredPolicy third = policy(DOMAIN, now.plusMillis(2)).usedAt(now.plusSeconds(10));
    store.save(third, now);
    assertThat(store.find(DOMAIN)).contains(third);
  }

  @Test
  void aNewerFetchDropsATimeOfLastUseFromTheFuture() {
    PolicyStore store = store();
    Duration tolerance = Duration.ofSeconds(PolicyStore.FUTURE_TOLERANCE_SECONDS);
    store.save(policy(DOMAIN, now), now);
    store.save(policy("b.example", now), now);
    store.used(Map.of(DOMAIN, now.plus(tolerance), "b.example", now.plus(tolerance).plusMillis(1)));

    StoredPolicy second = policy(DOMAIN, now.plusMillis(1));
    store.save(second, now);
    store.save(policy("b.example", now.plusMillis(1)), now);

    assertThat(store.find(DOMAIN)).contains(second.usedAt(now.plus(tolerance)));
    assertThat(store.find("b.example")).contains(policy("b.example", now.plusMillis(1)));
  }

  // Failures.

  @Test
  void aLaterFailureReplacesAnEarlierOneOnly() {
    PolicyStore store = store();
    StoredPolicy policy = policy(DOMAIN, now);
    store.save(policy, now);
    StoredFailure later = failure(now.plusMillis(20), "later");

    store.failed(DOMAIN, failure(now.plusMillis(10), "earlier"));
    store.failed(DOMAIN, later);
    store.failed(DOMAIN, failure(now.plusMillis(20), "same time"));
    store.failed(DOMAIN, failure(now.plusMillis(15), "between"));

    assertThat(store.find(DOMAIN)).contains(policy.failedWith(Optional.of(later)));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, -86_400_000})
  void ignoresAFailureThatIsNotLaterThanTheFetch(long millis) {
    PolicyStore store = store();
    store.save(policy(DOMAIN, now), now);
    store.failed(DOMAIN, failure(now.plusMillis(millis), "old"));

    assertThat(store.find(DOMAIN)).contains(policy(DOMAIN, now));
  }

  @Test
  void aFailureCreatesNoRow() {
    PolicyStore store = store();
    store.failed(DOMAIN, failure(now, "refused"));

    assertThat(store.find(DOMAIN)).isEmpty();
    assertThat(store.list("", 10)).isEmpty();
  }

  @Test
  void aNewerFetchRemovesTheFailureAndAnOlderOneDoesNot() {
    PolicyStore store = store();
    StoredPolicy first = policy(DOMAIN, now);
    StoredFailure failure = failure(now.plusMillis(500), "refused");
    store.save(first, now);
    store.failed(DOMAIN, failure);

    store.save(policy(DOMAIN, now.minusMillis(1)), now);
    assertThat(store.find(DOMAIN)).contains(first.failedWith(Optional.of(failure)));
    StoredPolicy second = policy(DOMAIN, now.plusMillis(1));
    store.save(second, now);
    assertThat(store.find(DOMAIN)).contains(second);
  }
}
