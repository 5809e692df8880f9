// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.mtasts.FakeInternet;
import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.Source;
import io.github.mtasts.policy.Policy;
import java.security.Provider;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.X509TrustManager;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a policy requires of the connection to an MX host. */
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
  void ignoresCaseAndTheTrailingDot(String mx) {
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
  void explainsARefusalAndWhatToDo() {
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
  void saysWhenAPolicyWasFetchedAndThatItIsUnconfirmed() {
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
  void aDomainWithoutPolicyGetsOpportunisticTls() {
    MxDecision decision = Resolution.none("example.com").decide("mx.example.com");

    assertThat(decision.requirement()).isEqualTo(Requirement.OPPORTUNISTIC);
    assertThat(decision.explain())
        .contains("example.com has no MTA-STS policy in force", "mx.example.com");
  }

  static Stream<Arguments> nulls() {
    MxDecision decision = Resolution.none("example.com").decide("mx.example.com");
    return Stream.of(
        row("resultType", () -> new Problem(nothing(), "x", Instant.EPOCH)),
        row("detail", () -> new Problem(Optional.empty(), nothing(), Instant.EPOCH)),
        row("since", () -> new Problem(Optional.empty(), "x", nothing())),
        row("decision", () -> new TlsSession(nothing(), Optional.empty(), "x")),
        row("failure", () -> new TlsSession(decision, nothing(), "x")),
        row("detail", () -> new TlsSession(decision, Optional.empty(), nothing())),
        row("trustManager", () -> settings(nothing(), Optional.empty(), Enforcement.LIVE)),
        row("provider", () -> settings(Optional.empty(), nothing(), Enforcement.LIVE)),
        row("enforcement", () -> settings(Optional.empty(), Optional.empty(), nothing())),
        row("listener", () -> new MxTlsSettings(Optional.empty(), Optional.empty(), nothing())));
  }

  private static MxTlsSettings settings(
      Optional<X509TrustManager> trust, Optional<Provider> provider, Enforcement enforcement) {
    return new MxTlsSettings(trust, provider, new ResolverListener() {}, enforcement);
  }

  private static Arguments row(String component, ThrowingCallable call) {
    return Arguments.of(component, call);
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return null;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("nulls")
  void refusesNullAtOnce(String component, ThrowingCallable call) {
    assertThatNullPointerException().isThrownBy(call).withMessage(component);
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
