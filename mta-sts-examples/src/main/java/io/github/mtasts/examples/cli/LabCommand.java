package io.github.mtasts.examples.cli;

import io.github.mtasts.examples.lab.Chapter;
import io.github.mtasts.examples.lab.Lab;
import io.github.mtasts.examples.lab.Played;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mta-sts lab}: the whole of MTA-STS in a small internet inside this process. */
@Command(
    name = "lab",
    mixinStandardHelpOptions = true,
    description = "Play MTA-STS in a small internet inside this process; no network is used.")
final class LabCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();

  LabCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Lab.Score score = new Lab().play(output.json ? new Json() : new Story());
    if (!output.json) {
      conclude(score);
    }
    return (score.failed() == 0 ? ExitStatus.FINE : ExitStatus.WRONG).code();
  }

  private void conclude(Lab.Score score) {
    terminal.line("");
    terminal.line(
        score.failed() == 0
            ? terminal.good("✓ all " + score.played() + " scenarios ended as expected")
            : terminal.bad(
                "✗ "
                    + score.failed()
                    + " of "
                    + score.played()
                    + " scenarios did not end as"
                    + " expected"));
  }

  /** For scripts. */
  private final class Json implements Lab.Audience {
    @Override
    public void chapter(Chapter chapter) {}

    @Override
    public void scenario(Played played) {
      terminal.json(
          json -> {
            json.writeStringField("scenario", played.scenario().name());
            json.writeStringField("expected", played.scenario().expected().text());
            json.writeStringField("seen", played.seen());
            json.writeBooleanField("ok", played.ok());
          });
    }
  }

  /** For people. */
  private final class Story implements Lab.Audience {
    private static final int WIDTH = 92;

    Story() {
      Lab.INTRODUCTION.lines().forEach(terminal::line);
    }

    @Override
    public void chapter(Chapter chapter) {
      terminal.line("");
      terminal.line(terminal.strong(chapter.title()));
      paragraph("", "", chapter.introduction());
    }

    @Override
    public void scenario(Played played) {
      terminal.line("");
      String name = played.scenario().name();
      terminal.line(played.ok() ? terminal.good("✓ " + name) : terminal.bad("✗ " + name));
      paragraph("  ", "  ", played.scenario().plot());
      played.journal().forEach(entry -> paragraph("  sender    ", "            ", entry));
      paragraph("  expected  ", "            ", played.scenario().expected().text());
      paragraph("  seen      ", "            ", played.seen());
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
