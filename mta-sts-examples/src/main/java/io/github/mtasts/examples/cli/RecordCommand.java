// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.mtasts.policy.RecordAnswer;
import io.github.mtasts.policy.StsRecord;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mta-sts record TXT…}: shows whether TXT records announce a policy. */
@Command(
    name = "record",
    mixinStandardHelpOptions = true,
    description = "Evaluate the TXT records at _mta-sts, taken together as one answer.")
final class RecordCommand implements Callable<Integer> {
  private final Terminal terminal;
  private ExitStatus status = ExitStatus.FINE;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ReadingOptions reading = new ReadingOptions();

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Input input = new Input();

  /** Either records or a file with many sets of records. */
  static final class Input {
    @Parameters(paramLabel = "TXT", arity = "1..*", description = "The text of one TXT record.")
    private List<String> records = List.of();

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "A file with one answer per line, each a JSON array of strings; - is stdin.")
    private Optional<String> file = Optional.empty();
  }

  RecordCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException {
    if (input.file.isPresent()) {
      String name = input.file.get();
      new InputFile(name, terminal)
          .eachLine((number, line) -> evaluate(JsonStrings.parse(name, number, line)));
    } else {
      evaluate(input.records);
    }
    return status.code();
  }

  private void evaluate(List<String> records) {
    RecordAnswer answer = RecordAnswer.evaluate(records, reading.reading());
    if (output.json) {
      terminal.json(json -> write(json, answer));
    } else {
      show(answer);
    }
    if (answer.status() == RecordAnswer.Status.INVALID) {
      status = status.and(ExitStatus.WRONG);
    }
  }

  /** Writes the members of the object {@code record}, also for the command {@code check}. */
  static void write(JsonGenerator json, RecordAnswer answer) throws IOException {
    json.writeStringField("status", label(answer.status()));
    JsonMembers.orNull(json, "id", answer.record().map(StsRecord::id));
    json.writeStringField("detail", answer.detail());
  }

  private void show(RecordAnswer answer) {
    String label = Terminal.padded(label(answer.status()), 9);
    String shown =
        switch (answer.status()) {
          case FOUND -> terminal.good(label);
          case ABSENT -> terminal.warning(label);
          case INVALID, UNAVAILABLE -> terminal.bad(label);
        };
    terminal.line(shown + Terminal.visible(answer.detail()));
    answer.record().map(StsRecord::warnings).orElse(List.of()).stream()
        .map(terminal::warning)
        .forEach(warning -> terminal.entry("warning", warning));
  }

  static String label(RecordAnswer.Status status) {
    return status.name().toLowerCase(Locale.ROOT);
  }
}
