// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.examples.cli.DomainCheck.Host;
import io.github.mtasts.examples.cli.DomainCheck.MxHosts;
import io.github.mtasts.policy.RecordAnswer;
import java.util.List;
import java.util.Optional;

/** Checks what a sender would do with mail for a domain. */
final class DomainChecker {
  private final PolicyResolver resolver;
  private final RecordAnswers answers;
  private final MxHostLookup lookup;
  private final Optional<TlsProbe> probe;

  DomainChecker(
      PolicyResolver resolver,
      RecordAnswers answers,
      MxHostLookup lookup,
      Optional<TlsProbe> probe) {
    this.resolver = resolver;
    this.answers = answers;
    this.lookup = lookup;
    this.probe = probe;
  }

  DomainCheck check(String domain) {
    Resolution resolution = resolve(domain);
    MxHosts mxHosts = lookup.hostsOf(domain);
    List<MxCheck> mx = mxHosts.hosts().stream().map(host -> check(resolution, host)).toList();
    return new DomainCheck(record(resolution), resolution, mxHosts, mx);
  }

  /** Returns a fresh answer: a stored policy would be served without a DNS lookup. */
  private Resolution resolve(String domain) {
    Resolution resolution = resolver.resolve(domain);
    boolean isUnchecked =
        resolution instanceof Resolution.InForce && answers.of(resolution.domain()).isEmpty();
    return isUnchecked ? resolver.recheck(domain) : resolution;
  }

  private MxCheck check(Resolution resolution, Host host) {
    MxDecision decision = resolution.decide(host.name());
    return new MxCheck(
        host.preference(), decision, probe.map(connection -> connection.probe(decision)));
  }

  /** Returns the resolver's DNS answer; without one, the reason why there was no lookup. */
  private RecordAnswer record(Resolution resolution) {
    return answers.of(resolution.domain()).orElseGet(() -> notLookedUp(resolution));
  }

  private static RecordAnswer notLookedUp(Resolution resolution) {
    return resolution instanceof Resolution.Undetermined
        ? RecordAnswer.unavailable("not looked up")
        : new RecordAnswer(
            RecordAnswer.Status.ABSENT,
            Optional.empty(),
            (resolution.override().isPresent() ? "not looked up. " : "") + resolution.explain());
  }
}
