// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.FakeInternet;
import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.Source;
import io.github.mtasts.policy.Policy;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From a policy and an MX host to what is asked of the connection. */
final class MxDecisionTest {

  private static Resolution policy(String mode, String... mx) {
    return Resolution.inForce(
        "example.com",
        FakeInternet.parse(FakeInternet.text(mode, 86_400, mx)),
        MxTlsSettings.DEFAULT);
  }

  @ParameterizedTest
  @Tag("rfc-item-61")
  @Tag("rfc-item-70")
  @Tag("rfc-item-71")
  @Tag("rfc-item-72")
  @CsvSource({
    "enforce, mx.example.com,   ENFORCED,      true",
    "enforce, evil.example,     REFUSED,       false",
    "testing, mx.example.com,   TESTING,       true",
    "testing, evil.example,     TESTING,       false",
    "none,    mx.example.com,   OPPORTUNISTIC, true",
    "none,    evil.example,     OPPORTUNISTIC, false",
  })
  void followsTheMode(String mode, String mx, Requirement requirement, boolean listed) {
    MxDecision decision = policy(mode, "mx.example.com").decide(mx);

    assertThat(decision.requirement()).isEqualTo(requirement);
    assertThat(decision.isListed()).isEqualTo(listed);
    assertThat(decision.isRefused()).isEqualTo(requirement == Requirement.REFUSED);
    assertThat(decision.domain()).isEqualTo("example.com");
    assertThat(decision.explain()).contains(mx, "example.com", mode);
  }

  @Test
  @Tag("rfc-item-64")
  @Tag("rfc-item-80")
  @Tag("rfc-item-103")
  void namesThePatternThatListsTheHost() {
    MxDecision decision = policy("enforce", "a.example", "*.example.com").decide("mx.example.com");

    assertThat(decision.listed().orElseThrow().text()).isEqualTo("*.example.com");
    assertThat(decision.explain()).contains("*.example.com", "STARTTLS");
    assertThat(policy("enforce", "*.example.com").decide("a.b.example.com").isRefused()).isTrue();
  }

  @ParameterizedTest
  @Tag("rfc-item-63")
  @Tag("rfc-item-65")
  @ValueSource(strings = {"MX.Example.COM", "mx.example.com.", "mx.EXAMPLE.com."})
  void ignoresCaseAndTheRootDot(String mx) {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr-TR"));
      MxDecision decision = policy("enforce", "MX.example.com").decide(mx);

      assertThat(decision.requirement()).isEqualTo(Requirement.ENFORCED);
      assertThat(decision.mxHost()).isEqualTo("mx.example.com");
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", " ", "a b", "..", "-", "\u0000", "x\r\nInjected: yes"})
  void refusesWhatIsNoHostNameWithoutThrowing(String mx) {
    MxDecision decision = policy("enforce", "*.example.com").decide(mx);

    assertThat(decision.isRefused()).isTrue();
    assertThat(decision.explain()).doesNotContain("\r", "\n", "\u0000");
    assertThat(Resolution.none("example.com").decide(mx).requirement())
        .isEqualTo(Requirement.OPPORTUNISTIC);
  }

  @Test
  void explainsARefusalSoThatAPersonCanActOnIt() {
    String explanation =
        policy("enforce", "mx1.example.com", "mx2.example.com").decide("evil.example").explain();

    assertThat(explanation)
        .contains(
            "MTA-STS policy of example.com",
            "mode enforce",
            "valid until",
            "expected an MX host among mx1.example.com, mx2.example.com, found evil.example",
            "RFC 8461 §5",
            "queued");
  }

  @Test
  void cutsAListOfTwoHundredPatterns() {
    String[] mx = new String[Policy.MOST_MX_PATTERNS];
    for (int i = 0; i < mx.length; i++) {
      mx[i] = "mx" + i + ".example.com";
    }

    String explanation = policy("enforce", mx).decide("evil.example").explain();

    assertThat(explanation).contains("and 192 more").hasSizeLessThan(1_000);
  }

  @Test
  void saysSinceWhenAPolicyIsKnownAndUnconfirmed() {
    InForce fresh = (InForce) policy("enforce", "mx.example.com");
    Problem problem =
        new Problem(
            Optional.of(ResultType.STS_POLICY_FETCH_ERROR),
            "connection refused",
            fresh.fetchedAt());

    InForce kept = fresh.with(Resolution.Source.CACHED_UNCONFIRMED, Optional.of(problem));

    assertThat(kept.source()).isEqualTo(Source.CACHED_UNCONFIRMED);
    assertThat(kept.decide("evil.example").explain())
        .contains("fetched " + fresh.fetchedAt(), "not confirmed since");
    assertThat(kept.explain())
        .contains("sts-policy-fetch-error: connection refused", "Problem since");
    assertThat(kept.with(Resolution.Source.CACHED, Optional.empty()).explain())
        .doesNotContain("Problem", "not confirmed");
  }

  @Test
  void aDomainWithoutPolicyGetsWhatTlsThereIs() {
    MxDecision decision = Resolution.none("example.com").decide("mx.example.com");

    assertThat(decision.requirement()).isEqualTo(Requirement.OPPORTUNISTIC);
    assertThat(decision.explain())
        .contains("example.com has no MTA-STS policy in force", "mx.example.com");
  }

  @Test
  void aLambdaIsACompleteFake() {
    PolicyResolver fake = domain -> Resolution.none(domain);

    assertThat(fake.resolveAsync("a.example").join().domain()).isEqualTo("a.example");
    assertThat(fake.recheck("a.example").domain()).isEqualTo("a.example");
    assertThat(fake.recheckAsync("a.example").join().domain()).isEqualTo("a.example");
    fake.close();
  }
}
