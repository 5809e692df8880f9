package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.examples.cli.Examination.Host;
import io.github.mtasts.examples.cli.Examination.MailHosts;
import io.github.mtasts.policy.RecordAnswer;
import java.util.List;
import java.util.Optional;

/** Finds out what a sender would do with mail for a domain. */
final class Examiner {
  private final PolicyResolver resolver;
  private final RecordAnswers answers;
  private final MailHostLookup lookup;
  private final Optional<TlsProbe> probe;

  Examiner(
      PolicyResolver resolver,
      RecordAnswers answers,
      MailHostLookup lookup,
      Optional<TlsProbe> probe) {
    this.resolver = resolver;
    this.answers = answers;
    this.lookup = lookup;
    this.probe = probe;
  }

  Examination examine(String domain) {
    Resolution resolution = resolve(domain);
    MailHosts mailHosts = lookup.hostsOf(domain);
    List<MxFinding> findings =
        mailHosts.hosts().stream().map(host -> examine(resolution, host)).toList();
    return new Examination(record(resolution), resolution, mailHosts, findings);
  }

  /** What a store remembers is served before anybody is asked; but this is a check, which asks. */
  private Resolution resolve(String domain) {
    Resolution resolution = resolver.resolve(domain);
    boolean isHearsay =
        resolution instanceof Resolution.InForce && answers.of(resolution.domain()).isEmpty();
    return isHearsay ? resolver.recheck(domain) : resolution;
  }

  private MxFinding examine(Resolution resolution, Host host) {
    MxDecision decision = resolution.decide(host.name());
    return new MxFinding(
        host.preference(), decision, probe.map(connection -> connection.probe(decision)));
  }

  /** The resolver asked once; what is no domain, or set aside by an override, not even that. */
  private RecordAnswer record(Resolution resolution) {
    return answers
        .of(resolution.domain())
        .orElseGet(
            () ->
                new RecordAnswer(
                    RecordAnswer.Status.ABSENT,
                    Optional.empty(),
                    (resolution.override().isPresent() ? "not asked for. " : "")
                        + resolution.explain()));
  }
}
