// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.NoPolicy;
import io.github.mtasts.decision.Resolution.Reason;
import io.github.mtasts.decision.Resolution.Source;
import io.github.mtasts.overrides.OverrideTable;
import io.github.mtasts.policy.PolicyMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What overrides change in the result of a resolver, and what they do not change. */
final class OverridesTest {
  private static final Instant END = FakeInternet.START.plus(Duration.ofHours(1));

  private final FakeInternet net = new FakeInternet();

  private PolicyResolver resolver(PolicyOverride... overrides) {
    return net.overridden(net.builder().overrides(overrides));
  }

  private static PolicyOverride signed(PolicyOverride.Draft draft) {
    return draft.by("alice").because("ticket 4711").until(END);
  }

  private void publish(String domain, String mode) {
    net.txt(domain, 3_600, "v=STSv1; id=1;")
        .policy(domain, FakeInternet.text(mode, 604_800, "mx." + domain));
  }

  /** The results of the four methods, which must agree. */
  private static List<Resolution> allResults(PolicyResolver resolver, String domain) {
    return List.of(
        resolver.resolve(domain),
        resolver.resolveAsync(domain).join(),
        resolver.recheck(domain),
        resolver.recheckAsync(domain).join());
  }

  @Test
  void isTheSameResolverIfThereAreNoOverrides() {
    CachingPolicyResolver published = net.resolver();

    assertThat(
            OverridingResolver.over(
                published, () -> OverrideTable.EMPTY, MxTlsSettings.DEFAULT, net.builder().options))
        .isSameAs(published);
  }

  @Test
  void skipAsksNobodyAndAppliesNoPolicy() {
    publish("example.com", "enforce");
    PolicyResolver resolver = resolver(signed(PolicyOverride.skip("example.com")));

    assertThat(allResults(resolver, "example.com"))
        .allSatisfy(
            seen -> {
              assertThat(((NoPolicy) seen).reason()).isEqualTo(Reason.OVERRIDDEN);
              assertThat(seen.decide("evil.example").requirement())
                  .isEqualTo(Requirement.OPPORTUNISTIC);
              assertThat(seen.explain())
                  .isEqualTo(
                      "Under an override (skip for example.com, by alice, until"
                          + " 2026-11-25T01:00:00Z, because: ticket 4711). example.com has no"
                          + " MTA-STS policy in force: the operator has set it aside.");
              assertThat(seen.decide("evil.example").explain()).startsWith(seen.explain());
            });
    assertThat(net.questions).hasValue(0);
    assertThat(net.fetches).hasValue(0);
  }

  @Test
  void testingBlocksNothingAndReportsThePolicyAsPublished() {
    publish("example.com", "enforce");
    PolicyResolver resolver = resolver(signed(PolicyOverride.treatAsTesting("example.com")));

    assertThat(allResults(resolver, "example.com"))
        .allSatisfy(
            seen -> {
              InForce policy = (InForce) seen;
              assertThat(policy.published().mode()).isEqualTo(PolicyMode.ENFORCE);
              assertThat(policy.effectiveMode()).isEqualTo(PolicyMode.TESTING);
              MxDecision decision = seen.decide("evil.example");
              assertThat(decision.requirement()).isEqualTo(Requirement.TESTING);
              assertThat(decision.wouldBe()).isEqualTo(Requirement.TESTING);
              assertThat(decision.isListed()).isFalse();
              assertThat(decision.explain())
                  .startsWith("Under an override (testing for example.com, by alice, until")
                  .contains("ticket 4711", "mode enforce", "In testing this is only recorded");
              assertThat(decision.caveat().orElseThrow())
                  .startsWith("Under an override (testing for example.com, by alice")
                  .endsWith("because: ticket 4711).");
              assertThat(seen.explain()).startsWith("Under an override (testing");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "testing, mx.example.com, ENFORCED",
    "testing, evil.example,   REFUSED",
    "enforce, mx.example.com, ENFORCED",
    "none,    evil.example,   OPPORTUNISTIC",
  })
  void enforceEnforcesTestingAndLeavesNoneAlone(String mode, String mx, Requirement requirement) {
    publish("example.com", mode);
    PolicyResolver resolver = resolver(signed(PolicyOverride.enforce("example.com")));

    assertThat(allResults(resolver, "example.com"))
        .allSatisfy(
            seen -> {
              assertThat(seen.decide(mx).requirement()).isEqualTo(requirement);
              assertThat(seen.override().isPresent()).isEqualTo(mode.equals("testing"));
            });
  }

  @Test
  void pinAppliesWithoutDnsAndHttpsAndSaysSo() {
    net.dnsDown("example.com");
    PolicyOverride pin =
        signed(
            PolicyOverride.pin(
                ".example.com",
                FakeInternet.parse(FakeInternet.text("enforce", 604_800, "pinned.example.com"))));

    assertThat(allResults(resolver(pin), "Sub.Example.COM."))
        .allSatisfy(
            seen -> {
              InForce policy = (InForce) seen;
              assertThat(policy.domain()).isEqualTo("sub.example.com");
              assertThat(policy.source()).isEqualTo(Source.PINNED);
              assertThat(policy.expiresAt()).isEqualTo(END);
              assertThat(seen.decide("pinned.example.com").requirement())
                  .isEqualTo(Requirement.ENFORCED);
              assertThat(seen.decide("mx.example.com").explain())
                  .contains("pin for .example.com", "pinned by the operator", "must not go there");
            });
    assertThat(net.questions).hasValue(0);
    assertThat(net.fetches).hasValue(0);
  }

  @Test
  void allowMxAllowsMoreHostsWithTheSameTlsRequirements() {
    publish("example.com", "enforce");
    PolicyResolver resolver =
        resolver(signed(PolicyOverride.allowMx("example.com", "mx9.example.net", "*.b.example")));

    assertThat(allResults(resolver, "example.com"))
        .allSatisfy(
            seen -> {
              assertThat(seen.decide("MX9.example.net.").requirement())
                  .isEqualTo(Requirement.ENFORCED);
              assertThat(seen.decide("x.b.example").explain())
                  .contains("x.b.example is admitted by the override (*.b.example)", "STARTTLS");
              assertThat(seen.decide("mx.example.com").explain())
                  .contains("mx.example.com is listed (mx.example.com)");
              assertThat(seen.decide("evil.example").isRefused()).isTrue();
              assertThat(seen.policy().orElseThrow().mx()).hasSize(1);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"skip", "testing", "allow-mx", "pin"})
  void endsExactlyOnTimeAndLeavesNothingBehind(String action) {
    publish("example.com", "enforce");
    PolicyOverride.Draft draft =
        switch (action) {
          case "skip" -> PolicyOverride.skip("example.com");
          case "testing" -> PolicyOverride.treatAsTesting("example.com");
          case "pin" ->
              PolicyOverride.pin(
                  "example.com",
                  FakeInternet.parse(FakeInternet.text("testing", 60, "mx.example.com")));
          default -> PolicyOverride.allowMx("example.com", "evil.example");
        };
    PolicyResolver resolver = resolver(signed(draft));
    net.pass(Duration.ofHours(1).minusNanos(1));
    assertThat(allResults(resolver, "example.com"))
        .allSatisfy(seen -> assertThat(seen.decide("evil.example").isRefused()).isFalse());

    net.pass(Duration.ofNanos(1));

    assertThat(allResults(resolver, "example.com"))
        .allSatisfy(
            seen -> {
              assertThat(seen.decide("evil.example").isRefused()).isTrue();
              assertThat(seen.override()).isEmpty();
              assertThat(seen.explain()).doesNotContain("override");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"badexample.com", "example.com.evil.example", "sub.example.com", "example.co"})
  void weakensNoOtherDomain(String other) {
    publish(other, "enforce");
    PolicyResolver resolver =
        resolver(
            signed(PolicyOverride.skip("example.com")),
            signed(PolicyOverride.skip(".other.example.com")));

    assertThat(allResults(resolver, other))
        .allSatisfy(seen -> assertThat(seen.decide("evil.example").isRefused()).isTrue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"BÜCHER.example", "bücher.example.", "xn--BCHER-kva.Example", "bücher。example"})
  void matchesTheDomainInEveryForm(String form) {
    PolicyResolver resolver = resolver(signed(PolicyOverride.skip("bücher.example")));

    assertThat(((NoPolicy) resolver.resolve(form)).reason()).isEqualTo(Reason.OVERRIDDEN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[192.0.2.1]", "localhost", "a b.example.com", "under an override"})
  void doesNotApplyToTextThatIsNoDomain(String text) {
    PolicyResolver resolver = resolver(signed(PolicyOverride.skip(".example.com")));

    assertThat(((NoPolicy) resolver.resolve(text)).reason()).isEqualTo(Reason.NOT_A_DOMAIN);
    assertThat(resolver.resolve(text).override()).isEmpty();
  }

  @Test
  void createsNoPolicyWhereThereIsNone() {
    net.noTxt("example.com", 60);
    PolicyResolver resolver =
        resolver(
            signed(PolicyOverride.enforce("example.com")),
            signed(PolicyOverride.allowMx(".example.net", "mx.example")));

    assertThat(allResults(resolver, "example.com"))
        .allSatisfy(seen -> assertThat(seen.override()).isEmpty());
  }

  @Test
  void aHostilePolicyCannotImitateAnOverride() {
    String text =
        """
        version: STSv1
        mode: enforce
        mx: mx.example.com
        max_age: 604800
        override: skip
        x: Under_an_override_(skip_by_root).
        """;
    net.txt("example.com", 3_600, "v=STSv1; id=1; override=skip;").policy("example.com", text);

    Resolution seen = resolver(signed(PolicyOverride.skip("a.example"))).resolve("example.com");

    assertThat(seen.override()).isEmpty();
    assertThat(seen.decide("evil.example").isRefused()).isTrue();
    assertThat(seen.decide("evil.example").caveat()).isEmpty();
    assertThat(seen.decide("evil.example").explain()).doesNotContainIgnoringCase("override");
  }

  @Test
  void closesTheResolverBelow() {
    PolicyResolver resolver = resolver(signed(PolicyOverride.skip("example.com")));
    resolver.close();

    for (String domain : List.of("example.net", "example.com")) {
      assertThatIllegalStateException()
          .as("without an override and with one")
          .isThrownBy(() -> resolver.resolve(domain))
          .withMessageContaining("found it closed");
    }
  }
}
