// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import static io.github.mtasts.stored.StoreGatewayFixture.MAX_AGE;
import static io.github.mtasts.stored.StoreGatewayFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.stored.StoreGateway.Answer;
import io.github.mtasts.testing.InMemoryPolicyStore.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the store knows about a domain, and when it cannot say. RFC 8461 §10.2 */
final class StoreGatewayTest {
  private final StoreGatewayFixture net = new StoreGatewayFixture();

  private static Answer.Unknown unknown(Answer answer) {
    return (Answer.Unknown) answer;
  }

  private static Duration remaining(Answer answer, StoreGatewayFixture net) {
    CacheEntry entry = ((Answer.Found) answer).entry();
    return Duration.ofNanos(entry.expiresAtNanos() - net.clock.nanoTicker().getAsLong());
  }

  @Test
  void findsThePolicyForTheRestOfItsLifetime() throws Exception {
    net.store.rows.put(row("example.com", net.start));
    net.clock.advance(Duration.ofDays(10));

    assertThat(remaining(net.find("example.com"), net)).isEqualTo(MAX_AGE.minusDays(10));
    assertThat(net.events.all()).isEmpty();
  }

  @Test
  void aDomainWithoutRowIsAbsent() throws Exception {
    assertThat(net.find("example.com")).isEqualTo(new Answer.Absent());
    assertThat(net.store.newestFetches).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 20})
  void aHealthyStoreAnswersNineThousandCallsAtOnce(int latencyMillis) throws Exception {
    for (int i = 0; i < 9_000; i++) {
      net.store.rows.put(row("d" + i + ".example", net.start));
    }
    net.store.beforeFind =
        () -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(latencyMillis));
    ExecutorService threads = Executors.newFixedThreadPool(24);
    try {
      StoreGateway gateway = net.gateway(threads, Duration.ofSeconds(2));
      List<CompletableFuture<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 9_000; i++) {
        answers.add(gateway.find(DomainName.of("d" + i + ".example")));
      }
      for (CompletableFuture<Answer> answer : answers) {
        assertThat(answer.get(1, TimeUnit.MINUTES)).isInstanceOf(Answer.Found.class);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(net.events.all()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {611, 3_600, 86_400, 31_536_000})
  void aClockThatIsBehindVoidsNoPolicy(long seconds) throws Exception {
    net.store.rows.put(row("example.com", net.start));
    net.clock.jump(Duration.ofSeconds(-seconds));

    assertThat(remaining(net.find("example.com"), net)).isEqualTo(MAX_AGE);
    assertThat(net.events.all())
        .singleElement()
        .asString()
        .startsWith("CLOCK clock: expected a time after the fetch of example.com");
  }

  @Test
  void aClockThatIsALittleBehindIsNotReported() throws Exception {
    net.store.rows.put(row("example.com", net.start));
    net.clock.jump(Duration.ofMinutes(-10));

    assertThat(remaining(net.find("example.com"), net)).isEqualTo(MAX_AGE);
    assertThat(net.events.all()).isEmpty();
  }

  /** A12: a policy that other nodes renew has not expired because of one wrong clock. */
  @Test
  void aPolicyThatHasExpiredOnlyByAClockFarAheadIsNotAbsent() throws Exception {
    net.store.rows.put(row("example.com", net.start));
    net.clock.jump(Duration.ofDays(365));

    Answer.Unknown unknown = unknown(net.find("example.com"));

    assertThat(unknown.cause()).isEqualTo(Cause.STORE_UNAVAILABLE);
    assertThat(unknown.since()).isEmpty();
    assertThat(unknown.detail()).startsWith("clock: expected at most 7 days");
    assertThat(net.events.all()).containsExactly("CLOCK " + unknown.detail());
  }

  @Test
  void aPolicyThatHadExpiredByTheNewestFetchIsAbsentWhateverTheClockShows() throws Exception {
    net.store.rows.put(row("example.com", net.start));
    net.store.rows.put(row("renewed.example", net.start.plus(MAX_AGE)));
    net.clock.jump(Duration.ofDays(365));

    assertThat(net.find("example.com")).isEqualTo(new Answer.Absent());
    assertThat(net.events.all()).isEmpty();
  }

  @Test
  void aPolicyThatHasExpiredIsAbsentIfTheNewestFetchIsRecent() throws Exception {
    net.store.rows.put(row("example.com", net.start));
    net.store.rows.put(row("renewed.example", net.start.plus(MAX_AGE).minusSeconds(1)));
    net.clock.jump(MAX_AGE.plusDays(7).minusSeconds(1));

    assertThat(net.find("example.com")).isEqualTo(new Answer.Absent());

    net.clock.jump(Duration.ofSeconds(1));
    assertThat(net.find("example.com")).isInstanceOf(Answer.Unknown.class);
  }

  @Test
  void asksForTheNewestFetchOnceAMinuteAtMost() throws Exception {
    net.store.rows.put(row("example.com", net.start));
    net.clock.jump(Duration.ofDays(365));
    for (int second = 0; second < 180; second++) {
      var unused = net.find("example.com");
      net.clock.advance(Duration.ofSeconds(1));
    }

    assertThat(net.store.newestFetches).hasValue(3);
  }

  @Test
  void aRowThatCannotBeBelievedIsNotAbsent() throws Exception {
    StoredPolicy good = row("good.example", net.start);
    net.store.rows.corrupt("corrupt.example");
    net.store.rows.put(
        new StoredPolicy(
            "text.example",
            "1",
            "no policy",
            PolicyMode.ENFORCE,
            net.start,
            net.start.plus(MAX_AGE),
            net.start,
            Optional.empty()));
    net.store.rows.put(
        new StoredPolicy(
            "mode.example",
            "1",
            good.text(),
            PolicyMode.NONE,
            net.start,
            net.start.plus(MAX_AGE),
            net.start,
            Optional.empty()));
    for (String domain : List.of("corrupt.example", "text.example", "mode.example")) {
      Answer.Unknown unknown = unknown(net.find(domain));
      assertThat(unknown.cause()).isEqualTo(Cause.STORE_UNAVAILABLE);
      assertThat(unknown.since()).isEmpty();
    }

    assertThat(net.events.all())
        .extracting(line -> line.substring(0, line.indexOf(':')))
        .containsExactly(
            "unreadable corrupt.example text",
            "unreadable text.example policy, line 1",
            "unreadable mode.example mode");
  }

  @Test
  void theRowOfAnotherDomainIsNotBelieved() throws Exception {
    net.store.rows.put(row("other.example", net.start));
    net.store.rows.fault(Fault.LYING);

    assertThat(unknown(net.find("example.com")).detail())
        .contains("expected example.com, found other.example");
  }

  @Test
  void aStoreThatDoesNotAnswerIsUnknownSinceItsFirstFailure() throws Exception {
    net.store.rows.fault(Fault.DOWN);
    Instant first = net.clock.instant();
    for (int minute = 0; minute < 60; minute++) {
      Answer.Unknown unknown = unknown(net.find("example.com"));
      assertThat(unknown.cause()).isEqualTo(Cause.STORE_UNAVAILABLE);
      assertThat(unknown.since()).contains(first);
      net.clock.advance(Duration.ofMinutes(1));
    }

    net.store.rows.fault(Fault.NONE);
    assertThat(net.find("example.com")).isEqualTo(new Answer.Absent());
    assertThat(net.events.all())
        .containsExactly(
            "failed reading store: expected an answer, found none", "recovered reading");
  }

  @Test
  void aFullStoreCanStillBeRead() throws Exception {
    net.store.rows.put(row("example.com", net.start));
    net.store.rows.fault(Fault.READ_ONLY);
    for (int i = 0; i < 100; i++) {
      net.save(net.gateway, "d" + i + ".example");
    }

    assertThat(net.find("example.com")).isInstanceOf(Answer.Found.class);
    assertThat(net.store.saves).hasValue(CircuitBreaker.FAILURES_TO_OPEN);
  }

  @Test
  void theOperatorGetsNoAnswerFromAStoreThatFails() throws Exception {
    net.store.rows.fault(Fault.DOWN);

    assertThat(net.gateway.row("example.com")).isCompletedWithValue(Optional.empty());
    assertThat(net.gateway.page("", 10)).isCompletedWithValue(Optional.empty());
    assertThat(net.gateway.purge("example.com")).isCompletedWithValue(Optional.empty());
    assertThat(net.gateway.save(row("example.com", net.start)))
        .isCompletedWithValue(Optional.empty());
  }

  @Test
  void anExceptionOfAnyKindFromAStoreIsItsFailure() throws Exception {
    for (RuntimeException failure :
        List.of(new PolicyStoreException("refused"), new IllegalStateException())) {
      net.store.beforeFind =
          () -> {
            throw failure;
          };
      assertThat(unknown(net.find("example.com")).cause()).isEqualTo(Cause.STORE_UNAVAILABLE);
    }
  }
}
