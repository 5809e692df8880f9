// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyCacheAdmin;
import io.github.mtasts.PolicyResolver;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mta-sts cache purge DOMAIN…|--all}: removes policies from a store. */
@Command(
    name = "purge",
    mixinStandardHelpOptions = true,
    description = "Remove policies from a store; the next message starts with a new lookup.",
    footer = {
      "",
      "Running senders keep the policies that they have in memory. To ignore the policy of a",
      "domain, use an override. To fetch a changed policy, use refresh."
    })
final class CachePurgeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final StoreOptions store = new StoreOptions();

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Input input = new Input();

  /** Either domains or {@code --all}. */
  static final class Input {
    @Parameters(paramLabel = "DOMAIN", arity = "1..*", description = "A domain to remove.")
    private List<String> domains = List.of();

    @Option(names = "--all", required = true, description = "Remove every domain.")
    private boolean all;
  }

  CachePurgeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException {
    for (String domain : input.domains) {
      CheckCommand.requirePolicyDomain(domain);
    }
    store.requireFile();
    CacheOperation operation = input.all ? this::purgeAll : this::purgeDomains;
    return operation.run(store, store.addTo(PolicyResolver.builder(), terminal), terminal);
  }

  private ExitStatus purgeDomains(PolicyCacheAdmin cache) {
    for (String domain : input.domains) {
      boolean purged = cache.purge(domain);
      if (output.json) {
        terminal.json(
            json -> {
              json.writeStringField("domain", domain);
              json.writeBooleanField("purged", purged);
            });
      } else {
        terminal.line(terminal.strong(domain) + (purged ? ": removed" : ": not in the store"));
      }
    }
    return ExitStatus.FINE;
  }

  private ExitStatus purgeAll(PolicyCacheAdmin cache) {
    long purged = cache.purgeAll();
    if (output.json) {
      terminal.json(json -> json.writeNumberField("purged", purged));
    } else {
      terminal.line("removed: " + purged);
    }
    return ExitStatus.FINE;
  }
}
