// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.DomainNames;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.MxLookup;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mta-sts check DOMAIN…}: shows what a sender would do with mail for these domains. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Show, step by step, what a sender would do with mail for a domain.")
final class CheckCommand implements Callable<Integer> {
  private final Terminal terminal;
  private ExitStatus status = ExitStatus.FINE;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final NetworkOptions network = new NetworkOptions();

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Input input = new Input();

  @Option(
      names = "--mx",
      paramLabel = "HOST",
      description = "Check this MX host instead of looking up the domain's MX hosts.")
  private Optional<String> mx = Optional.empty();

  @Option(names = "--probe", description = "Try STARTTLS on each MX host; no mail is sent.")
  private boolean probe;

  /** Either domains or a file of domains. */
  static final class Input {
    @Parameters(paramLabel = "DOMAIN", arity = "1..*", description = "A recipient domain.")
    private List<String> domains = List.of();

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "A file with one domain per line; - is stdin.")
    private Optional<String> file = Optional.empty();
  }

  CheckCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException {
    for (String domain : input.domains) {
      requireName(domain);
    }
    try (network;
        DnsClient dns = network.dnsClient();
        RecordAnswers answers = new RecordAnswers(dns);
        PolicyResolver resolver = network.resolver(terminal, answers).build()) {
      DomainChecker checker =
          new DomainChecker(
              resolver,
              answers,
              mx.map(MxHostLookup::fixed).orElseGet(() -> MxHostLookup.in(new MxLookup(dns))),
              probe ? Optional.of(network.probe(dns)) : Optional.empty());
      checkAll(checker);
    }
    return status.code();
  }

  private void checkAll(DomainChecker checker) throws CommandException {
    if (input.file.isPresent()) {
      new InputFile(input.file.get(), terminal)
          .eachLine((number, line) -> report(checker.check(line.strip())));
    } else {
      input.domains.forEach(domain -> report(checker.check(domain)));
    }
  }

  private void report(DomainCheck check) {
    if (output.json) {
      terminal.json(json -> CheckJson.write(json, check));
    }
    if (check.hasNoNetwork()) {
      terminal.error(
          check.domain() + ": DNS does not answer; check the network, or use --dns HOST:PORT");
    } else if (!output.json) {
      new CheckText(terminal).show(check);
    }
    status = status.and(check.status());
  }

  /** Refuses a name that cannot be a policy domain. */
  static void requirePolicyDomain(String domain) throws CommandException {
    try {
      DomainNames.parsePolicyDomain(domain);
    } catch (IllegalArgumentException notAPolicyDomain) {
      throw CommandException.usage(String.valueOf(notAPolicyDomain.getMessage()));
    }
  }

  /** Refuses an invalid domain name; an address literal is allowed. */
  static void requireName(String domain) throws CommandException {
    try {
      if (!domain.startsWith("[")) {
        DomainNames.parse(domain);
      }
    } catch (IllegalArgumentException notAName) {
      throw CommandException.usage(String.valueOf(notAName.getMessage()));
    }
  }
}
