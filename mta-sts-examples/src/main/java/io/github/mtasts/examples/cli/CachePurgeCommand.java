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

/** {@code mta-sts cache purge DOMAIN…|--all}: forgets policies. */
@Command(
    name = "purge",
    mixinStandardHelpOptions = true,
    description = "Forget policies; the next message is a first contact again.",
    footer = {
      "",
      "Senders that are running keep what they have in memory. To set a domain aside, use an",
      "override; to learn a policy that has changed, use refresh."
    })
final class CachePurgeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final StoreOptions store = new StoreOptions();

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Given given = new Given();

  /** Either domains, or expressly all. */
  static final class Given {
    @Parameters(paramLabel = "DOMAIN", arity = "1..*", description = "A domain to forget.")
    private List<String> domains = List.of();

    @Option(names = "--all", required = true, description = "Forget every domain.")
    private boolean all;
  }

  CachePurgeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Complaint {
    for (String domain : given.domains) {
      CheckCommand.requirePolicyDomain(domain);
    }
    store.requireFile();
    CacheOperation operation = given.all ? this::purgeAll : this::purgeGiven;
    return operation.run(store, store.addTo(PolicyResolver.builder(), terminal), terminal);
  }

  private ExitStatus purgeGiven(PolicyCacheAdmin cache) {
    for (String domain : given.domains) {
      boolean purged = cache.purge(domain);
      if (output.json) {
        terminal.json(
            json -> {
              json.writeStringField("domain", domain);
              json.writeBooleanField("purged", purged);
            });
      } else {
        terminal.line(terminal.strong(domain) + (purged ? ": forgotten" : ": was not known"));
      }
    }
    return ExitStatus.FINE;
  }

  private ExitStatus purgeAll(PolicyCacheAdmin cache) {
    long purged = cache.purgeAll();
    if (output.json) {
      terminal.json(json -> json.writeNumberField("purged", purged));
    } else {
      terminal.line("forgotten: " + purged);
    }
    return ExitStatus.FINE;
  }
}
