// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Enforcement;
import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.ScriptedMx;
import java.io.IOException;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** Handshakes that enforce would block, in shadow mode and with overrides. */
final class ShadowModeTest {
  private final TlsFixture fixture = new TlsFixture();

  private MxTlsSettings shadow() {
    MxTlsSettings live = fixture.settings();
    return new MxTlsSettings(
        live.trustManager(), live.provider(), live.listener(), Enforcement.SHADOW);
  }

  private MxTls attempt(String pattern) {
    MxDecision decision =
        Resolution.inForce(
                TlsFixture.DOMAIN, TlsFixture.policy(PolicyMode.ENFORCE, pattern), shadow())
            .decide(TlsFixture.MX);
    return MxTls.forDecision(decision);
  }

  @Test
  void aWrongCertificateIsReportedAndBlocksNothing() throws IOException {
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue("other.example.com"));
        MxTls tls = attempt(TlsFixture.MX);
        SSLSocket socket = TlsFixture.startTls(tls, server.address())) {
      TlsVerdict verdict = tls.verdict().orElseThrow();

      assertThat(socket.getSession().isValid()).isTrue();
      assertThat(verdict.isBlocking()).isFalse();
      assertThat(tls.allowsPlainText()).isTrue();
      assertThat(TlsFixture.failure(verdict)).contains(ResultType.CERTIFICATE_HOST_MISMATCH);
      assertThat(verdict.detail()).contains("other.example.com", "Shadow mode: would be enforced");
    }
    assertThat(fixture.sessions)
        .singleElement()
        .returns(Optional.of(ResultType.CERTIFICATE_HOST_MISMATCH), TlsSession::failure)
        .satisfies(
            session ->
                assertThat(session.decision().resolution().policy().orElseThrow().mode())
                    .isEqualTo(PolicyMode.ENFORCE));
  }

  @Test
  void anUnlistedHostIsReportedEvenIfItsCertificateIsValid() throws IOException {
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX));
        MxTls tls = attempt("other.example.com");
        SSLSocket socket = TlsFixture.startTls(tls, server.address())) {
      assertThat(socket.getSession().isValid()).isTrue();
      assertThat(tls.verdict().orElseThrow().isBlocking()).isFalse();
      assertThat(tls.verdict().orElseThrow().detail()).contains("Shadow mode: would be refused");
    }
    assertThat(fixture.sessions)
        .singleElement()
        .returns(Optional.of(ResultType.VALIDATION_FAILURE), TlsSession::failure);
  }

  @Test
  void aTrustedSessionIsReportedAsSuccess() throws IOException {
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX));
        MxTls tls = attempt(TlsFixture.MX);
        SSLSocket socket = TlsFixture.startTls(tls, server.address())) {
      assertThat(socket.getSession().isValid()).isTrue();
      assertThat(tls.verdict().orElseThrow()).isInstanceOf(TlsVerdict.Trusted.class);
      assertThat(tls.verdict().orElseThrow().detail()).doesNotContain("Shadow");
    }
    assertThat(fixture.sessions).singleElement().returns(Optional.empty(), TlsSession::failure);
  }

  @Test
  void missingStartTlsIsReportedAndBlocksNothing() {
    try (MxTls tls = attempt(TlsFixture.MX)) {
      assertThat(tls.startTlsMissing().isBlocking()).isFalse();
    }
    assertThat(fixture.sessions)
        .singleElement()
        .returns(Optional.of(ResultType.STARTTLS_NOT_SUPPORTED), TlsSession::failure);
  }

  @Test
  void aFailureUnderAnOverrideNamesTheOverride() {
    PolicyOverride override =
        PolicyOverride.enforce(TlsFixture.DOMAIN).by("alice").because("agreed").withoutEnd();
    Resolution.InForce published =
        (Resolution.InForce)
            Resolution.inForce(
                TlsFixture.DOMAIN,
                TlsFixture.policy(PolicyMode.TESTING, TlsFixture.MX),
                fixture.settings());
    Resolution overridden =
        new Resolution.InForce(
            published.domain(),
            published.published(),
            published.id(),
            published.source(),
            published.fetchedAt(),
            published.expiresAt(),
            published.problem(),
            published.settings(),
            Optional.of(override));

    TlsVerdict verdict =
        TlsFixture.verdict(
            MxTls.forDecision(overridden.decide(TlsFixture.MX)),
            fixture.ca.issue("other.example.com"));

    assertThat(verdict.isBlocking()).isTrue();
    assertThat(verdict.detail())
        .endsWith(
            " Under an override (enforce for example.com, by alice, without end, because:"
                + " agreed).");
  }
}
