package io.github.mtasts.examples.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code mta-sts cache COMMAND}: what senders remember, for those who operate them. */
@Command(
    name = "cache",
    mixinStandardHelpOptions = true,
    description = "Look at the policies in a store, and look after them.",
    footer = {
      "",
      "Each command wants --store, the database in which senders keep their policies.",
      "An H2 file is open in one process at a time, unless its URL says AUTO_SERVER=TRUE.",
      "Drivers for H2, SQLite, PostgreSQL and MariaDB are included; another is added by",
      "  java -cp mta-sts.jar:DRIVER.jar io.github.mtasts.examples.cli.Main cache ..."
    })
final class CacheCommand {

  static CommandLine with(Terminal terminal) {
    return new CommandLine(new CacheCommand())
        .addSubcommand(new CacheListCommand(terminal))
        .addSubcommand(new CacheShowCommand(terminal))
        .addSubcommand(new CachePurgeCommand(terminal))
        .addSubcommand(new CacheRefreshCommand(terminal))
        .addSubcommand(new CacheExportCommand(terminal))
        .addSubcommand(new CacheImportCommand(terminal))
        .addSubcommand(new CacheWarmCommand(terminal));
  }
}
