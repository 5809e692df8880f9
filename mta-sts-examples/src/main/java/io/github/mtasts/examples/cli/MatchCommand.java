// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.decision.DomainNames;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicySyntaxException;
import io.github.mtasts.policy.Reading;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mta-sts match --policy FILE HOST…}: shows whether a policy lists these MX hosts. */
@Command(
    name = "match",
    mixinStandardHelpOptions = true,
    description = "Show whether a policy lists MX hosts, and by which pattern.")
final class MatchCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      required = true,
      description = "The policy file; - is stdin.")
  private String policyFile = "";

  @Parameters(paramLabel = "HOST", arity = "1..*", description = "An MX host.")
  private List<String> hosts = List.of();

  MatchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException {
    Policy policy = policy();
    ExitStatus status = ExitStatus.FINE;
    for (String host : hosts) {
      status = status.and(match(policy, host));
    }
    return status.code();
  }

  private Policy policy() throws CommandException {
    try {
      return PolicyFile.parse(new InputFile(policyFile, terminal), Reading.TOLERANT);
    } catch (PolicySyntaxException e) {
      throw CommandException.wrong(policyFile + ": not a policy: " + PolicyFile.describe(e));
    }
  }

  private ExitStatus match(Policy policy, String host) {
    Optional<String> pattern = name(host).flatMap(policy::match).map(MxPattern::text);
    if (output.json) {
      terminal.json(
          json -> {
            json.writeStringField("mx", host);
            json.writeBooleanField("listed", pattern.isPresent());
            JsonMembers.orNull(json, "pattern", pattern);
          });
    } else {
      terminal.line(
          terminal.strong(host)
              + ": "
              + pattern
                  .map(p -> terminal.good("listed") + " by " + p)
                  .orElseGet(() -> terminal.bad("not listed")));
    }
    return pattern.isPresent() ? ExitStatus.FINE : ExitStatus.WRONG;
  }

  /** Parses a host; an MX record can hold an invalid name, which is never listed. */
  private static Optional<DomainName> name(String host) {
    try {
      return Optional.of(DomainNames.parse(host));
    } catch (IllegalArgumentException notAName) {
      return Optional.empty();
    }
  }
}
