// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import java.util.Optional;

/** What a policy requires of senders. RFC 8461 §5 */
public enum PolicyMode {
  /** Deliver only to listed MX hosts over verified TLS. */
  ENFORCE("enforce"),
  /** Check and report failures, but deliver anyway. */
  TESTING("testing"),
  /** No policy applies; a domain uses this to leave MTA-STS. RFC 8461 §8.3 */
  NONE("none");

  private final String label;

  PolicyMode(String label) {
    this.label = label;
  }

  /** {@return the value of the {@code mode} field in a policy file, in lower case} */
  public String label() {
    return label;
  }

  /**
   * {@return the mode with a label; empty if there is none} RFC 8461 §3.2
   *
   * @param label the label; case matters
   */
  public static Optional<PolicyMode> ofLabel(String label) {
    for (PolicyMode mode : values()) {
      if (mode.label.equals(label)) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }
}
