// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.decision.Enforcement;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.NoPolicy;
import io.github.mtasts.decision.Resolution.Reason;
import io.github.mtasts.decision.Resolution.Undetermined;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.Suspicion;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.policy.PolicyMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one delivery attempt has seen stays in force during it. RFC 8461 §5.1 */
final class PolicySessionTest {
  private static final String DOMAIN = "example.com";
  private static final String MX = "mx.example.com";
  private static final String EVIL = "mx.attacker.example";
  private static final Instant FETCHED = Instant.parse("2026-12-01T10:00:00Z");

  private final List<TlsSession> sessions = new ArrayList<>();
  private final List<Suspicion> suspicions = new ArrayList<>();
  private final ResolverListener listener =
      new ResolverListener() {
        @Override
        public void tlsSessionEnded(TlsSession session) {
          sessions.add(session);
        }

        @Override
        public void suspicious(Suspicion suspicion, InForce before, String detail) {
          suspicions.add(suspicion);
        }
      };

  private Enforcement enforcement = Enforcement.LIVE;

  private MxTlsSettings settings() {
    return new MxTlsSettings(Optional.empty(), Optional.empty(), listener, enforcement);
  }

  private InForce policy(String mode, String mx, Instant fetchedAt) {
    return new InForce(
        DOMAIN,
        FakeInternet.parse(FakeInternet.text(mode, 86_400, mx)),
        "1",
        Resolution.Source.CACHED,
        fetchedAt,
        fetchedAt.plus(Duration.ofDays(1)),
        Optional.empty(),
        settings());
  }

  private InForce enforce() {
    return policy("enforce", MX, FETCHED);
  }

  private NoPolicy none(Reason reason) {
    return new NoPolicy(DOMAIN, reason, "for a test", Optional.empty(), settings());
  }

  private Undetermined undetermined(boolean defers) {
    return new Undetermined(
        DOMAIN, Cause.DNS_UNAVAILABLE, "no answer", FETCHED, defers, settings());
  }

  /** Returns the results one after the other; each lookup and recheck takes one. */
  private static PolicySession session(Resolution... results) {
    Deque<Resolution> left = new ArrayDeque<>(List.of(results));
    PolicyResolver resolver = domain -> left.remove();
    return resolver.begin(DOMAIN);
  }

  private static Requirement requirement(PolicySession session) {
    return session.decide(MX).requirement();
  }

  @ParameterizedTest
  @EnumSource(value = Reason.class, mode = EnumSource.Mode.EXCLUDE, names = "OVERRIDDEN")
  @Tag("rfc-item-78")
  void keepsAPolicyWhenThereIsSaidToBeNone(Reason reason) {
    PolicySession session = session(enforce(), none(reason));

    assertThat(session.recheck()).isFalse();
    assertThat(requirement(session)).isEqualTo(Requirement.ENFORCED);
  }

  @Test
  void keepsAPolicyWhenNothingCanBeFoundOut() {
    PolicySession session = session(enforce(), undetermined(false));

    assertThat(session.recheck()).isFalse();
    assertThat(requirement(session)).isEqualTo(Requirement.ENFORCED);
  }

  @Test
  void givesAPolicyUpWhenTheOperatorSkipsIt() {
    PolicySession session = session(enforce(), none(Reason.OVERRIDDEN));

    assertThat(session.recheck()).isTrue();
    assertThat(requirement(session)).isEqualTo(Requirement.OPPORTUNISTIC);
  }

  @Test
  @Tag("rfc-item-78")
  void replacesAPolicyByOneFetchedLater() {
    PolicySession session =
        session(enforce(), policy("enforce", "new.example.com", FETCHED.plusSeconds(1)));

    assertThat(session.recheck()).isTrue();
    assertThat(session.decide("new.example.com").requirement()).isEqualTo(Requirement.ENFORCED);
    assertThat(session.decide(MX).isRefused()).isTrue();
  }

  @Test
  void replacesNoPolicyByOneFetchedEarlier() {
    PolicySession session = session(enforce(), policy("none", MX, FETCHED.minusSeconds(1)));

    assertThat(session.recheck()).isFalse();
    assertThat(requirement(session)).isEqualTo(Requirement.ENFORCED);
  }

  @Test
  void sameTextFetchedAgainChangesNothing() {
    InForce again = policy("enforce", MX, FETCHED.plusSeconds(60));
    PolicySession session = session(enforce(), again);

    assertThat(session.recheck()).isFalse();
    assertThat(session.resolution()).isSameAs(again);
  }

  @Test
  void samePolicyUnderAnOverrideIsAChange() {
    InForce plain = enforce();
    PolicyOverride override =
        PolicyOverride.treatAsTesting(DOMAIN).by("alice").because("a test").withoutEnd();
    InForce overridden =
        new InForce(
            DOMAIN,
            plain.published(),
            plain.id(),
            plain.source(),
            plain.fetchedAt(),
            plain.expiresAt(),
            plain.problem(),
            plain.settings(),
            Optional.of(override));
    PolicySession session = session(plain, overridden);

    assertThat(session.recheck()).isTrue();
    assertThat(requirement(session)).isEqualTo(Requirement.TESTING);
  }

  @Test
  void replacesNoPolicyByAPolicy() {
    PolicySession session = session(none(Reason.NO_RECORD), enforce());

    assertThat(session.recheck()).isTrue();
    assertThat(requirement(session)).isEqualTo(Requirement.ENFORCED);
  }

  @Test
  void keepsNoPolicyWhenNothingCanBeFoundOut() {
    PolicySession session = session(none(Reason.NO_RECORD), undetermined(true));

    assertThat(session.recheck()).isFalse();
    assertThat(requirement(session)).isEqualTo(Requirement.OPPORTUNISTIC);
  }

  @Test
  void leavesUndeterminedWhenALookupFindsNoPolicy() {
    PolicySession session = session(undetermined(true), none(Reason.NO_RECORD));
    assertThat(requirement(session)).isEqualTo(Requirement.REFUSED);

    assertThat(session.recheck()).isTrue();
    assertThat(requirement(session)).isEqualTo(Requirement.OPPORTUNISTIC);
  }

  @Test
  void leavesUndeterminedWhenALookupFindsAPolicy() {
    PolicySession session = session(undetermined(false), enforce());

    assertThat(session.recheck()).isTrue();
    assertThat(requirement(session)).isEqualTo(Requirement.ENFORCED);
  }

  @Test
  void stillUndeterminedIsNoChange() {
    assertThat(session(undetermined(true), undetermined(true)).recheck()).isFalse();
  }

  @Test
  void mailMayGoOnWhenUndeterminedNoLongerDefers() {
    PolicySession session = session(undetermined(true), undetermined(false));

    assertThat(session.recheck()).isTrue();
    assertThat(requirement(session)).isEqualTo(Requirement.OPPORTUNISTIC);
  }

  @Test
  @Tag("rfc-item-83")
  void reportsARefusedHostOnceWhateverItsSpelling() {
    PolicySession session = session(enforce(), enforce());

    assertThat(session.decide(EVIL).isRefused()).isTrue();
    assertThat(session.decide("MX.Attacker.example.").isRefused()).isTrue();
    session.recheck();
    assertThat(session.decide(EVIL).isRefused()).isTrue();

    assertThat(sessions)
        .singleElement()
        .satisfies(
            counted -> {
              assertThat(counted.failure()).contains(ResultType.VALIDATION_FAILURE);
              assertThat(counted.decision().mxHost()).isEqualTo(EVIL);
              assertThat(counted.detail()).contains("found " + EVIL);
            });
    assertThat(suspicions).containsExactly(Suspicion.MX_NOT_LISTED);
  }

  @Test
  void reportsEachRefusedHostOfEachSession() {
    session(enforce()).decide("a.attacker.example");
    PolicySession second = session(enforce());
    second.decide("a.attacker.example");
    second.decide("b.attacker.example");

    assertThat(sessions)
        .extracting(session -> session.decision().mxHost())
        .containsExactly("a.attacker.example", "a.attacker.example", "b.attacker.example");
  }

  @ParameterizedTest
  @EnumSource(
      value = PolicyMode.class,
      names = {"TESTING", "NONE"})
  void reportsNoHostThatIsNotRefused(PolicyMode mode) {
    session(policy(mode.label(), MX, FETCHED)).decide(EVIL);
    session(enforce()).decide(MX);

    assertThat(sessions).isEmpty();
    assertThat(suspicions).isEmpty();
  }

  @Test
  void reportsNoHostInShadowMode() {
    enforcement = Enforcement.SHADOW;

    assertThat(session(enforce()).decide(EVIL).wouldBe()).isEqualTo(Requirement.REFUSED);

    assertThat(sessions).isEmpty();
    assertThat(suspicions).isEmpty();
  }

  @Test
  void reportsNoHostThatWaitsForAnAnswer() {
    assertThat(session(undetermined(true)).decide(EVIL).isRefused()).isTrue();

    assertThat(sessions).isEmpty();
    assertThat(suspicions).isEmpty();
  }

  @Test
  void aRefusedDecisionSaysTheSameAsItsResolution() {
    InForce policy = enforce();

    assertThat(session(policy).decide(EVIL).explain()).isEqualTo(policy.decide(EVIL).explain());
  }

  @Test
  void doesNotHideThatTheResolverIsClosed() {
    PolicyResolver resolver = new ClosedByNow(enforce());
    PolicySession session = resolver.begin(DOMAIN);

    assertThatThrownBy(session::recheck).isInstanceOf(IllegalStateException.class);
    assertThat(requirement(session)).isEqualTo(Requirement.ENFORCED);
  }

  private record ClosedByNow(Resolution before) implements PolicyResolver {
    @Override
    public Resolution resolve(String domain) {
      return before;
    }

    @Override
    public Resolution recheck(String domain) {
      throw new IllegalStateException("closed");
    }
  }
}
