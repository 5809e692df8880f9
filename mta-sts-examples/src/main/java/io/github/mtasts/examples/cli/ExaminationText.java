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

/** Shows an examination to a person, step by step. */
final class ExaminationText {
  private final Terminal terminal;

  ExaminationText(Terminal terminal) {
    this.terminal = terminal;
  }

  void show(Examination examination) {
    terminal.line(terminal.strong(examination.domain()));
    showRecord(examination);
    showPolicy(examination.resolution());
    examination
        .resolution()
        .override()
        .ifPresent(override -> terminal.entry("override", terminal.doubtful(override.toString())));
    examination.resolution().problem().map(ExaminationText::describe).ifPresent(this::showProblem);
    examination.mx().forEach(this::showMx);
    examination
        .warnings()
        .forEach(warning -> terminal.entry("warning", terminal.doubtful(warning)));
    terminal.entry("sender", terminal.strong(conclusion(examination)));
  }

  private void showRecord(Examination examination) {
    String status = RecordCommand.label(examination.record().status());
    String more = examination.record().record().map(StsRecord::id).map(id -> "id " + id).orElse("");
    String shown =
        switch (examination.record().status()) {
          case FOUND -> terminal.good(status) + ", " + more;
          case ABSENT -> status + ": " + Terminal.visible(examination.record().detail());
          case INVALID, UNAVAILABLE ->
              terminal.bad(status) + ": " + Terminal.visible(examination.record().detail());
        };
    terminal.entry("record", shown);
  }

  private void showPolicy(Resolution resolution) {
    if (resolution instanceof Resolution.InForce policy) {
      terminal.entry(
          "policy",
          terminal.good(policy.published().mode().label())
              + ", "
              + ExaminationJson.label(policy.source())
              + ", until "
              + policy.expiresAt()
              + ", max_age "
              + PolicyCommand.describe(policy.published().maxAge()));
      policy.published().mx().forEach(pattern -> terminal.entry("", "mx " + pattern.text()));
    } else {
      terminal.entry("policy", "none");
    }
  }

  private void showProblem(String problem) {
    terminal.entry("problem", terminal.bad(problem));
  }

  private static String describe(Problem problem) {
    return problem.resultType().map(type -> type.label() + ": ").orElse("") + problem.detail();
  }

  private void showMx(MxFinding finding) {
    MxDecision decision = finding.decision();
    String preference = finding.preference().map(number -> " " + number).orElse("");
    terminal.entry(
        "mx" + preference,
        Terminal.visible(decision.mxHost()) + "  " + requirement(decision) + listing(decision));
    if (decision.isRefused()) {
      terminal.entry("", Terminal.visible(decision.explain()));
    }
    finding.tls().ifPresent(this::showTls);
  }

  private String requirement(MxDecision decision) {
    String label = ExaminationJson.label(decision.requirement());
    if (decision.wouldBe() != decision.requirement()) {
      return terminal.doubtful(
          "shadow mode, would be " + ExaminationJson.label(decision.wouldBe()));
    }
    return switch (decision.requirement()) {
      case ENFORCED -> terminal.good(label);
      case TESTING, OPPORTUNISTIC -> terminal.doubtful(label);
      case REFUSED -> terminal.bad(label);
    };
  }

  private static String listing(MxDecision decision) {
    Optional<String> pattern = decision.listed().map(MxPattern::text);
    boolean binding = decision.requirement() != Requirement.OPPORTUNISTIC;
    return pattern
        .map(text -> ", listed by " + text)
        .orElse(binding ? ", not listed by the policy" : "");
  }

  private void showTls(TlsFinding tls) {
    String outcome = tls.outcome().label();
    String shown =
        tls.outcome() == TlsFinding.Outcome.TRUSTED
            ? terminal.good(outcome)
            : terminal.bad(outcome);
    String type = tls.resultType().map(label -> " (" + label + ")").orElse("");
    terminal.entry("", "TLS " + shown + type + ": " + Terminal.visible(tls.detail()));
  }

  /** What the sender would do, in one sentence. */
  private static String conclusion(Examination examination) {
    String usable =
        examination.mx().stream()
            .filter(MxFinding::isUsable)
            .map(finding -> finding.decision().mxHost())
            .collect(Collectors.joining(", then "));
    if (examination.mx().isEmpty()) {
      return examination.mailHosts().status() == ExitStatus.FINE
          ? "delivers to the address itself; MTA-STS has no say there"
          : "has no MX host to deliver to";
    }
    if (usable.isEmpty()) {
      return "keeps the message in its queue: no MX host will do";
    }
    return "delivers to " + usable + condition(examination.resolution());
  }

  /** Under which condition a sender delivers. */
  static String condition(Resolution resolution) {
    PolicyMode mode =
        resolution instanceof Resolution.InForce policy ? policy.effectiveMode() : PolicyMode.NONE;
    if (mode == PolicyMode.ENFORCE && resolution.settings().enforcement() == Enforcement.SHADOW) {
      return ", whatever TLS turns out to be, and records what is refused outside shadow mode";
    }
    return switch (mode) {
      case ENFORCE -> ", over verified TLS or not at all";
      case TESTING -> ", whatever TLS turns out to be, and records what enforce would refuse";
      case NONE -> ", over TLS if it is offered and in clear if not";
    };
  }
}
