// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.decision.WhenUnavailable;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.TestCa;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is reported to the listener when an attempt ends. */
final class SessionEndedTest {
  private final World world = new World();

  @Test
  void reportsASuccessOnceEvenIfClosedTwice() {
    MxTls tls = world.enforced(World.MX);
    TlsVerdict verdict = World.verdict(tls, world.ca.issue(World.MX));
    assertThat(world.sessions).isEmpty();
    tls.close();
    tls.close();
    assertThat(world.sessions).hasSize(1);
    TlsSession session = world.sessions.get(0);
    assertThat(session.failure()).isEmpty();
    assertThat(session.detail()).isEqualTo(verdict.detail());
    assertThat(session.decision().mxHost()).isEqualTo(World.MX);
  }

  @Test
  @Tag("rfc-item-83")
  void reportsFailuresInTestingAsInEnforce() {
    for (MxTls tls : List.of(world.enforced(World.MX), world.testing(World.MX))) {
      try (tls) {
        World.verdict(tls, TestCa.create().issue(World.MX));
      }
    }
    assertThat(world.sessions)
        .extracting(TlsSession::failure)
        .containsExactly(
            Optional.of(ResultType.CERTIFICATE_NOT_TRUSTED),
            Optional.of(ResultType.CERTIFICATE_NOT_TRUSTED));
  }

  @Test
  void reportsMissingStartTls() {
    try (MxTls tls = world.testing(World.MX)) {
      tls.startTlsMissing();
    }
    assertThat(world.sessions)
        .extracting(TlsSession::failure)
        .containsExactly(Optional.of(ResultType.STARTTLS_NOT_SUPPORTED));
  }

  @Test
  void reportsAnAbandonedHandshake() {
    try (MxTls tls = world.enforced(World.MX)) {
      assertThat(tls.newEngine().getUseClientMode()).isTrue();
    }
    assertThat(world.sessions)
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
    try (MxTls tls = world.enforced(World.MX)) {
      tls.socketFactory().createSocket().close();
    }
    assertThat(world.sessions).hasSize(1);
  }

  @Test
  void reportsNothingWithoutAConnection() {
    world.enforced(World.MX).close();
    world.unlisted(PolicyMode.TESTING).close();
    assertThat(world.sessions).isEmpty();
  }

  @Test
  void reportsARefusedHost() {
    world.unlisted(PolicyMode.ENFORCE).close();
    assertThat(world.sessions)
        .extracting(TlsSession::failure)
        .containsExactly(Optional.of(ResultType.VALIDATION_FAILURE));
  }

  @Test
  @Tag("rfc-item-72")
  void reportsNothingWithModeNone() {
    try (MxTls tls = MxTls.forDecision(world.decision(PolicyMode.NONE, World.MX))) {
      World.verdict(tls, TestCa.create().issue(World.MX));
    }
    assertThat(world.sessions).isEmpty();
  }

  @Test
  void reportsNothingForAnUnknownDomain() {
    Resolution unknown =
        new Resolution.NoPolicy(
            World.DOMAIN,
            Resolution.Reason.DNS_UNAVAILABLE,
            "timeout",
            Optional.empty(),
            WhenUnavailable.DEFER,
            world.settings());
    try (MxTls tls = MxTls.forDecision(unknown.decide(World.MX))) {
      assertThat(tls.verdict().orElseThrow().isBlocking()).isTrue();
      assertThat(tls.startTlsMissing().isBlocking()).isTrue();
    }
    assertThat(world.sessions).isEmpty();
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
        new MxTlsSettings(Optional.of(world.ca.trustManager()), Optional.empty(), broken);
    MxTls tls = MxTls.forDecision(world.listed(Requirement.ENFORCED, World.MX, settings));
    tls.startTlsMissing();
    assertThatCode(tls::close).doesNotThrowAnyException();
  }
}
