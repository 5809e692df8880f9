// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.endtoend;

import static io.github.mtasts.policy.PolicyMode.ENFORCE;
import static io.github.mtasts.testing.TestInternet.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.mail.MailProperties;
import io.github.mtasts.policy.PolicySyntaxException;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestInternet;
import io.github.mtasts.tls.MxTls;
import io.github.mtasts.tls.TlsVerdict;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The delivery cases except DANE and REQUIRETLS, with real SMTP and real certificates. */
final class DeliveryCasesTest {
  private final TestCa ca = TestCa.create();
  private final List<TlsSession> sessions = new ArrayList<>();

  @Test
  void everyRowRunsOrIsListedWithAReason() {
    List<String> accounted = new ArrayList<>(DeliveryCase.leftOut());
    DeliveryCase.withOneMxHost().map(DeliveryCase::number).forEach(accounted::add);

    assertThat(DeliveryCase.all().map(DeliveryCase::number))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(accounted);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.github.mtasts.endtoend.DeliveryCase#withOneMxHost")
  void delivers(DeliveryCase row) throws Exception {
    String mx = row.mxHost();
    Resolution resolution = row.resolution(settings());

    try (Host host = host(row)) {
      TestMailer mailer = new TestMailer(Map.of(mx, host.address()));
      boolean delivered = mailer.send(resolution, List.of(mx)).isPresent();

      assertThat(delivered).isEqualTo(row.isDelivered());
      assertThat(host.dialogue().get().stream().anyMatch(line -> line.startsWith("MAIL")))
          .as("MAIL FROM seen")
          .isEqualTo(delivered);
      if (row.isValidated()) {
        assertThat(mailer.verdicts()).hasSize(1).first().isInstanceOf(TlsVerdict.Trusted.class);
        assertThat(sessions).extracting(TlsSession::failure).containsExactly(Optional.empty());
      }
      if (row.isTlsRequired()) {
        assertThat(resolution.decide(mx).requirement()).isEqualTo(Requirement.ENFORCED);
      }
      if (row.resultType().isPresent()) {
        assertThat(sessions)
            .extracting(session -> session.failure().map(ResultType::label))
            .containsExactly(row.resultType());
      }
    }
  }

  /** An MX host of either kind. */
  private record Host(Runnable stop, InetSocketAddress address, Supplier<List<String>> dialogue)
      implements AutoCloseable {
    @Override
    public void close() {
      stop.run();
    }
  }

  private Host host(DeliveryCase row) {
    Optional<ScriptedMx.Script> broken = row.brokenTls();
    if (broken.isPresent()) {
      ScriptedMx scripted = broken.get().start();
      return new Host(scripted::close, scripted.address(), scripted::dialogue);
    }
    MxServer server = MxServer.start(row.certificate(ca));
    return new Host(server::close, server.address(), server::dialogue);
  }

  @Test
  @Tag("rfc-item-77")
  @Tag("rfc-item-96")
  void skipsABetterMxThatIsNotListed() throws Exception {
    Resolution resolution = inForce("enforce", List.of("mx2.example.invalid"));
    try (MxServer mx1 = MxServer.start(ca.issue("mx1.example.invalid"));
        MxServer mx2 = MxServer.start(ca.issue("mx2.example.invalid"))) {
      TestMailer mailer =
          new TestMailer(
              Map.of("mx1.example.invalid", mx1.address(), "mx2.example.invalid", mx2.address()));

      assertThat(mailer.send(resolution, List.of("mx1.example.invalid", "mx2.example.invalid")))
          .contains("mx2.example.invalid");
      assertThat(mx1.dialogue()).as("not contacted").isEmpty();
    }
  }

  @Test
  @Tag("rfc-item-74")
  @Tag("rfc-item-77")
  void triesTheSecondMxIfTheCertificateOfTheFirstHasExpired() throws Exception {
    Resolution resolution = inForce("enforce", List.of("*.example.com"));
    try (MxServer mx1 = MxServer.start(ca.leaf().dnsNames("mx1.example.com").expired().issue());
        MxServer mx2 = MxServer.start(ca.issue("mx2.example.com"))) {
      TestMailer mailer =
          new TestMailer(
              Map.of("mx1.example.com", mx1.address(), "mx2.example.com", mx2.address()));

      assertThat(mailer.send(resolution, List.of("mx1.example.com", "mx2.example.com")))
          .contains("mx2.example.com");
      assertThat(sessions)
          .extracting(TlsSession::failure)
          .containsExactly(Optional.of(ResultType.CERTIFICATE_EXPIRED), Optional.empty());
      assertThat(mx1.dialogue()).noneMatch(line -> line.startsWith("MAIL"));
    }
  }

  @Test
  @Tag("rfc-item-60")
  void usesThePolicyOfTheNameBeforeItsAlias() throws Exception {
    try (TestInternet net = TestInternet.start();
        PolicyResolver resolver = net.resolver().build()) {
      net.dns()
          .cname("example.org", "hosted.example.net")
          .mx("hosted.example.net", 10, "mx.example");
      resolver.resolve("example.org");

      assertThat(net.dns().queryLog()).containsExactly("_mta-sts.example.org TXT");
    }
  }

  @Test
  @Tag("rfc-item-78")
  @Tag("rfc-item-79")
  void looksForANewPolicyBeforeItGivesUp() throws Exception {
    try (TestInternet net = TestInternet.start();
        PolicyResolver resolver = net.resolver().build();
        MxServer mx = MxServer.start(net.ca().issue("new.example.com"))) {
      net.publish("example.com", "1", policy(ENFORCE, "old.example.com"));
      TestMailer mailer = new TestMailer(Map.of("new.example.com", mx.address()));
      assertThat(resolver.resolve("example.com").policy()).isPresent();
      net.publish("example.com", "2", policy(ENFORCE, "new.example.com"));

      assertThat(mailer.send(resolver.resolve("example.com"), List.of("new.example.com")))
          .isEmpty();
      assertThat(mailer.send(resolver.recheck("example.com"), List.of("new.example.com")))
          .contains("new.example.com");
      assertThat(mx.messages()).hasSize(1);
    }
  }

  @Test
  void aPolicyTightensASmartHostRoute() throws Exception {
    Resolution resolution =
        Resolution.inForce(
            "smtp.example.net",
            DeliveryCase.policy("enforce", List.of("smtp.example.net")),
            settings());
    try (MxTls tls = MxTls.forDecision(resolution.decide("smtp.example.net"))) {
      assertThat(MailProperties.secure(tls))
          .containsEntry("mail.smtp.starttls.enable", "true")
          .containsEntry("mail.smtp.starttls.required", "true")
          .containsKey("mail.smtp.ssl.socketFactory");
    }
  }

  private Resolution inForce(String mode, List<String> mx) throws PolicySyntaxException {
    return Resolution.inForce("example.com", DeliveryCase.policy(mode, mx), settings());
  }

  private MxTlsSettings settings() {
    return new MxTlsSettings(
        Optional.of(ca.trustManager()),
        Optional.empty(),
        new ResolverListener() {
          @Override
          public void tlsSessionEnded(TlsSession session) {
            sessions.add(session);
          }
        });
  }
}
