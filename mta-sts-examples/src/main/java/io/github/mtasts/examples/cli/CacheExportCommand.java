// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyCacheAdmin;
import io.github.mtasts.PolicyResolver;
import io.github.mtasts.store.json.PolicyLines;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code mta-sts cache export [FILE]}: writes the unexpired policies as JSON Lines. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Write the unexpired policies as JSON, one per line, for import elsewhere.")
final class CacheExportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final StoreOptions store = new StoreOptions();

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      defaultValue = "-",
      description = "The output file, replaced after everything is written; default or -: stdout.")
  private String file = "-";

  CacheExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException {
    store.requireFile();
    CacheOperation operation = file.equals("-") ? this::toStdout : this::toFile;
    return operation.run(store, store.addTo(PolicyResolver.builder(), terminal), terminal);
  }

  private ExitStatus toStdout(PolicyCacheAdmin cache) {
    cache.exportTo(policy -> terminal.out().print(PolicyLines.write(policy) + "\n"));
    terminal.out().flush();
    return ExitStatus.FINE;
  }

  private ExitStatus toFile(PolicyCacheAdmin cache) throws CommandException {
    long written;
    try (OutputFile out = new OutputFile(file)) {
      written = cache.exportTo(policy -> out.line(PolicyLines.write(policy)));
      out.finish();
    }
    if (output.json) {
      terminal.json(
          json -> {
            json.writeStringField("file", file);
            json.writeNumberField("exported", written);
          });
    } else {
      terminal.line("exported to " + terminal.strong(file) + ": " + written);
    }
    return ExitStatus.FINE;
  }
}
