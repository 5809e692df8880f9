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
  private final World world = new World();
  private final List<TestCertificate> bad =
      List.of(
          world.ca.issue("other.example.com"),
          world.ca.leaf().dnsNames(World.MX).expired().issue(),
          TestCa.create().issue(World.MX));

  @Test
  @Tag("rfc-item-62")
  void enforceAcceptsATrustedCertificateForTheHost() throws IOException {
    MxTls tls = MxTls.forDecision(world.decision(PolicyMode.ENFORCE, World.MX));
    try (ScriptedMx server = World.server(world.ca.issue(World.MX));
        SSLSocket socket = World.startTls(tls, server.address())) {
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
      MxTls tls = MxTls.forDecision(world.decision(PolicyMode.ENFORCE, World.MX));
      try (ScriptedMx server = World.server(certificate)) {
        Throwable thrown = catchThrowable(() -> World.startTls(tls, server.address()));
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
    MxTls tls = MxTls.forDecision(world.decision(PolicyMode.ENFORCE, World.MX));
    TlsVerdict verdict = tls.startTlsMissing();
    assertThat(verdict.isBlocking()).isTrue();
    assertThat(World.failure(verdict)).contains(ResultType.STARTTLS_NOT_SUPPORTED);
    assertThat(verdict.detail()).contains("STARTTLS at mail.example.com", "strips it");
    assertThat(tls.allowsPlainText()).isFalse();
  }

  @Test
  void enforceAllowsNoPlainTextWhenStartTlsIsRefused() {
    MxTls tls = MxTls.forDecision(world.decision(PolicyMode.ENFORCE, World.MX));
    TlsVerdict verdict = tls.startTlsRefused(454, "4.7.0 TLS\r\nnot available");
    assertThat(verdict.isBlocking()).isTrue();
    assertThat(World.failure(verdict)).contains(ResultType.STARTTLS_NOT_SUPPORTED);
    assertThat(verdict.detail())
        .contains("expected 220, found 454 \"4.7.0 TLS\\u000d\\u000anot available\"");
  }

  @Test
  @Tag("rfc-item-71")
  @Tag("rfc-item-83")
  void testingRecordsTheSameFailuresAndBlocksNothing() throws IOException {
    for (TestCertificate certificate : bad) {
      MxTls strict = MxTls.forDecision(world.decision(PolicyMode.ENFORCE, World.MX));
      MxTls lenient = MxTls.forDecision(world.decision(PolicyMode.TESTING, World.MX));
      TlsVerdict enforced = World.verdict(strict, certificate);
      try (ScriptedMx server = World.server(certificate);
          SSLSocket socket = World.startTls(lenient, server.address())) {
        assertThat(socket.getSession().isValid()).isTrue();
        TlsVerdict tested = lenient.verdict().orElseThrow();
        assertThat(tested.isBlocking()).isFalse();
        assertThat(World.failure(tested)).isEqualTo(World.failure(enforced)).isPresent();
        assertThat(tested.detail()).isEqualTo(enforced.detail());
        assertThat(lenient.allowsPlainText()).isTrue();
      }
    }
  }

  @Test
  void testingRecordsMissingStartTlsAndBlocksNothing() {
    TlsVerdict verdict =
        MxTls.forDecision(world.decision(PolicyMode.TESTING, World.MX)).startTlsMissing();
    assertThat(World.failure(verdict)).contains(ResultType.STARTTLS_NOT_SUPPORTED);
    assertThat(verdict.isBlocking()).isFalse();
  }

  @Test
  void testingRecordsAnUnlistedHostEvenIfItsCertificateIsValid() {
    TlsVerdict verdict =
        World.verdict(world.unlisted(PolicyMode.TESTING), world.ca.issue(World.MX));
    assertThat(World.failure(verdict)).contains(ResultType.VALIDATION_FAILURE);
    assertThat(verdict.isBlocking()).isFalse();
    assertThat(verdict.detail()).contains("other.example.com", "found mail.example.com");
  }

  @Test
  void testingRecordsAnUnlistedHostBeforeItsCertificate() {
    TlsVerdict verdict =
        World.verdict(world.unlisted(PolicyMode.TESTING), TestCa.create().issue(World.MX));
    assertThat(World.failure(verdict)).contains(ResultType.VALIDATION_FAILURE);
    assertThat(verdict.detail()).contains("found mail.example.com", "Also: certificate of");
  }

  @Test
  void enforceRejectsAnUnlistedHostEvenIfTheDecisionIsEnforced() {
    MxDecision odd =
        new MxDecision(
            Resolution.inForce(
                World.DOMAIN,
                World.policy(PolicyMode.ENFORCE, "other.example.com"),
                world.settings()),
            World.MX,
            Requirement.ENFORCED,
            Optional.empty());
    TlsVerdict verdict = World.verdict(MxTls.forDecision(odd), world.ca.issue(World.MX));
    assertThat(World.failure(verdict)).contains(ResultType.VALIDATION_FAILURE);
    assertThat(verdict.isBlocking()).isTrue();
  }

  @Test
  @Tag("rfc-item-72")
  void noneAcceptsAnyCertificateAndChecksNothing() throws IOException {
    for (TestCertificate certificate : bad) {
      MxTls tls = MxTls.forDecision(world.decision(PolicyMode.NONE, World.MX));
      try (ScriptedMx server = World.server(certificate);
          SSLSocket socket = World.startTls(tls, server.address())) {
        assertThat(socket.getSession().isValid()).isTrue();
        assertThat(tls.verdict().orElseThrow()).isInstanceOf(TlsVerdict.NotJudged.class);
      }
    }
  }

  @Test
  void aDomainWithoutAPolicyIsNotCheckedEither() {
    MxTls tls = MxTls.forDecision(Resolution.none(World.DOMAIN).decide(World.MX));
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
    MxTls tls = world.unlisted(PolicyMode.ENFORCE);
    TlsVerdict verdict = tls.verdict().orElseThrow();
    assertThat(World.failure(verdict)).contains(ResultType.VALIDATION_FAILURE);
    assertThat(verdict.isBlocking()).isTrue();
    assertThat(verdict.detail()).contains("Mail must not go there");
    assertThat(tls.allowsPlainText()).isFalse();
  }

  @Test
  void refusedStartsNoHandshakeAndClosesTheSocket() throws IOException {
    MxTls tls = world.unlisted(PolicyMode.ENFORCE);
    try (ScriptedMx server = World.server(world.ca.issue(World.MX));
        Socket plain = World.connect(server.address())) {
      assertThatThrownBy(() -> tls.startTls(plain))
          .isInstanceOf(SSLHandshakeException.class)
          .hasCauseInstanceOf(MxCertificateException.class);
      assertThat(plain.isClosed()).isTrue();
      assertThat(server.sniSeen()).isEmpty();
    }
  }

  @Test
  void refusedRejectsInTheHandshakeOfAFrameworkToo() {
    MxTls tls = world.unlisted(PolicyMode.ENFORCE);
    assertThatThrownBy(
            () ->
                EnginePair.handshake(
                    tls.newEngine(), world.ca.issue(World.MX).serverContext().createSSLEngine()))
        .hasCauseInstanceOf(MxCertificateException.class);
  }

  @Test
  void theFirstFailureIsFinal() {
    MxTls tls = world.enforced(World.MX);
    TlsVerdict first = tls.startTlsMissing();
    assertThat(World.verdict(tls, world.ca.issue(World.MX))).isEqualTo(first);
    assertThat(tls.startTlsRefused(500, "text")).isEqualTo(first);
  }

  @Test
  void aGoodHandshakeDoesNotChangeAFailedAttempt() {
    MxTls tls = world.enforced(World.MX);
    World.verdict(tls, TestCa.create().issue(World.MX));
    try (ScriptedMx server = World.server(world.ca.issue(World.MX))) {
      assertThatThrownBy(() -> World.startTls(tls, server.address()))
          .isInstanceOf(SSLHandshakeException.class);
    }
  }

  @Test
  void aFailureAfterATrustedCertificateIsRecorded() {
    MxTls tls = world.enforced(World.MX);
    assertThat(World.verdict(tls, world.ca.issue(World.MX))).isInstanceOf(TlsVerdict.Trusted.class);
    tls.handshakeFailed(new IOException("reset"));
    assertThat(tls.verdict().orElseThrow().isBlocking()).isTrue();
  }

  @Test
  void hasNoVerdictBeforeTheHandshake() {
    assertThat(world.enforced(World.MX).verdict()).isEmpty();
    assertThat(world.unlisted(PolicyMode.TESTING).verdict()).isEmpty();
  }
}
