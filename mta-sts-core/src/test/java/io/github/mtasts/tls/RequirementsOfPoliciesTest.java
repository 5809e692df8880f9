// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestCertificate;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The verdicts of enforce, testing and none for the same connection. */
final class RequirementsOfPoliciesTest {
  private final TlsFixture fixture = new TlsFixture();
  private final List<TestCertificate> bad =
      List.of(
          fixture.ca.issue("other.example.com"),
          fixture.ca.leaf().dnsNames(TlsFixture.MX).expired().issue(),
          TestCa.create().issue(TlsFixture.MX));

  @Test
  @Tag("rfc-item-62")
  void enforceAcceptsATrustedCertificateForTheHost() throws IOException {
    MxTls tls = MxTls.forDecision(fixture.decision(PolicyMode.ENFORCE, TlsFixture.MX));
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX));
        SSLSocket socket = TlsFixture.startTls(tls, server.address())) {
      assertThat(socket.getSession().getPeerCertificates()).hasSize(1);
      assertThat(tls.verdict().orElseThrow()).isInstanceOf(TlsVerdict.Trusted.class);
      assertThat(tls.verdict().orElseThrow().isBlocking()).isFalse();
      assertThat(tls.verdict().orElseThrow().detail())
          .contains("valid for mail.example.com", "issued by CN=Test CA");
      assertThat(tls.allowsPlainText()).isFalse();
    }
  }

  @Test
  @Tag("rfc-item-70")
  @Tag("rfc-item-189")
  @Tag("rfc-item-190")
  void enforceEndsTheHandshakeWithAnyOtherCertificate() {
    for (TestCertificate certificate : bad) {
      MxTls tls = MxTls.forDecision(fixture.decision(PolicyMode.ENFORCE, TlsFixture.MX));
      try (ScriptedMx server = TlsFixture.server(certificate)) {
        Throwable thrown = catchThrowable(() -> TlsFixture.startTls(tls, server.address()));
        assertThat(thrown)
            .isInstanceOf(SSLHandshakeException.class)
            .hasCauseInstanceOf(MxCertificateException.class);
        TlsVerdict.Rejected verdict = (TlsVerdict.Rejected) tls.verdict().orElseThrow();
        assertThat(verdict.isBlocking()).isTrue();
        assertThat(thrown)
            .cause()
            .hasMessage(verdict.detail())
            .asInstanceOf(InstanceOfAssertFactories.type(MxCertificateException.class))
            .returns(verdict.resultType(), MxCertificateException::resultType);
      }
    }
  }

  @Test
  void enforceAllowsNoPlainTextWhenStartTlsIsMissing() {
    MxTls tls = MxTls.forDecision(fixture.decision(PolicyMode.ENFORCE, TlsFixture.MX));
    TlsVerdict verdict = tls.startTlsMissing();
    assertThat(verdict.isBlocking()).isTrue();
    assertThat(TlsFixture.failure(verdict)).contains(ResultType.STARTTLS_NOT_SUPPORTED);
    assertThat(verdict.detail()).contains("STARTTLS at mail.example.com", "strips it");
    assertThat(tls.allowsPlainText()).isFalse();
  }

  @Test
  void enforceAllowsNoPlainTextWhenStartTlsIsRefused() {
    MxTls tls = MxTls.forDecision(fixture.decision(PolicyMode.ENFORCE, TlsFixture.MX));
    TlsVerdict verdict = tls.startTlsRefused(454, "4.7.0 TLS\r\nnot available");
    assertThat(verdict.isBlocking()).isTrue();
    assertThat(TlsFixture.failure(verdict)).contains(ResultType.STARTTLS_NOT_SUPPORTED);
    assertThat(verdict.detail())
        .contains("expected 220, found 454 \"4.7.0 TLS\\u000d\\u000anot available\"");
  }

  @Test
  @Tag("rfc-item-71")
  @Tag("rfc-item-83")
  void testingRecordsTheSameFailuresAndBlocksNothing() throws IOException {
    for (TestCertificate certificate : bad) {
      MxTls strict = MxTls.forDecision(fixture.decision(PolicyMode.ENFORCE, TlsFixture.MX));
      MxTls lenient = MxTls.forDecision(fixture.decision(PolicyMode.TESTING, TlsFixture.MX));
      TlsVerdict enforced = TlsFixture.verdict(strict, certificate);
      try (ScriptedMx server = TlsFixture.server(certificate);
          SSLSocket socket = TlsFixture.startTls(lenient, server.address())) {
        assertThat(socket.getSession().isValid()).isTrue();
        TlsVerdict tested = lenient.verdict().orElseThrow();
        assertThat(tested.isBlocking()).isFalse();
        assertThat(TlsFixture.failure(tested)).isEqualTo(TlsFixture.failure(enforced)).isPresent();
        assertThat(tested.detail()).isEqualTo(enforced.detail());
        assertThat(lenient.allowsPlainText()).isTrue();
      }
    }
  }

  @Test
  void testingRecordsMissingStartTlsAndBlocksNothing() {
    TlsVerdict verdict =
        MxTls.forDecision(fixture.decision(PolicyMode.TESTING, TlsFixture.MX)).startTlsMissing();
    assertThat(TlsFixture.failure(verdict)).contains(ResultType.STARTTLS_NOT_SUPPORTED);
    assertThat(verdict.isBlocking()).isFalse();
  }

  @Test
  void testingRecordsAnUnlistedHostEvenIfItsCertificateIsValid() {
    TlsVerdict verdict =
        TlsFixture.verdict(fixture.unlisted(PolicyMode.TESTING), fixture.ca.issue(TlsFixture.MX));
    assertThat(TlsFixture.failure(verdict)).contains(ResultType.VALIDATION_FAILURE);
    assertThat(verdict.isBlocking()).isFalse();
    assertThat(verdict.detail()).contains("other.example.com", "found mail.example.com");
  }

  @Test
  void testingRecordsAnUnlistedHostBeforeItsCertificate() {
    TlsVerdict verdict =
        TlsFixture.verdict(
            fixture.unlisted(PolicyMode.TESTING), TestCa.create().issue(TlsFixture.MX));
    assertThat(TlsFixture.failure(verdict)).contains(ResultType.VALIDATION_FAILURE);
    assertThat(verdict.detail()).contains("found mail.example.com", "Also: certificate of");
  }

  @Test
  void enforceRejectsAnUnlistedHostEvenIfTheDecisionIsEnforced() {
    MxDecision odd =
        new MxDecision(
            Resolution.inForce(
                TlsFixture.DOMAIN,
                TlsFixture.policy(PolicyMode.ENFORCE, "other.example.com"),
                fixture.settings()),
            TlsFixture.MX,
            Requirement.ENFORCED,
            Optional.empty());
    TlsVerdict verdict =
        TlsFixture.verdict(MxTls.forDecision(odd), fixture.ca.issue(TlsFixture.MX));
    assertThat(TlsFixture.failure(verdict)).contains(ResultType.VALIDATION_FAILURE);
    assertThat(verdict.isBlocking()).isTrue();
  }

  @Test
  @Tag("rfc-item-72")
  void noneAcceptsAnyCertificateAndChecksNothing() throws IOException {
    for (TestCertificate certificate : bad) {
      MxTls tls = MxTls.forDecision(fixture.decision(PolicyMode.NONE, TlsFixture.MX));
      try (ScriptedMx server = TlsFixture.server(certificate);
          SSLSocket socket = TlsFixture.startTls(tls, server.address())) {
        assertThat(socket.getSession().isValid()).isTrue();
        assertThat(tls.verdict().orElseThrow()).isInstanceOf(TlsVerdict.NotJudged.class);
      }
    }
  }

  @Test
  void aDomainWithoutAPolicyIsNotCheckedEither() {
    MxTls tls = MxTls.forDecision(Resolution.none(TlsFixture.DOMAIN).decide(TlsFixture.MX));
    assertThat(tls.startTlsMissing())
        .isInstanceOf(TlsVerdict.NotJudged.class)
        .matches(verdict -> !verdict.isBlocking())
        .extracting(TlsVerdict::detail)
        .asString()
        .contains("no policy applies to mail for example.com");
    assertThat(tls.handshakeFailed(new IOException())).isInstanceOf(TlsVerdict.NotJudged.class);
    assertThat(tls.allowsPlainText()).isTrue();
  }

  @Test
  void refusedRejectsFromTheStart() {
    MxTls tls = fixture.unlisted(PolicyMode.ENFORCE);
    TlsVerdict verdict = tls.verdict().orElseThrow();
    assertThat(TlsFixture.failure(verdict)).contains(ResultType.VALIDATION_FAILURE);
    assertThat(verdict.isBlocking()).isTrue();
    assertThat(verdict.detail()).contains("Mail must not go there");
    assertThat(tls.allowsPlainText()).isFalse();
  }

  @Test
  void refusedStartsNoHandshakeAndClosesTheSocket() throws IOException {
    MxTls tls = fixture.unlisted(PolicyMode.ENFORCE);
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX));
        Socket plain = TlsFixture.connect(server.address())) {
      assertThatThrownBy(() -> tls.startTls(plain))
          .isInstanceOf(SSLHandshakeException.class)
          .hasCauseInstanceOf(MxCertificateException.class);
      assertThat(plain.isClosed()).isTrue();
      assertThat(server.sniSeen()).isEmpty();
    }
  }

  @Test
  void refusedRejectsInTheHandshakeOfAFrameworkToo() {
    MxTls tls = fixture.unlisted(PolicyMode.ENFORCE);
    assertThatThrownBy(
            () ->
                EnginePair.handshake(
                    tls.newEngine(),
                    fixture.ca.issue(TlsFixture.MX).serverContext().createSSLEngine()))
        .hasCauseInstanceOf(MxCertificateException.class);
  }

  @Test
  void theFirstFailureIsFinal() {
    MxTls tls = fixture.enforced(TlsFixture.MX);
    TlsVerdict first = tls.startTlsMissing();
    assertThat(TlsFixture.verdict(tls, fixture.ca.issue(TlsFixture.MX))).isEqualTo(first);
    assertThat(tls.startTlsRefused(500, "text")).isEqualTo(first);
  }

  @Test
  void aGoodHandshakeDoesNotChangeAFailedAttempt() {
    MxTls tls = fixture.enforced(TlsFixture.MX);
    TlsFixture.verdict(tls, TestCa.create().issue(TlsFixture.MX));
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX))) {
      assertThatThrownBy(() -> TlsFixture.startTls(tls, server.address()))
          .isInstanceOf(SSLHandshakeException.class);
    }
  }

  @Test
  void aFailureAfterATrustedCertificateIsRecorded() {
    MxTls tls = fixture.enforced(TlsFixture.MX);
    assertThat(TlsFixture.verdict(tls, fixture.ca.issue(TlsFixture.MX)))
        .isInstanceOf(TlsVerdict.Trusted.class);
    tls.handshakeFailed(new IOException("reset"));
    assertThat(tls.verdict().orElseThrow().isBlocking()).isTrue();
  }

  @Test
  void hasNoVerdictBeforeTheHandshake() {
    assertThat(fixture.enforced(TlsFixture.MX).verdict()).isEmpty();
    assertThat(fixture.unlisted(PolicyMode.TESTING).verdict()).isEmpty();
  }
}
