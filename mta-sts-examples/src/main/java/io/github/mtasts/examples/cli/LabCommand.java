// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.examples.lab.Lab;
import io.github.mtasts.examples.lab.ScenarioGroup;
import io.github.mtasts.examples.lab.ScenarioRun;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mta-sts lab}: shows MTA-STS under attack in a simulated network. */
@Command(
    name = "lab",
    mixinStandardHelpOptions = true,
    description =
        "Run MTA-STS scenarios in a simulated network in this process; no network is used.")
final class LabCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();

  LabCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Lab.Summary summary = new Lab().run(output.json ? new Json() : new Text());
    if (!output.json) {
      showSummary(summary);
    }
    return (summary.failed() == 0 ? ExitStatus.FINE : ExitStatus.WRONG).code();
  }

  private void showSummary(Lab.Summary summary) {
    terminal.line("");
    terminal.line(
        summary.failed() == 0
            ? terminal.good("✓ all " + summary.total() + " scenarios ended as expected")
            : terminal.bad(
                "✗ "
                    + summary.failed()
                    + " of "
                    + summary.total()
                    + " scenarios did not end as"
                    + " expected"));
  }

  /** Writes JSON. */
  private final class Json implements Lab.Listener {
    @Override
    public void group(ScenarioGroup group) {}

    @Override
    public void scenario(ScenarioRun run) {
      terminal.json(
          json -> {
            json.writeStringField("scenario", run.scenario().name());
            json.writeStringField("expected", run.scenario().expected().text());
            json.writeStringField("seen", run.seen());
            json.writeBooleanField("ok", run.ok());
          });
    }
  }

  /** Writes text. */
  private final class Text implements Lab.Listener {
    private static final int WIDTH = 92;

    Text() {
      Lab.INTRODUCTION.lines().forEach(terminal::line);
    }

    @Override
    public void group(ScenarioGroup group) {
      terminal.line("");
      terminal.line(terminal.strong(group.title()));
      paragraph("", "", group.introduction());
    }

    @Override
    public void scenario(ScenarioRun run) {
      terminal.line("");
      String name = run.scenario().name();
      terminal.line(run.ok() ? terminal.good("✓ " + name) : terminal.bad("✗ " + name));
      paragraph("  ", "  ", run.scenario().description());
      run.log().forEach(entry -> paragraph("  sender    ", "            ", entry));
      paragraph("  expected  ", "            ", run.scenario().expected().text());
      paragraph("  seen      ", "            ", run.seen());
    }

    private void paragraph(String first, String next, String text) {
      StringBuilder line = new StringBuilder(first);
      int indent = first.length();
      for (String word : Terminal.visible(text).split(" ", -1)) {
        if (line.length() > indent && line.length() + 1 + word.length() > WIDTH) {
          terminal.line(line.toString());
          line = new StringBuilder(next);
          indent = next.length();
        }
        line.append(line.length() > indent ? " " : "").append(word);
      }
      terminal.line(line.toString());
    }
  }
}
