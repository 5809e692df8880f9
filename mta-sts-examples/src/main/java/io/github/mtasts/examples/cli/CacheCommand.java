// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code mta-sts cache COMMAND}: inspects and manages a policy store. */
@Command(
    name = "cache",
    mixinStandardHelpOptions = true,
    description = "Inspect and manage the policies in a store.",
    footer = {
      "",
      "Each command needs --store, the file or database in which senders keep their policies.",
      "Drivers for SQLite, PostgreSQL and MariaDB are included; add another driver with",
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
