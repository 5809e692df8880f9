package io.github.mtasts.examples.cli;

import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicySyntaxException;
import io.github.mtasts.policy.Reading;

/** Reads a policy out of a file, as it would be read from a policy host. */
final class PolicyFile {
  /** What a policy host may send at most. RFC 8461 §3.3 */
  private static final int LARGEST = 65536;

  private PolicyFile() {}

  static Policy parse(InputFile file, Reading reading) throws Complaint, PolicySyntaxException {
    byte[] body = file.read(LARGEST + 1);
    if (body.length > LARGEST) {
      throw new PolicySyntaxException(
          0,
          "",
          "RFC 8461 §3.3",
          "policy file: expected at most " + LARGEST + " octets, found more; shorten it");
    }
    return Policy.parse(body, reading);
  }

  /** Returns the error on one line: where and what, and by which rule. */
  static String describe(PolicySyntaxException e) {
    return e.getMessage() + " (" + e.section() + ")";
  }
}
