// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.NoPolicy;
import io.github.mtasts.decision.Resolution.Reason;
import io.github.mtasts.decision.Resolution.Source;
import io.github.mtasts.decision.Resolution.Undetermined;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.WhenUnavailable;
import io.github.mtasts.policy.PolicyMode;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lookups of domains that are not in the cache. */
final class FirstContactTest {
  private final FakeInternet net = new FakeInternet();
  private final RecordingListener events = new RecordingListener();
  private final PolicyResolver resolver = net.resolver(events);

  @Test
  @Tag("rfc-item-75")
  void fetchesThePolicyOfADomainThatAnnouncesOne() {
    net.txt("nmrc.org", 300, "v=STSv1; id=20240627092600;")
        .enforce("nmrc.org", 604800, "talon.nmrc.org");

    InForce found = (InForce) resolver.resolve("nmrc.org");

    assertThat(found.source()).isEqualTo(Source.FETCHED);
    assertThat(found.domain()).isEqualTo("nmrc.org");
    assertThat(found.id()).isEqualTo("20240627092600");
    assertThat(found.published().mode()).isEqualTo(PolicyMode.ENFORCE);
    assertThat(found.fetchedAt()).isEqualTo(FakeInternet.START);
    assertThat(found.expiresAt()).isEqualTo(FakeInternet.START.plusSeconds(604800));
    assertThat(found.problem()).isEmpty();
    assertThat(events.all()).containsExactly("record nmrc.org FOUND", "fetched nmrc.org enforce");
  }

  @Test
  @Tag("rfc-item-3")
  @Tag("rfc-item-76")
  void queriesNothingUntilTheTtlEnds() {
    net.txt("nmrc.org", 300, "v=STSv1; id=1;").enforce("nmrc.org", 604800, "talon.nmrc.org");
    resolver.resolve("nmrc.org");
    net.pass(299);

    InForce again = (InForce) resolver.resolve("nmrc.org");

    assertThat(again.source()).isEqualTo(Source.CACHED);
    assertThat(net.questions).hasValue(1);
    assertThat(net.fetches).hasValue(1);
  }

  @Test
  void queriesAgainAsSoonAsTheTtlHasPassed() {
    net.txt("nmrc.org", 300, "v=STSv1; id=1;").enforce("nmrc.org", 604800, "talon.nmrc.org");
    resolver.resolve("nmrc.org");
    net.pass(300);

    resolver.resolve("nmrc.org");

    assertThat(net.questions).hasValue(2);
    assertThat(net.fetches).as("the id is the same").hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NMRC.org", "nmrc.org.", "Nmrc.Org."})
  void acceptsTheNameInAnyForm(String name) {
    net.txt("nmrc.org", 300, "v=STSv1; id=1;").enforce("nmrc.org", 604800, "talon.nmrc.org");
    resolver.resolve("nmrc.org");

    assertThat(resolver.resolve(name).domain()).isEqualTo("nmrc.org");
    assertThat(net.questions).as("one entry for all forms").hasValue(1);
  }

  @Test
  void convertsULabelsToALabels() {
    net.txt("xn--bcher-kva.example", 300, "v=STSv1; id=1;")
        .enforce("xn--bcher-kva.example", 604800, "mx.example");

    assertThat(resolver.resolve("bücher.example").domain()).isEqualTo("xn--bcher-kva.example");
    assertThat(resolver.resolve("bücher.example").policy()).isPresent();
  }

  @ParameterizedTest
  @Tag("rfc-item-58")
  @ValueSource(
      strings = {"[192.0.2.1]", "[IPv6:2001:db8::1]", "192.0.2.1", "2001:db8::1", "localhost", ""})
  void queriesNothingForANonDomain(String text) {
    NoPolicy none = (NoPolicy) resolver.resolve(text);

    assertThat(none.reason()).isEqualTo(Reason.NOT_A_DOMAIN);
    assertThat(none.detail()).isNotBlank();
    assertThat(none.decide("mx.example").requirement()).isEqualTo(Requirement.OPPORTUNISTIC);
    assertThat(((NoPolicy) resolver.recheck(text)).reason()).isEqualTo(Reason.NOT_A_DOMAIN);
    assertThat(net.questions).hasValue(0);
  }

  @Test
  void reportsNoRecordAsTheReason() {
    net.noTxt("example.com", 300);

    NoPolicy none = (NoPolicy) resolver.resolve("example.com");

    assertThat(none.reason()).isEqualTo(Reason.NO_RECORD);
    assertThat(none.problem()).isEmpty();
    assertThat(net.fetches).hasValue(0);
  }

  @Test
  @Tag("rfc-item-12")
  void fetchesNothingWhenThereAreSeveralRecords() {
    net.txt("example.com", 300, "v=STSv1; id=1;", "v=STSv1; id=2;");

    NoPolicy none = (NoPolicy) resolver.resolve("example.com");

    assertThat(none.reason()).isEqualTo(Reason.INVALID_RECORD);
    assertThat(net.fetches).hasValue(0);
  }

  @Test
  @Tag("rfc-item-51")
  void proceedsWithoutAPolicyAndReportsTheFailedFetch() {
    net.txt("example.com", 300, "v=STSv1; id=1;")
        .broken("example.com", ResultType.STS_WEBPKI_INVALID);

    NoPolicy none = (NoPolicy) resolver.resolve("example.com");

    assertThat(none.reason()).isEqualTo(Reason.FETCH_FAILED);
    assertThat(none.problem().orElseThrow().resultType()).contains(ResultType.STS_WEBPKI_INVALID);
    assertThat(none.decide("mx.example.com").requirement()).isEqualTo(Requirement.OPPORTUNISTIC);
    assertThat(events.read()).containsExactly("failed example.com sts-webpki-invalid");
  }

  @Test
  @Tag("rfc-item-56")
  void distinguishesAnInvalidPolicyFromAFailedFetch() {
    net.txt("example.com", 300, "v=STSv1; id=1;")
        .broken("example.com", ResultType.STS_POLICY_INVALID);

    assertThat(((NoPolicy) resolver.resolve("example.com")).reason())
        .isEqualTo(Reason.INVALID_POLICY);
  }

  @Test
  @Tag("rfc-item-19")
  void doesNotTreatADnsFailureAsNoRecord() {
    net.dnsDown("example.com");

    Undetermined none = (Undetermined) resolver.resolve("example.com");

    assertThat(none.cause()).isEqualTo(Cause.DNS_UNAVAILABLE);
    assertThat(none.problem().orElseThrow().resultType()).isEmpty();
    assertThat(none.decide("mx.example.com").requirement()).isEqualTo(Requirement.OPPORTUNISTIC);
  }

  @Test
  void defersWhenDnsFailsIfConfigured() {
    net.dnsDown("example.com");
    net.noTxt("example.net", 300);
    try (PolicyResolver deferring =
        net.resolver(net.builder().whenDnsUnavailable(WhenUnavailable.DEFER))) {
      MxDecision decision = deferring.resolve("example.com").decide("mx.example.com");

      assertThat(decision.isRefused()).isTrue();
      assertThat(decision.explain()).contains("no answer within 5 s", "queued");
      assertThat(deferring.resolve("example.net").decide("mx.example.net").isRefused()).isFalse();
    }
  }

  @Test
  void cachesADnsFailureForTenSeconds() {
    net.dnsDown("example.com");
    resolver.resolve("example.com");
    net.pass(9);
    resolver.resolve("example.com");
    assertThat(net.questions).hasValue(1);
    net.pass(1);

    net.txt("example.com", 300, "v=STSv1; id=1;").enforce("example.com", 604800, "mx.example.com");

    assertThat(resolver.resolve("example.com").policy()).isPresent();
  }

  @Test
  void cachesANegativeAnswerForItsTtlWithinBounds() {
    net.noTxt("short.example", 1).noTxt("long.example", 86400).noTxt("mid.example", 600);
    for (String domain : new String[] {"short.example", "long.example", "mid.example"}) {
      resolver.resolve(domain);
    }
    net.pass(59);
    resolver.resolve("short.example");
    assertThat(net.questions).as("60 s at least").hasValue(3);
    net.pass(1);
    resolver.resolve("short.example");
    assertThat(net.questions).hasValue(4);
    net.pass(539);
    resolver.resolve("mid.example");
    assertThat(net.questions).as("by TTL in between").hasValue(4);
    net.pass(1);
    resolver.resolve("mid.example");
    assertThat(net.questions).hasValue(5);
    net.pass(1199);
    resolver.resolve("long.example");
    assertThat(net.questions).as("30 min at most").hasValue(5);
    net.pass(1);
    resolver.resolve("long.example");
    assertThat(net.questions).hasValue(6);
  }

  @Test
  void cachesNoNegativeAnswerWhenBothBoundsAreZero() {
    net.noTxt("example.com", 86400);
    try (PolicyResolver uncached =
        net.resolver(net.builder().negativeTtl(Duration.ZERO, Duration.ZERO))) {
      uncached.resolve("example.com");
      net.txt("example.com", 300, "v=STSv1; id=1;").enforce("example.com", 60, "mx.example.com");

      assertThat(uncached.resolve("example.com").policy()).isPresent();
    }
  }

  @Test
  @Tag("rfc-item-59")
  void queriesNoParentDomain() {
    net.txt("example.com", 300, "v=STSv1; id=1;").enforce("example.com", 60, "mx.example.com");

    assertThat(resolver.resolve("mail.example.com").policy()).isEmpty();
    assertThat(events.all()).containsExactly("record mail.example.com ABSENT");
  }

  @Test
  void keepsAPolicyWithMaxAgeZeroUntilItsHostMayBeAskedAgain() {
    net.txt("example.com", 300, "v=STSv1; id=1;").enforce("example.com", 0, "mx.example.com");

    InForce first = (InForce) resolver.resolve("example.com");
    net.pass(299);

    assertThat(first.expiresAt()).isEqualTo(FakeInternet.START.plusSeconds(300));
    assertThat(resolver.resolve("example.com").policy()).isPresent();
    assertThat(net.fetches).as("not one fetch for each message").hasValue(1);
    net.pass(1);
    assertThat(resolver.resolve("example.com").policy()).isPresent();
    assertThat(net.fetches).hasValue(2);
  }
}
