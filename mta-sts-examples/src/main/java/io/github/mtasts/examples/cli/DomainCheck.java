// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.RecordAnswer;
import io.github.mtasts.policy.StsRecord;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The result of a check of one domain.
 *
 * @param record the TXT record
 * @param resolution the policy, or why there is none
 * @param mxHosts the result of the MX lookup
 * @param mx the checks of the MX hosts, in the order in which a sender tries them
 */
record DomainCheck(RecordAnswer record, Resolution resolution, MxHosts mxHosts, List<MxCheck> mx) {

  String domain() {
    return resolution.domain();
  }

  /** Returns tolerated syntax errors and problems of the MX lookup. */
  List<String> warnings() {
    Stream<String> ofRecord = record.record().map(StsRecord::warnings).orElse(List.of()).stream();
    Stream<String> ofPolicy = resolution.policy().map(Policy::warnings).orElse(List.of()).stream();
    return Stream.of(ofRecord, ofPolicy, mxHosts.problem().stream())
        .flatMap(warnings -> warnings)
        .toList();
  }

  /** Returns whether DNS answered neither the record lookup nor the MX lookup. */
  boolean hasNoNetwork() {
    boolean isOtherTrouble =
        resolution instanceof Resolution.Undetermined unknown
            && unknown.cause() != Resolution.Undetermined.Cause.DNS_UNAVAILABLE;
    return !isOtherTrouble
        && record.status() == RecordAnswer.Status.UNAVAILABLE
        && mxHosts.status() == ExitStatus.TEMPORARY;
  }

  ExitStatus status() {
    return Stream.of(statusOfRecord(), statusOf(resolution), mxHosts.status(), statusOfMx())
        .reduce(ExitStatus.FINE, ExitStatus::and);
  }

  private ExitStatus statusOfRecord() {
    return switch (record.status()) {
      case FOUND, ABSENT -> ExitStatus.FINE;
      case INVALID -> ExitStatus.WRONG;
      case UNAVAILABLE -> ExitStatus.TEMPORARY;
    };
  }

  /** Returns the exit status for a resolution. */
  static ExitStatus statusOf(Resolution resolution) {
    if (resolution instanceof Resolution.NoPolicy none) {
      return switch (none.reason()) {
        case NO_RECORD, NOT_A_DOMAIN, OVERRIDDEN -> ExitStatus.FINE;
        case INVALID_RECORD, FETCH_FAILED, INVALID_POLICY -> ExitStatus.WRONG;
      };
    }
    return resolution.problem().isPresent() ? ExitStatus.TEMPORARY : ExitStatus.FINE;
  }

  private ExitStatus statusOfMx() {
    return mx.stream().map(MxCheck::status).reduce(ExitStatus.FINE, ExitStatus::and);
  }

  /**
   * The MX hosts of a domain.
   *
   * @param hosts in order of preference
   * @param problem why there are none
   * @param status the exit status of the lookup
   */
  record MxHosts(List<Host> hosts, Optional<String> problem, ExitStatus status) {}

  /**
   * One MX host.
   *
   * @param preference as in the MX record
   * @param name as in the MX record
   */
  record Host(Optional<Integer> preference, String name) {}
}
