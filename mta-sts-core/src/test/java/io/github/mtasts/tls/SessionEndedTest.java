// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.PolicySession;
import io.github.mtasts.decision.Enforcement;
import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.TestCa;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is reported to the listener when an attempt ends. */
final class SessionEndedTest {
  private final TlsFixture fixture = new TlsFixture();

  @Test
  void reportsASuccessOnceEvenIfClosedTwice() {
    MxTls tls = fixture.enforced(TlsFixture.MX);
    TlsVerdict verdict = TlsFixture.verdict(tls, fixture.ca.issue(TlsFixture.MX));
    assertThat(fixture.sessions).isEmpty();
    tls.close();
    tls.close();
    assertThat(fixture.sessions).hasSize(1);
    TlsSession session = fixture.sessions.get(0);
    assertThat(session.failure()).isEmpty();
    assertThat(session.detail()).isEqualTo(verdict.detail());
    assertThat(session.decision().mxHost()).isEqualTo(TlsFixture.MX);
  }

  @Test
  @Tag("rfc-item-83")
  void reportsFailuresInTestingAsInEnforce() {
    for (MxTls tls : List.of(fixture.enforced(TlsFixture.MX), fixture.testing(TlsFixture.MX))) {
      try (tls) {
        TlsFixture.verdict(tls, TestCa.create().issue(TlsFixture.MX));
      }
    }
    assertThat(fixture.sessions)
        .extracting(TlsSession::failure)
        .containsExactly(
            Optional.of(ResultType.CERTIFICATE_NOT_TRUSTED),
            Optional.of(ResultType.CERTIFICATE_NOT_TRUSTED));
  }

  @Test
  void reportsMissingStartTls() {
    try (MxTls tls = fixture.testing(TlsFixture.MX)) {
      tls.startTlsMissing();
    }
    assertThat(fixture.sessions)
        .extracting(TlsSession::failure)
        .containsExactly(Optional.of(ResultType.STARTTLS_NOT_SUPPORTED));
  }

  @Test
  void reportsAnAbandonedHandshake() {
    try (MxTls tls = fixture.enforced(TlsFixture.MX)) {
      assertThat(tls.newEngine().getUseClientMode()).isTrue();
    }
    assertThat(fixture.sessions)
        .singleElement()
        .satisfies(
            session -> {
              assertThat(session.failure()).contains(ResultType.VALIDATION_FAILURE);
              assertThat(session.detail())
                  .contains("expected a complete handshake, found one that was abandoned");
            });
  }

  @Test
  void reportsAnAbandonedSocketOfAFramework() throws IOException {
    try (MxTls tls = fixture.enforced(TlsFixture.MX)) {
      tls.socketFactory().createSocket().close();
    }
    assertThat(fixture.sessions).hasSize(1);
  }

  @Test
  void reportsNothingWithoutAConnection() {
    fixture.enforced(TlsFixture.MX).close();
    fixture.unlisted(PolicyMode.TESTING).close();
    assertThat(fixture.sessions).isEmpty();
  }

  @Test
  void reportsARefusedHost() {
    fixture.unlisted(PolicyMode.ENFORCE).close();
    assertThat(fixture.sessions)
        .extracting(TlsSession::failure)
        .containsExactly(Optional.of(ResultType.VALIDATION_FAILURE));
  }

  @Test
  void reportsARefusedHostOfASessionOnceEvenIfTlsIsPreparedForIt() {
    Resolution policy =
        Resolution.inForce(
            TlsFixture.DOMAIN,
            TlsFixture.policy(PolicyMode.ENFORCE, "other.example.com"),
            fixture.settings());
    PolicyResolver resolver = domain -> policy;

    MxDecision decision = resolver.begin(TlsFixture.DOMAIN).decide(TlsFixture.MX);
    MxTls.forDecision(decision).close();

    assertThat(decision.isRefused()).isTrue();
    assertThat(fixture.sessions).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Enforcement.class)
  void reportsAHostThatIsNotListedInTestingOnceForEachConnection(Enforcement enforcement) {
    PolicyMode mode = enforcement == Enforcement.LIVE ? PolicyMode.TESTING : PolicyMode.ENFORCE;
    MxTlsSettings settings =
        new MxTlsSettings(
            Optional.of(fixture.ca.trustManager()),
            Optional.empty(),
            fixture.settings().listener(),
            enforcement);
    Resolution policy =
        Resolution.inForce(
            TlsFixture.DOMAIN, TlsFixture.policy(mode, "other.example.com"), settings);
    PolicyResolver resolver = domain -> policy;
    PolicySession session = resolver.begin(TlsFixture.DOMAIN);

    for (int i = 0; i < 2; i++) {
      try (MxTls tls = MxTls.forDecision(session.decide(TlsFixture.MX))) {
        TlsFixture.verdict(tls, fixture.ca.issue(TlsFixture.MX));
      }
    }

    assertThat(fixture.sessions)
        .extracting(TlsSession::failure)
        .containsExactly(
            Optional.of(ResultType.VALIDATION_FAILURE), Optional.of(ResultType.VALIDATION_FAILURE));
  }

  @Test
  @Tag("rfc-item-72")
  void reportsNothingWithModeNone() {
    try (MxTls tls = MxTls.forDecision(fixture.decision(PolicyMode.NONE, TlsFixture.MX))) {
      TlsFixture.verdict(tls, TestCa.create().issue(TlsFixture.MX));
    }
    assertThat(fixture.sessions).isEmpty();
  }

  @Test
  void reportsNothingForAnUnknownDomain() {
    Resolution unknown =
        new Resolution.Undetermined(
            TlsFixture.DOMAIN,
            Resolution.Undetermined.Cause.DNS_UNAVAILABLE,
            "timeout",
            Instant.EPOCH,
            true,
            fixture.settings());
    try (MxTls tls = MxTls.forDecision(unknown.decide(TlsFixture.MX))) {
      assertThat(tls.verdict().orElseThrow().isBlocking()).isTrue();
      assertThat(tls.startTlsMissing().isBlocking()).isTrue();
    }
    assertThat(fixture.sessions).isEmpty();
  }

  @Test
  void closesEvenIfTheListenerThrows() {
    ResolverListener broken =
        new ResolverListener() {
          @Override
          public void tlsSessionEnded(TlsSession session) {
            throw new NoClassDefFoundError("broken on purpose by a test");
          }
        };
    MxTlsSettings settings =
        new MxTlsSettings(Optional.of(fixture.ca.trustManager()), Optional.empty(), broken);
    MxTls tls = MxTls.forDecision(fixture.listed(Requirement.ENFORCED, TlsFixture.MX, settings));
    tls.startTlsMissing();
    assertThatCode(tls::close).doesNotThrowAnyException();
  }
}
