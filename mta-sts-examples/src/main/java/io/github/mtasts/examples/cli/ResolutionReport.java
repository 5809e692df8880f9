// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Resolution;
import java.time.Instant;
import java.util.Optional;

/** Shows the resolution of a domain on one line. */
final class ResolutionReport {
  private final Terminal terminal;
  private final OutputOptions output;

  ResolutionReport(Terminal terminal, OutputOptions output) {
    this.terminal = terminal;
    this.output = output;
  }

  void show(Resolution resolution) {
    if (output.json) {
      write(resolution, resolution.problem());
    } else {
      terminal.line(terminal.strong(resolution.domain()) + ": " + describe(resolution));
    }
  }

  /** Reports text that is not a domain, on stderr or as JSON on stdout. */
  void error(String where, Resolution.NoPolicy none) {
    if (output.json) {
      write(none, Optional.of(new Problem(Optional.empty(), none.detail(), Instant.now())));
    } else {
      terminal.error(where + ": " + none.detail());
    }
  }

  private void write(Resolution resolution, Optional<Problem> problem) {
    terminal.json(
        json -> {
          json.writeStringField("domain", resolution.domain());
          CheckJson.writePolicy(json, resolution);
          CheckJson.writeProblem(json, problem);
        });
  }

  private String describe(Resolution resolution) {
    boolean isFine = DomainCheck.statusOf(resolution) == ExitStatus.FINE;
    if (resolution instanceof Resolution.InForce policy && isFine) {
      return terminal.good(policy.published().mode().label())
          + ", "
          + CheckJson.label(policy.source())
          + ", until "
          + policy.expiresAt();
    }
    String explanation = resolution.explain();
    return isFine ? Terminal.visible(explanation) : terminal.bad(explanation);
  }
}
