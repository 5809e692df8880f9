// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.decision.Enforcement;
import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.policy.StsRecord;
import java.util.Optional;
import java.util.stream.Collectors;

/** Shows a domain check as text, step by step. */
final class CheckText {
  private final Terminal terminal;

  CheckText(Terminal terminal) {
    this.terminal = terminal;
  }

  void show(DomainCheck check) {
    terminal.line(terminal.strong(check.domain()));
    showRecord(check);
    showPolicy(check.resolution());
    check
        .resolution()
        .override()
        .ifPresent(override -> terminal.entry("override", terminal.warning(override.toString())));
    problem(check.resolution()).ifPresent(this::showProblem);
    check.mx().forEach(this::showMx);
    check.warnings().forEach(warning -> terminal.entry("warning", terminal.warning(warning)));
    terminal.entry("sender", terminal.strong(conclusion(check)));
  }

  private void showRecord(DomainCheck check) {
    String status = RecordCommand.label(check.record().status());
    String more = check.record().record().map(StsRecord::id).map(id -> "id " + id).orElse("");
    String shown =
        switch (check.record().status()) {
          case FOUND -> terminal.good(status) + ", " + more;
          case ABSENT -> status + ": " + Terminal.visible(check.record().detail());
          case INVALID, UNAVAILABLE ->
              terminal.bad(status) + ": " + Terminal.visible(check.record().detail());
        };
    terminal.entry("record", shown);
  }

  private void showPolicy(Resolution resolution) {
    if (resolution instanceof Resolution.InForce policy) {
      terminal.entry(
          "policy",
          terminal.good(policy.published().mode().label())
              + ", "
              + CheckJson.label(policy.source())
              + ", until "
              + policy.expiresAt()
              + ", max_age "
              + PolicyCommand.describe(policy.published().maxAge()));
      policy.published().mx().forEach(pattern -> terminal.entry("", "mx " + pattern.text()));
    } else {
      terminal.entry(
          "policy",
          resolution instanceof Resolution.Undetermined unknown
              ? terminal.warning("not known, " + CheckJson.label(unknown.cause()))
              : "none");
    }
  }

  private void showProblem(String problem) {
    terminal.entry("problem", terminal.bad(problem));
  }

  private static Optional<String> problem(Resolution resolution) {
    return resolution instanceof Resolution.Undetermined
        ? Optional.of(resolution.explain())
        : resolution.problem().map(CheckText::describe);
  }

  private static String describe(Problem problem) {
    return problem.resultType().map(type -> type.label() + ": ").orElse("") + problem.detail();
  }

  private void showMx(MxCheck mx) {
    MxDecision decision = mx.decision();
    String preference = mx.preference().map(number -> " " + number).orElse("");
    terminal.entry(
        "mx" + preference,
        Terminal.visible(decision.mxHost()) + "  " + requirement(decision) + listing(decision));
    if (decision.isRefused() && decision.resolution().policy().isPresent()) {
      terminal.entry("", Terminal.visible(decision.explain()));
    }
    mx.tls().ifPresent(this::showTls);
  }

  private String requirement(MxDecision decision) {
    String label = CheckJson.label(decision.requirement());
    if (decision.wouldBe() != decision.requirement()) {
      return terminal.warning("shadow mode, would be " + CheckJson.label(decision.wouldBe()));
    }
    return switch (decision.requirement()) {
      case ENFORCED -> terminal.good(label);
      case TESTING, OPPORTUNISTIC -> terminal.warning(label);
      case REFUSED -> terminal.bad(label);
    };
  }

  private static String listing(MxDecision decision) {
    Optional<String> pattern = decision.listed().map(MxPattern::text);
    boolean applies =
        decision.requirement() != Requirement.OPPORTUNISTIC
            && decision.resolution().policy().isPresent();
    return pattern
        .map(text -> ", listed by " + text)
        .orElse(applies ? ", not listed by the policy" : "");
  }

  private void showTls(TlsCheck tls) {
    String label = tls.result().label();
    String shown =
        tls.result() == TlsCheck.Result.TRUSTED ? terminal.good(label) : terminal.bad(label);
    String type = tls.resultType().map(name -> " (" + name + ")").orElse("");
    terminal.entry("", "TLS " + shown + type + ": " + Terminal.visible(tls.detail()));
  }

  /** Describes what the sender would do, in one sentence. */
  private static String conclusion(DomainCheck check) {
    String usable =
        check.mx().stream()
            .filter(MxCheck::isUsable)
            .map(mx -> mx.decision().mxHost())
            .collect(Collectors.joining(", then "));
    if (check.mx().isEmpty()) {
      return check.mxHosts().status() == ExitStatus.FINE
          ? "delivers to the address itself; MTA-STS does not apply"
          : "has no MX host to deliver to";
    }
    if (check.resolution() instanceof Resolution.Undetermined unknown && unknown.asksToDefer()) {
      return "keeps the message in its queue until it is known whether there is a policy";
    }
    if (usable.isEmpty()) {
      return "keeps the message in its queue: no usable MX host";
    }
    return "delivers to " + usable + condition(check.resolution());
  }

  /** Describes the condition under which a sender delivers. */
  static String condition(Resolution resolution) {
    PolicyMode mode =
        resolution instanceof Resolution.InForce policy ? policy.effectiveMode() : PolicyMode.NONE;
    if (mode == PolicyMode.ENFORCE && resolution.settings().enforcement() == Enforcement.SHADOW) {
      return ", whatever the TLS result, and records what shadow mode would refuse";
    }
    return switch (mode) {
      case ENFORCE -> ", over verified TLS only";
      case TESTING -> ", whatever the TLS result, and records what enforce would refuse";
      case NONE -> ", over TLS if offered, otherwise in clear text";
    };
  }
}
