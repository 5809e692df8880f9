// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Enforcement;
import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.WhenUnavailable;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shadow mode reports what would happen and blocks nothing. */
final class ShadowModeTest {
  private final FakeInternet net = new FakeInternet();

  private PolicyResolver shadow(String mode) {
    net.txt("example.com", 3_600, "v=STSv1; id=1;")
        .policy("example.com", FakeInternet.text(mode, 604_800, "mx.example.com"));
    return net.resolver(net.builder().shadow());
  }

  @ParameterizedTest
  @CsvSource({
    "enforce, mx.example.com, TESTING,       ENFORCED",
    "enforce, evil.example,   TESTING,       REFUSED",
    "testing, mx.example.com, TESTING,       TESTING",
    "testing, evil.example,   TESTING,       TESTING",
    "none,    evil.example,   OPPORTUNISTIC, OPPORTUNISTIC",
  })
  void requiresNothingThatBlocksMailAndReportsWhatItWouldRequire(
      String mode, String mx, Requirement requirement, Requirement wouldBe) {
    MxDecision decision = shadow(mode).resolve("example.com").decide(mx);

    assertThat(decision.requirement()).isEqualTo(requirement);
    assertThat(decision.wouldBe()).isEqualTo(wouldBe);
    assertThat(decision.isRefused()).isFalse();
    assertThat(decision.isListed()).isEqualTo(mx.equals("mx.example.com"));
    assertThat(decision.explain().contains("Shadow mode"))
        .isEqualTo(requirement != wouldBe)
        .isEqualTo(decision.caveat().isPresent());
  }

  @Test
  void explainsWhatWouldHappen() {
    Resolution resolution = shadow("enforce").resolve("example.com");

    assertThat(resolution.decide("evil.example").explain())
        .contains(
            "mode enforce",
            "expected an MX host among mx.example.com, found evil.example. Shadow mode: would be"
                + " refused; nothing is blocked.")
        .doesNotContain("must not go there");
    assertThat(resolution.decide("mx.example.com").explain())
        .contains("Shadow mode: would be enforced")
        .doesNotContain("gets no mail");
  }

  @Test
  void defersNothingWhileDnsFails() {
    net.dnsDown("example.com");
    PolicyResolver resolver =
        net.resolver(net.builder().whenDnsUnavailable(WhenUnavailable.DEFER).shadow());

    Resolution resolution = resolver.resolve("example.com");
    MxDecision decision = resolution.decide("mx.example.com");

    assertThat(((Resolution.Undetermined) resolution).asksToDefer()).isFalse();
    assertThat(decision.requirement()).isEqualTo(Requirement.OPPORTUNISTIC);
    assertThat(decision.wouldBe()).isEqualTo(Requirement.REFUSED);
    assertThat(decision.explain())
        .contains("Shadow mode: would be refused; nothing is blocked.", "is used with TLS");
  }

  @Test
  void outsideShadowModeTheRealRequirementApplies() {
    net.txt("example.com", 3_600, "v=STSv1; id=1;")
        .enforce("example.com", 604_800, "mx.example.com");
    MxDecision decision = net.resolver().resolve("example.com").decide("evil.example");

    assertThat(decision.wouldBe()).isEqualTo(decision.requirement()).isEqualTo(Requirement.REFUSED);
    assertThat(decision.caveat()).isEmpty();
    assertThat(
            new MxTlsSettings(Optional.empty(), Optional.empty(), new RecordingListener())
                .enforcement())
        .isEqualTo(Enforcement.LIVE);
  }

  @Test
  void evaluatesOverridesToo() {
    shadow("testing");
    PolicyResolver resolver =
        net.overridden(
            net.builder()
                .shadow()
                .overrides(
                    PolicyOverride.enforce("example.com").by("bob").because("x").withoutEnd()));

    MxDecision decision = resolver.resolve("example.com").decide("evil.example");

    assertThat(decision.requirement()).isEqualTo(Requirement.TESTING);
    assertThat(decision.wouldBe()).isEqualTo(Requirement.REFUSED);
    assertThat(decision.caveat().orElseThrow())
        .startsWith("Under an override (enforce for example.com, by bob")
        .endsWith("Shadow mode: would be refused; nothing is blocked.");
  }
}
