// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.cache.FetchHistory;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.NoPolicy;
import io.github.mtasts.decision.Resolution.Reason;
import io.github.mtasts.decision.ResultType;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A hostile domain owner cannot make a sender query or fetch more often than the limits allow. */
final class HostileOwnerTest {
  private final FakeInternet net = new FakeInternet();
  private final RecordingListener events = new RecordingListener();
  private final PolicyResolver resolver = net.resolver(events);

  @Test
  void alternatingIdsDoNotEndTheBackOff() {
    net.broken("example.com", ResultType.STS_POLICY_FETCH_ERROR);
    for (int minute = 0; minute < 5; minute++) {
      net.txt("example.com", 60, "v=STSv1; id=" + (minute % 2 + 1) + ";");
      resolver.resolve("example.com");
      net.pass(60);
    }

    assertThat(net.fetches).as("one fetch for each of the two ids").hasValue(2);
  }

  @Test
  void newIdsCauseAtMostThreeFetchesInFiveMinutes() {
    net.enforce("example.com", 604_800, "mx.example.com");
    for (int i = 0; i < 50; i++) {
      net.txt("example.com", 60, "v=STSv1; id=" + i + ";");
      assertThat(resolver.recheck("example.com").policy()).isPresent();
    }
    assertThat(net.fetches).hasValue(FetchHistory.MOST_FETCHES);
    net.pass(300);
    net.txt("example.com", 60, "v=STSv1; id=last;");
    resolver.recheck("example.com");

    assertThat(net.fetches).hasValue(FetchHistory.MOST_FETCHES + 1);
  }

  @Test
  void reportsTooManyFetchesForADomainWithoutAPolicy() {
    net.broken("example.com", ResultType.STS_POLICY_FETCH_ERROR);
    for (int i = 0; i < 4; i++) {
      net.txt("example.com", 60, "v=STSv1; id=" + i + ";");
      resolver.recheck("example.com");
    }

    NoPolicy none = (NoPolicy) resolver.resolve("example.com");

    assertThat(none.reason()).isEqualTo(Reason.FETCH_FAILED);
    assertThat(none.detail()).contains("3 times within five minutes");
    assertThat(net.fetches).hasValue(3);
  }

  @Test
  void aRecheckWaitsAsLongAsTheHostAsks() {
    net.txt("example.com", 60, "v=STSv1; id=1;")
        .broken(
            "example.com", ResultType.STS_POLICY_FETCH_ERROR, Optional.of(Duration.ofMinutes(50)));
    resolver.resolve("example.com");
    net.pass(301);
    resolver.recheck("example.com");
    assertThat(net.fetches).hasValue(1);
    net.pass(Duration.ofMinutes(55));
    resolver.recheck("example.com");

    assertThat(net.fetches).hasValue(2);
  }

  @Test
  void aPolicyWithMaxAgeZeroIsNotFetchedForEachMessage() {
    net.txt("example.com", 60, "v=STSv1; id=1;").enforce("example.com", 0, "mx.example.com");
    for (int i = 0; i < 50; i++) {
      resolver.resolve("example.com");
      resolver.recheck("example.com");
    }

    assertThat(net.fetches).hasValue(1);
  }

  @Test
  void policiesOfHostileDomainsEvictNoneThatHonestMailUsedTwice() {
    PolicyResolver small = net.resolver(net.builder().memory(10, 10, 10));
    for (int i = 0; i < 10; i++) {
      net.txt("good" + i + ".example", 60, "v=STSv1; id=1;")
          .enforce("good" + i + ".example", 604_800, "mx.example");
      small.resolve("good" + i + ".example");
      small.resolve("good" + i + ".example");
    }
    for (int i = 0; i < 2_000; i++) {
      String domain = "bad" + i + ".example";
      net.txt(domain, 60, "v=STSv1; id=1;").enforce(domain, 86_399, "mx.example");
      small.resolve(domain);
    }
    int before = net.fetches.get();
    for (int i = 0; i < 10; i++) {
      assertThat(small.resolve("good" + i + ".example").policy()).isPresent();
    }

    assertThat(net.fetches).hasValue(before);
  }

  @Test
  void aVanishedRecordIsReportedOnceThoughRechecksFetchThePolicy() {
    net.txt("example.com", 60, "v=STSv1; id=1;").enforce("example.com", 604_800, "mx.example.com");
    resolver.resolve("example.com");
    events.read();
    net.noTxt("example.com", 60);
    for (int i = 0; i < 6; i++) {
      net.pass(60);
      resolver.resolve("example.com");
      net.pass(240);
      resolver.recheck("example.com");
    }

    assertThat(events.read())
        .filteredOn(line -> line.startsWith("suspicious"))
        .containsExactly("suspicious example.com RECORD_VANISHED");
  }

  @Test
  void alternatingProblemsAreReportedOnceEach() {
    net.txt("example.com", 60, "v=STSv1; id=1;").enforce("example.com", 604_800, "mx.example.com");
    resolver.resolve("example.com");
    events.read();
    for (int i = 0; i < 20; i++) {
      net.pass(60);
      if (i % 2 == 0) {
        net.noTxt("example.com", 60);
      } else {
        net.txt("example.com", 60, "v=STSv1; id=not an id");
      }
      resolver.resolve("example.com");
    }

    assertThat(events.read())
        .containsExactly(
            "suspicious example.com RECORD_VANISHED", "suspicious example.com RECORD_INVALID");
  }

  @Test
  void explanationsAreSafeToLog() {
    net.txt("example.com", 60, "v=STSv1; id=1;").enforce("example.com", 604_800, "mx.example.com");
    InForce policy = (InForce) resolver.resolve("example.com");

    assertThat(policy.toString()).isEqualTo(policy.explain()).doesNotContain("\n");
    assertThat(policy.decide("x\r\nInjected: yes").toString()).doesNotContain("\r", "\n");
    assertThat(resolver.resolve("x\r\ny").toString()).doesNotContain("\r", "\n");
  }
}
