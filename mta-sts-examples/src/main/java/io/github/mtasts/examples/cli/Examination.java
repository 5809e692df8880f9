package io.github.mtasts.examples.cli;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.RecordAnswer;
import io.github.mtasts.policy.StsRecord;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Everything that was found out about one domain.
 *
 * @param record what the TXT record said
 * @param resolution the policy, or why there is none
 * @param mailHosts the outcome of the MX lookup
 * @param mx the MX hosts, in the order in which a sender tries them
 */
record Examination(
    RecordAnswer record, Resolution resolution, MailHosts mailHosts, List<MxFinding> mx) {

  String domain() {
    return resolution.domain();
  }

  /** What was forgiven, and what stands beside the policy. */
  List<String> warnings() {
    Stream<String> ofRecord = record.record().map(StsRecord::warnings).orElse(List.of()).stream();
    Stream<String> ofPolicy = resolution.policy().map(Policy::warnings).orElse(List.of()).stream();
    return Stream.of(ofRecord, ofPolicy, mailHosts.trouble().stream())
        .flatMap(warnings -> warnings)
        .toList();
  }

  /** Whether DNS answered nothing at all. */
  boolean hasNoNetwork() {
    return record.status() == RecordAnswer.Status.UNAVAILABLE
        && mailHosts.status() == ExitStatus.TEMPORARY;
  }

  ExitStatus status() {
    return Stream.of(statusOfRecord(), statusOf(resolution), mailHosts.status(), statusOfMx())
        .reduce(ExitStatus.FINE, ExitStatus::and);
  }

  private ExitStatus statusOfRecord() {
    return switch (record.status()) {
      case FOUND, ABSENT -> ExitStatus.FINE;
      case INVALID -> ExitStatus.WRONG;
      case UNAVAILABLE -> ExitStatus.TEMPORARY;
    };
  }

  /** What it means for the exit status that this is what is known of a policy. */
  static ExitStatus statusOf(Resolution resolution) {
    if (resolution instanceof Resolution.NoPolicy none) {
      return switch (none.reason()) {
        case NO_RECORD, NOT_A_DOMAIN, OVERRIDDEN -> ExitStatus.FINE;
        case INVALID_RECORD, FETCH_FAILED, INVALID_POLICY -> ExitStatus.WRONG;
        case DNS_UNAVAILABLE -> ExitStatus.TEMPORARY;
      };
    }
    return resolution.problem().isPresent() ? ExitStatus.TEMPORARY : ExitStatus.FINE;
  }

  private ExitStatus statusOfMx() {
    return mx.stream().map(MxFinding::status).reduce(ExitStatus.FINE, ExitStatus::and);
  }

  /**
   * The MX hosts of a domain.
   *
   * @param hosts in the order of preference
   * @param trouble why there is none
   * @param status what that means
   */
  record MailHosts(List<Host> hosts, Optional<String> trouble, ExitStatus status) {}

  /**
   * One MX host.
   *
   * @param preference as in the MX record
   * @param name as in the MX record
   */
  record Host(Optional<Integer> preference, String name) {}
}
