// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicySyntaxException;
import io.github.mtasts.policy.Reading;

/** Reads a policy from a file as from a policy host. */
final class PolicyFile {
  /** The maximum size of a policy. RFC 8461 §3.3 */
  private static final int MAX_OCTETS = 65536;

  private PolicyFile() {}

  static Policy parse(InputFile file, Reading reading)
      throws CommandException, PolicySyntaxException {
    byte[] body = file.read(MAX_OCTETS + 1);
    if (body.length > MAX_OCTETS) {
      throw new PolicySyntaxException(
          0,
          "",
          "RFC 8461 §3.3",
          "policy file: expected at most " + MAX_OCTETS + " octets, found more; shorten it");
    }
    return Policy.parse(body, reading);
  }

  /** Returns the error on one line, with the RFC section. */
  static String describe(PolicySyntaxException e) {
    return e.getMessage() + " (" + e.section() + ")";
  }
}
