package io.github.mtasts.examples.cli;

import io.github.mtasts.Resolution;

/** Shows what is known of a domain, on one line. */
final class ResolutionReport {
  private final Terminal terminal;
  private final OutputOptions output;

  ResolutionReport(Terminal terminal, OutputOptions output) {
    this.terminal = terminal;
    this.output = output;
  }

  void show(Resolution resolution) {
    if (output.json) {
      terminal.json(
          json -> {
            json.writeStringField("domain", resolution.domain());
            ExaminationJson.writePolicy(json, resolution);
            ExaminationJson.writeProblem(json, resolution.problem());
          });
    } else {
      terminal.line(terminal.strong(resolution.domain()) + ": " + describe(resolution));
    }
  }

  private String describe(Resolution resolution) {
    boolean isFine = Examination.statusOf(resolution) == ExitStatus.FINE;
    if (resolution instanceof Resolution.InForce policy && isFine) {
      return terminal.good(policy.inForce().mode().label())
          + ", "
          + ExaminationJson.label(policy.source())
          + ", until "
          + policy.expiresAt();
    }
    String explanation = resolution.explain();
    return isFine ? Terminal.visible(explanation) : terminal.bad(explanation);
  }
}
