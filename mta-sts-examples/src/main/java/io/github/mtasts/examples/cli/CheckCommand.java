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

/** {@code mta-sts check DOMAIN…}: what would a sender do with mail for these domains? */
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
  private Given given = new Given();

  @Option(
      names = "--mx",
      paramLabel = "HOST",
      description = "Judge this MX host instead of looking up the domain's.")
  private Optional<String> mx = Optional.empty();

  @Option(names = "--probe", description = "Try STARTTLS on each MX host; no mail is sent.")
  private boolean probe;

  /** Either domains, or a file of them. */
  static final class Given {
    @Parameters(paramLabel = "DOMAIN", arity = "1..*", description = "A recipient's domain.")
    private List<String> domains = List.of();

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "Many domains, one a line; - is stdin.")
    private Optional<String> file = Optional.empty();
  }

  CheckCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Complaint {
    for (String domain : given.domains) {
      requireName(domain);
    }
    RecordAnswers answers = new RecordAnswers();
    try (network;
        PolicyResolver resolver = network.resolver(terminal).listener(answers).build();
        DnsClient dns = network.dnsClient()) {
      Examiner examiner =
          new Examiner(
              resolver,
              answers,
              mx.map(MailHostLookup::fixed).orElseGet(() -> MailHostLookup.in(new MxLookup(dns))),
              probe ? Optional.of(network.probe(dns)) : Optional.empty());
      examineAll(examiner);
    }
    return status.code();
  }

  private void examineAll(Examiner examiner) throws Complaint {
    if (given.file.isPresent()) {
      new InputFile(given.file.get(), terminal)
          .eachLine((number, line) -> report(examiner.examine(line.strip())));
    } else {
      given.domains.forEach(domain -> report(examiner.examine(domain)));
    }
  }

  private void report(Examination examination) {
    if (output.json) {
      terminal.json(json -> ExaminationJson.write(json, examination));
    }
    if (examination.hasNoNetwork()) {
      terminal.complain(
          examination.domain()
              + ": DNS does not answer; is there a network? --dns HOST:PORT names another server");
    } else if (!output.json) {
      new ExaminationText(terminal).show(examination);
    }
    status = status.and(examination.status());
  }

  /** Complains of what can have no policy, and nothing stored of one. */
  static void requirePolicyDomain(String domain) throws Complaint {
    try {
      DomainNames.parsePolicyDomain(domain);
    } catch (IllegalArgumentException notAPolicyDomain) {
      throw Complaint.usage(String.valueOf(notAPolicyDomain.getMessage()));
    }
  }

  /** A slip of the pen is told at once; an address literal is an answer like any other. */
  static void requireName(String domain) throws Complaint {
    try {
      if (!domain.startsWith("[")) {
        DomainNames.parse(domain);
      }
    } catch (IllegalArgumentException notAName) {
      throw Complaint.usage(String.valueOf(notAName.getMessage()));
    }
  }
}
