// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.PolicyCacheAdmin.Page;
import io.github.mtasts.PolicyCacheAdmin.Progress;
import io.github.mtasts.PolicyCacheAdmin.State;
import io.github.mtasts.PolicyCacheAdmin.Statistics;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.testing.InMemoryPolicyStore;
import io.github.mtasts.testing.InMemoryPolicyStore.Fault;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The operator's view of the cache, with and without a store. */
final class PolicyCacheAdminTest {
  private static final int WEEK = 604_800;

  /** Whether there is a store. */
  enum Where {
    MEMORY,
    STORE
  }

  private final FakeInternet net = new FakeInternet();
  private final InMemoryPolicyStore store = new InMemoryPolicyStore();

  @BeforeEach
  void policiesArePublished() {
    for (int i = 0; i < 25; i++) {
      String domain = String.format(Locale.ROOT, "d%02d.example", i);
      String mode = List.of("enforce", "testing", "none").get(i % 3);
      net.txt(domain, 60, "v=STSv1; id=1;")
          .policy(domain, FakeInternet.text(mode, WEEK, "mx.example"));
    }
  }

  private CachingPolicyResolver resolver(Where where) {
    CachingPolicyResolver resolver = empty(where);
    for (int i = 0; i < 25; i++) {
      resolver.resolve(String.format(Locale.ROOT, "d%02d.example", i));
    }
    return resolver;
  }

  private CachingPolicyResolver empty(Where where) {
    PolicyResolverBuilder options = net.builder();
    return net.resolver(where == Where.STORE ? options.store(store) : options);
  }

  private static List<String> domains(List<StoredRow> rows) {
    return rows.stream().map(StoredRow::domain).toList();
  }

  @ParameterizedTest
  @EnumSource
  void listsByStateInPagesEachRowOnce(Where where) {
    PolicyCacheAdmin cache = resolver(where).cache();
    List<String> seen = new ArrayList<>();
    Optional<String> next = Optional.of("");
    while (next.isPresent()) {
      Page page = cache.list(State.TESTING, next.get(), 3);
      assertThat(page.rows().size()).isLessThanOrEqualTo(3);
      seen.addAll(domains(page.rows()));
      next = page.next();
    }

    assertThat(seen)
        .containsExactly(
            "d01.example",
            "d04.example",
            "d07.example",
            "d10.example",
            "d13.example",
            "d16.example",
            "d19.example",
            "d22.example");
    assertThat(cache.list(State.ANY, "", 100).rows()).hasSize(25);
    assertThat(cache.list(State.ANY, "", 100).next()).isEmpty();
    assertThat(cache.list(State.EXPIRED, "", 100).rows()).isEmpty();
    assertThatThrownBy(() -> cache.list(State.ANY, "", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 1 to 10000, found 0");
  }

  @ParameterizedTest
  @EnumSource
  void theLastPageHasRowsAndNoNext(Where where) {
    PolicyCacheAdmin cache = resolver(where).cache();
    List<Integer> sizes = new ArrayList<>();
    Optional<String> next = Optional.of("");
    while (next.isPresent()) {
      Page page = cache.list(State.ANY, next.get(), 5);
      sizes.add(page.rows().size());
      next = page.next();
    }

    assertThat(sizes).containsExactly(5, 5, 5, 5, 5);
    assertThat(cache.list(State.TESTING, "", 8).next()).as("all eight in testing").isEmpty();
    assertThat(cache.list(State.TESTING, "", 7).next()).contains("d19.example");
    assertThat(cache.list(State.TESTING, "d19.example", 1).next()).isEmpty();
  }

  /** The store is asked for no more rows than its contract allows, so not for one row more. */
  @Test
  void aPageOfTheLargestSizeKnowsWhetherItIsTheLast() {
    PolicyCacheAdmin cache = resolver(Where.STORE).cache();
    StoredPolicy policy = (StoredPolicy) store.find("d00.example").orElseThrow();
    for (int i = 25; i < 10_000; i++) {
      store.put(named(String.format(Locale.ROOT, "e%05d.example", i), policy));
    }

    assertThat(cache.list(State.ANY, "", 10_000).rows()).hasSize(10_000);
    assertThat(cache.list(State.ANY, "", 10_000).next()).isEmpty();
    assertThat(cache.list(State.ANY, "", 9_999).next()).contains("e09998.example");
    store.corrupt("f.example");
    assertThat(cache.list(State.ANY, "", 10_000).next()).contains("e09999.example");
    assertThat(domains(cache.list(State.ANY, "e09999.example", 10_000).rows()))
        .as("an unreadable row")
        .containsExactly("f.example");
  }

  private static StoredPolicy named(String domain, StoredPolicy policy) {
    return new StoredPolicy(
        domain,
        policy.id(),
        policy.text(),
        policy.mode(),
        policy.fetchedAt(),
        policy.expiresAt(),
        policy.lastUsedAt(),
        policy.lastFailure());
  }

  @ParameterizedTest
  @EnumSource
  void listsFailingAndExpiredPolicies(Where where) {
    CachingPolicyResolver resolver = resolver(where);
    net.broken("d00.example", ResultType.STS_POLICY_FETCH_ERROR);
    net.pass(Duration.ofMinutes(10));
    resolver.recheck("d00.example");

    PolicyCacheAdmin cache = resolver.cache();

    assertThat(domains(cache.list(State.FAILING, "", 10).rows())).containsExactly("d00.example");
    assertThat(((StoredPolicy) cache.show("D00.EXAMPLE.").orElseThrow()).lastFailure())
        .hasValueSatisfying(failure -> assertThat(failure.detail()).contains("said no"));
    assertThat(cache.statistics()).isEqualTo(new Statistics(9, 8, 8, 0, 1, 0, 0));
    net.pass(WEEK);
    assertThat(cache.list(State.EXPIRED, "", 100).rows()).hasSize(25);
  }

  @ParameterizedTest
  @EnumSource
  void purgesOneOrAll(Where where) {
    CachingPolicyResolver resolver = resolver(where);
    PolicyCacheAdmin cache = resolver.cache();

    assertThat(cache.purge("d03.example")).isTrue();
    assertThat(cache.purge("d03.example")).isFalse();
    assertThat(cache.show("d03.example")).isEmpty();
    int before = net.fetches.get();
    resolver.resolve("d03.example");
    assertThat(net.fetches).as("a first contact again").hasValue(before + 1);

    assertThat(cache.purgeAll()).isEqualTo(25);
    assertThat(cache.list(State.ANY, "", 10).rows()).isEmpty();
    net.dnsDown("d00.example");
    assertThat(resolver.resolve("d00.example").policy()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void refreshesWithoutRegardToEarlierFailures(Where where) {
    CachingPolicyResolver resolver = resolver(where);
    net.broken("d00.example", ResultType.STS_POLICY_FETCH_ERROR);
    net.pass(1);
    assertThat(resolver.cache().refresh("d00.example").problem()).isPresent();
    net.enforce("d00.example", WEEK, "new.example").pass(1);

    Resolution renewed = resolver.cache().refresh("d00.example");

    assertThat(renewed.decide("new.example").isListed()).isTrue();
    assertThat(((StoredPolicy) resolver.cache().show("d00.example").orElseThrow()).lastFailure())
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void importsWhatAnotherResolverExported(Where where) {
    List<StoredPolicy> exported = new ArrayList<>();
    assertThat(resolver(Where.MEMORY).cache().exportTo(exported::add)).isEqualTo(25);
    CachingPolicyResolver other = empty(where);
    net.dnsDown("d00.example");

    assertThat(exported).allMatch(policy -> other.cache().importFrom(policy));

    assertThat(other.resolve("d00.example").decide("evil.example").isRefused()).isTrue();
    assertThat(other.cache().importFrom(exported.get(0))).as("nothing newer").isFalse();
    net.pass(WEEK);
    assertThat(other.cache().importFrom(exported.get(1))).as("expired").isFalse();
  }

  @Test
  void importsNoLastUseInTheFuture() {
    resolver(Where.MEMORY).cache().exportTo(exported -> store.save(exported, net.instant()));
    StoredPolicy policy = (StoredPolicy) store.find("d00.example").orElseThrow();
    store.purge("d00.example");

    empty(Where.STORE).cache().importFrom(policy.usedAt(net.instant().plusSeconds(WEEK)));

    assertThat(((StoredPolicy) store.find("d00.example").orElseThrow()).lastUsedAt())
        .isEqualTo(net.instant().truncatedTo(ChronoUnit.MILLIS));
  }

  @Test
  void importsNoExpiryBeyondMaxAge() {
    resolver(Where.MEMORY).cache().exportTo(exported -> store.save(exported, net.instant()));
    StoredPolicy policy = (StoredPolicy) store.find("d00.example").orElseThrow();
    store.purge("d00.example");
    StoredPolicy stretched =
        new StoredPolicy(
            policy.domain(),
            policy.id(),
            policy.text(),
            policy.mode(),
            policy.fetchedAt(),
            policy.expiresAt().plus(Duration.ofDays(300)),
            policy.lastUsedAt(),
            policy.lastFailure());

    assertThat(empty(Where.STORE).cache().importFrom(stretched)).isTrue();

    assertThat(store.find("d00.example")).contains(policy);
  }

  @Test
  void stopsAtAStoreThatReturnsTheSameRowAgain() {
    resolver(Where.STORE);
    StoredRow same = store.find("d00.example").orElseThrow();
    PolicyStore stuck =
        (PolicyStore)
            Proxy.newProxyInstance(
                PolicyStore.class.getClassLoader(),
                new Class<?>[] {PolicyStore.class},
                (proxy, method, arguments) ->
                    method.getName().equals("list")
                        ? Collections.nCopies((int) arguments[1], same)
                        : method.invoke(store, arguments));
    PolicyCacheAdmin cache = net.resolver(net.builder().store(stuck)).cache();

    for (ThrowingCallable operation :
        List.<ThrowingCallable>of(
            cache::statistics, cache::purgeAll, () -> cache.exportTo(policy -> {}))) {
      assertThatThrownBy(operation)
          .isInstanceOf(PolicyStoreException.class)
          .hasMessageContaining("expected rows after d00.example, found that one again");
    }
  }

  @Test
  void warmsUpAndReportsProgress() {
    CachingPolicyResolver resolver = empty(Where.MEMORY);
    List<Progress> progress = new ArrayList<>();

    resolver.cache().warm(List.of("d00.example", "no domain", "d01.example"), 1_000, progress::add);

    assertThat(progress).extracting(Progress::done).containsExactly(1, 2, 3);
    assertThat(progress).allMatch(step -> step.of() == 3);
    assertThat(progress.get(1).resolution().policy()).isEmpty();
    assertThat(resolver.cache().statistics().enforce()).isEqualTo(1);
  }

  @Test
  void throwsWhenTheStoreDoesNotAnswer() {
    PolicyCacheAdmin cache = resolver(Where.STORE).cache();
    store.fault(Fault.DOWN);

    assertThatThrownBy(() -> cache.show("d00.example"))
        .isInstanceOf(PolicyStoreException.class)
        .hasMessageContaining("expected an answer, found none; try again");
  }

  @Test
  void aFakeResolverHasAnEmptyCache() {
    PolicyResolver fake = Resolution::none;

    assertThat(fake.cache().list(State.ANY, "", 1).rows()).isEmpty();
    assertThat(fake.cache().statistics()).isEqualTo(new Statistics(0, 0, 0, 0, 0, 0, 0));
    assertThat(fake.cache().purge("example.com")).isFalse();
  }
}
