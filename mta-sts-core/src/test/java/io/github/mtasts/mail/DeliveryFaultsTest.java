// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ReceivedMail;
import io.github.mtasts.testing.ScriptedMx;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fault of an MX host under every kind of policy, without and with a second, good host. */
final class DeliveryFaultsTest {
  private static final String FAULTY = "mx1.example.com";
  private static final String GOOD = "mx2.example.com";
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);

  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  static Stream<Arguments> everyFaultUnderEveryPolicy() {
    return Arrays.stream(MxFault.values())
        .flatMap(fault -> policies(fault).map(requirement -> Arguments.of(fault, requirement)));
  }

  /** Slow faults that do not concern TLS are tested under one policy only. */
  private static Stream<Requirement> policies(MxFault fault) {
    boolean isSlow = fault.isSilent() || fault.kind() == MxFault.Kind.ENDLESS;
    return isSlow && !fault.isAgainstPolicy()
        ? Stream.of(Requirement.ENFORCED)
        : Stream.of(Requirement.OPPORTUNISTIC, Requirement.TESTING, Requirement.ENFORCED);
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("everyFaultUnderEveryPolicy")
  @Tag("rfc-item-70")
  @Tag("rfc-item-71")
  @Tag("rfc-item-74")
  @Tag("rfc-item-83")
  void endsAsExpectedWithoutAnotherHost(MxFault fault, Requirement requirement) throws Exception {
    ScriptedMx faulty = start(fault, requirement);
    fixture.domain("example.com", FAULTY);

    DomainDelivery delivery = deliver();

    Outcome outcome = fault.outcome(requirement);
    assertThat(delivery.disposition())
        .as(delivery.detail())
        .isEqualTo(fault.disposition(requirement));
    assertThat(delivery.requirement()).contains(requirement);
    assertThat(delivery.mxHost()).contains(FAULTY);
    assertThat(delivery.attempts()).extracting(Attempt::outcome).containsExactly(outcome);
    assertThat(delivery.status()).matches(status(fault, outcome));
    assertThat(delivery.resultType())
        .isEqualTo(outcome == Outcome.TLS_FAILED ? fault.resultType() : Optional.empty());
    assertThat(delivery.detail()).doesNotContain("injected");
    assertThatTheMessageWentOnlyWhereAllowed(fault, requirement, faulty);
    assertThatReportsContain(fault, requirement);
    assertThat(faulty.isDeserted(MAX_WAIT)).as("no connection left").isTrue();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("everyFaultUnderEveryPolicy")
  @Tag("rfc-item-77")
  void sendsTheMessageToTheNextHostOnceOrNotAtAll(MxFault fault, Requirement requirement)
      throws Exception {
    ScriptedMx faulty = start(fault, requirement);
    MxServer good = fixture.mx(GOOD);
    fixture.domain("example.com", FAULTY, GOOD);

    DomainDelivery delivery = deliver();

    boolean triesNext = fault.allowsAnotherHost(requirement);
    assertThat(delivery.disposition())
        .as(delivery.detail())
        .isEqualTo(triesNext ? Disposition.DELIVERED : fault.disposition(requirement));
    assertThat(delivery.mxHost()).contains(triesNext ? GOOD : FAULTY);
    assertThat(good.messages()).as("messages at the next host").hasSize(triesNext ? 1 : 0);
    assertThat(good.messages()).allMatch(ReceivedMail::isOverTls);
    if (triesNext) {
      assertThat(faulty.messages()).isEmpty();
    }
    assertThat(faulty.isDeserted(MAX_WAIT)).as("no connection left").isTrue();
  }

  private ScriptedMx start(MxFault fault, Requirement requirement) {
    if (requirement == Requirement.ENFORCED) {
      fixture.enforce("example.com", "*.example.com");
    } else if (requirement == Requirement.TESTING) {
      fixture.testing("example.com", "*.example.com");
    }
    // Timeouts that must expire are as short as a busy machine allows, after a handshake.
    boolean isEndless = fault.kind() == MxFault.Kind.ENDLESS;
    fixture.properties.setProperty("mail.mta-sts.timeout", fault.isSilent() ? "2000" : "30000");
    fixture.properties.setProperty("mail.mta-sts.deliverytimeout", isEndless ? "3000" : "120000");
    return fixture.mx(FAULTY, fault.script(FAULTY));
  }

  private DomainDelivery deliver() throws Exception {
    List<DomainDelivery> deliveries = fixture.deliver("bob@example.com");
    assertThat(deliveries).hasSize(1);
    return deliveries.get(0);
  }

  /** The expected enhanced status code, RFC 3463 §3; the server's own if it sent one. */
  private static String status(MxFault fault, Outcome outcome) {
    boolean isClosing = fault.name().endsWith("_421");
    return switch (outcome) {
      case DELIVERED -> "2\\.0\\.0";
      case FAILED -> fault == MxFault.RCPT_550 ? "5\\.1\\.1" : "5\\.7\\.1";
      case TLS_FAILED ->
          fault.resultType().equals(Optional.of(ResultType.STARTTLS_NOT_SUPPORTED))
              ? "4\\.7\\.4"
              : "4\\.7\\.5";
      case UNREACHABLE -> isClosing ? "4\\.3\\.2" : "4\\.4\\.2";
      case REFUSED, DEFERRED -> "4\\.3\\.[02]";
      case UNKNOWN -> "4\\.4\\.2";
    };
  }

  private static void assertThatTheMessageWentOnlyWhereAllowed(
      MxFault fault, Requirement requirement, ScriptedMx faulty) {
    boolean isBlocked = fault.isAgainstPolicy() && requirement == Requirement.ENFORCED;
    boolean isSentCompletely =
        switch (fault.kind()) {
          case HARMLESS, NO_TLS, BAD_CERTIFICATE -> !isBlocked;
          case TEMPORARY_REFUSAL, UNKNOWN -> true;
          case PERMANENT_REFUSAL -> fault == MxFault.DOT_554;
          case UNAVAILABLE, ENDLESS -> false;
        };
    assertThat(faulty.messages()).hasSize(isSentCompletely ? 1 : 0);
    assertThat(faulty.messages())
        .allMatch(mail -> mail.isOverTls() == (fault.kind() != MxFault.Kind.NO_TLS));
    if (isBlocked) {
      assertThat(faulty.dialogue()).noneMatch(line -> line.startsWith("MAIL"));
    }
  }

  /** One session is counted, with its failure, wherever a policy asks for reports. */
  private void assertThatReportsContain(MxFault fault, Requirement requirement) {
    boolean isCounted = fault.isAgainstPolicy() || fault.kind() == MxFault.Kind.HARMLESS;
    if (isCounted && requirement != Requirement.OPPORTUNISTIC) {
      assertThat(fixture.sessions)
          .extracting(TlsSession::failure)
          .containsExactly(fault.resultType());
    } else {
      assertThat(fixture.sessions).extracting(TlsSession::failure).allMatch(Optional::isEmpty);
    }
  }
}
