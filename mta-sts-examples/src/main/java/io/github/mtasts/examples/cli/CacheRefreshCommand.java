// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyCacheAdmin;
import io.github.mtasts.decision.Resolution;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code mta-sts cache refresh DOMAIN…}: fetches policies again. */
@Command(
    name = "refresh",
    mixinStandardHelpOptions = true,
    description =
        "Fetch policies now, even if the TXT record is unchanged or an earlier fetch failed.")
final class CacheRefreshCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final NetworkOptions network = new NetworkOptions();

  @Parameters(paramLabel = "DOMAIN", arity = "1..*", description = "A recipient domain.")
  private List<String> domains = List.of();

  CacheRefreshCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException {
    for (String domain : domains) {
      CheckCommand.requirePolicyDomain(domain);
    }
    network.store().require();
    CacheOperation operation = this::refresh;
    return operation.run(network.store(), network.resolver(terminal), terminal);
  }

  private ExitStatus refresh(PolicyCacheAdmin cache) {
    ResolutionReport report = new ResolutionReport(terminal, output);
    ExitStatus status = ExitStatus.FINE;
    for (String domain : domains) {
      Resolution resolution = cache.refresh(domain);
      report.show(resolution);
      status = status.and(DomainCheck.statusOf(resolution));
    }
    return status;
  }
}
