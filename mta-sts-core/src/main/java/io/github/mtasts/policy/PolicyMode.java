package io.github.mtasts.policy;

import java.util.Optional;

/** What a policy asks of senders. RFC 8461 §5 */
public enum PolicyMode {
  /** Deliver only to listed MX hosts over verified TLS. */
  ENFORCE("enforce"),
  /** Evaluate and report, but deliver as if nothing had failed. */
  TESTING("testing"),
  /** As if there were no policy; how a domain leaves MTA-STS. RFC 8461 §8.3 */
  NONE("none");

  private final String label;

  PolicyMode(String label) {
    this.label = label;
  }

  /** {@return the word as it stands in a policy file, in lower case} */
  public String label() {
    return label;
  }

  /** The mode of that label; capital letters make it another word. RFC 8461 §3.2 */
  static Optional<PolicyMode> ofLabel(String label) {
    for (PolicyMode mode : values()) {
      if (mode.label.equals(label)) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }
}
