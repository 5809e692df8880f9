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

/** {@code mta-sts cache warm -f FILE}: learns policies before they are needed. */
@Command(
    name = "warm",
    mixinStandardHelpOptions = true,
    description = "Look many domains up, so that the first message to them is no first contact.")
final class CacheWarmCommand implements Callable<Integer> {
  private static final int LONGEST_NAME = 40;

  private final Terminal terminal;
  private ExitStatus status = ExitStatus.FINE;
  private int policies;
  private int noDomains;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final NetworkOptions network = new NetworkOptions();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      required = true,
      description = "The domains, one a line; - is stdin.")
  private String file = "";

  @Option(
      names = "--rate",
      paramLabel = "N",
      converter = Rate.class,
      description = "Begin with so many a second at most; default 10.")
  private int rate = 10;

  CacheWarmCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Complaint {
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
    cache.warm(domains, rate, progress -> tell(progress, bar, report));
    bar.clear();
    if (!output.json) {
      terminal.line(
          "looked up: "
              + (domains.size() - noDomains)
              + ", with a policy: "
              + policies
              + (noDomains == 0 ? "" : ", no domain: " + noDomains));
    }
    return status;
  }

  /** Called for one domain at a time. A bar leaves no room for what is as it should be. */
  private void tell(Progress progress, ProgressBar bar, ResolutionReport report) {
    Resolution resolution = progress.resolution();
    Optional<Resolution.NoPolicy> noDomain = noDomain(progress);
    ExitStatus outcome = noDomain.isPresent() ? ExitStatus.WRONG : Examination.statusOf(resolution);
    status = status.and(outcome);
    policies += resolution.policy().isPresent() ? 1 : 0;
    noDomains += noDomain.isPresent() ? 1 : 0;
    if (!bar.isShown() || outcome != ExitStatus.FINE) {
      bar.clear();
      noDomain.ifPresentOrElse(none -> report.complain(file, none), () -> report.show(resolution));
    }
    bar.show(progress.done(), progress.of(), Excerpt.of(progress.domain(), LONGEST_NAME));
  }

  /** An address literal is none either, but may stand where domains stand, as for check. */
  private static Optional<Resolution.NoPolicy> noDomain(Progress progress) {
    return progress.resolution() instanceof Resolution.NoPolicy none
            && none.reason() == Resolution.Reason.NOT_A_DOMAIN
            && !progress.domain().startsWith("[")
        ? Optional.of(none)
        : Optional.empty();
  }

  /** Reads how many a second. */
  static final class Rate implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return NetworkOptions.number(text, "a rate", 1_000);
    }
  }
}
