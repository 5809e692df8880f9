// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyCacheAdmin;
import io.github.mtasts.PolicyResolver;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.json.PolicyLine;
import io.github.mtasts.store.json.PolicyLines;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code mta-sts cache import FILE}: imports policies that were exported elsewhere. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = "Import exported policies, unless the store has newer ones.")
final class CacheImportCommand implements Callable<Integer> {
  private final Terminal terminal;
  private long imported;
  private long skipped;
  private long unreadable;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final StoreOptions store = new StoreOptions();

  @Parameters(paramLabel = "FILE", description = "A file written by export; - is stdin.")
  private String file = "";

  CacheImportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException {
    store.require();
    CacheOperation operation = this::importAll;
    return operation.run(store, store.addTo(PolicyResolver.builder(), terminal), terminal);
  }

  private ExitStatus importAll(PolicyCacheAdmin cache) throws CommandException {
    new InputFile(file, terminal)
        .octets(in -> PolicyLines.read(in, line -> importFrom(cache, line)));
    if (!output.json) {
      terminal.line(
          "imported: "
              + imported
              + ", expired or not newer: "
              + skipped
              + ", unreadable: "
              + unreadable);
    }
    return unreadable == 0 ? ExitStatus.FINE : ExitStatus.WRONG;
  }

  private void importFrom(PolicyCacheAdmin cache, PolicyLine line) {
    if (line instanceof PolicyLine.Valid valid) {
      importFrom(cache, line.number(), valid.policy());
    } else {
      String reason = ((PolicyLine.Invalid) line).reason();
      unreadable++;
      terminal.error(file + ", line " + line.number() + ": " + reason);
      report(line.number(), Optional.empty(), "unreadable", Optional.of(reason));
    }
  }

  private void importFrom(PolicyCacheAdmin cache, long number, StoredPolicy policy) {
    boolean isNew = cache.importFrom(policy);
    imported += isNew ? 1 : 0;
    skipped += isNew ? 0 : 1;
    report(number, Optional.of(policy.domain()), isNew ? "imported" : "skipped", Optional.empty());
  }

  private void report(
      long number, Optional<String> domain, String outcome, Optional<String> detail) {
    if (output.json) {
      terminal.json(
          json -> {
            json.writeNumberField("line", number);
            JsonMembers.orNull(json, "domain", domain);
            json.writeStringField("outcome", outcome);
            JsonMembers.orNull(json, "detail", detail);
          });
    }
  }
}
