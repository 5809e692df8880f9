// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyCacheAdmin;
import io.github.mtasts.PolicyCacheAdmin.Progress;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.Excerpt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mta-sts cache warm -f FILE}: fetches policies before they are needed. */
@Command(
    name = "warm",
    mixinStandardHelpOptions = true,
    description =
        "Look up many domains, so that their policies are stored before the first message.")
final class CacheWarmCommand implements Callable<Integer> {
  private static final int LONGEST_NAME = 40;

  private final Terminal terminal;
  private ExitStatus status = ExitStatus.FINE;
  private int policies;
  private int notDomains;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final NetworkOptions network = new NetworkOptions();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      required = true,
      description = "The domains, one per line; - is stdin.")
  private String file = "";

  @Option(
      names = "--rate",
      paramLabel = "N",
      converter = Rate.class,
      description = "Start at most N lookups per second; default 10.")
  private int rate = 10;

  CacheWarmCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException {
    network.store().require();
    List<String> domains = new ArrayList<>();
    new InputFile(file, terminal).eachLine((number, line) -> domains.add(line.strip()));
    CacheOperation operation = cache -> warm(cache, domains);
    return operation.run(network.store(), network.resolver(terminal), terminal);
  }

  private ExitStatus warm(PolicyCacheAdmin cache, List<String> domains) {
    ProgressBar bar = new ProgressBar(terminal, output);
    ResolutionReport report = new ResolutionReport(terminal, output);
    bar.show(0, Math.max(1, domains.size()), "");
    cache.warm(domains, rate, progress -> show(progress, bar, report));
    bar.clear();
    if (!output.json) {
      terminal.line(
          "looked up: "
              + (domains.size() - notDomains)
              + ", with a policy: "
              + policies
              + (notDomains == 0 ? "" : ", not a domain: " + notDomains));
    }
    return status;
  }

  /** Called for one domain at a time. While a bar is shown, only problems are printed. */
  private void show(Progress progress, ProgressBar bar, ResolutionReport report) {
    Resolution resolution = progress.resolution();
    Optional<Resolution.NoPolicy> notADomain = notADomain(progress);
    ExitStatus domainStatus =
        notADomain.isPresent() ? ExitStatus.WRONG : DomainCheck.statusOf(resolution);
    status = status.and(domainStatus);
    policies += resolution.policy().isPresent() ? 1 : 0;
    notDomains += notADomain.isPresent() ? 1 : 0;
    if (!bar.isShown() || domainStatus != ExitStatus.FINE) {
      bar.clear();
      notADomain.ifPresentOrElse(none -> report.error(file, none), () -> report.show(resolution));
    }
    bar.show(progress.done(), progress.of(), Excerpt.of(progress.domain(), LONGEST_NAME));
  }

  /**
   * Returns the answer for a line that is not a domain; address literals are allowed, as in check.
   */
  private static Optional<Resolution.NoPolicy> notADomain(Progress progress) {
    return progress.resolution() instanceof Resolution.NoPolicy none
            && none.reason() == Resolution.Reason.NOT_A_DOMAIN
            && !progress.domain().startsWith("[")
        ? Optional.of(none)
        : Optional.empty();
  }

  /** Parses a rate per second. */
  static final class Rate implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return NetworkOptions.number(text, "a rate", 1_000);
    }
  }
}
