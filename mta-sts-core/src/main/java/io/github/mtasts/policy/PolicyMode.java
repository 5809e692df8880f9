package io.github.mtasts.policy;

/** What a policy asks of senders. RFC 8461 §5. */
public enum PolicyMode {
  /** Deliver only to listed MX hosts over verified TLS. */
  ENFORCE("enforce"),
  /** Evaluate and report, but deliver as if nothing had failed. */
  TESTING("testing"),
  /** As if there were no policy; how a domain leaves MTA-STS. RFC 8461 §8.3. */
  NONE("none");

  private final String label;

  PolicyMode(String label) {
    this.label = label;
  }

  /** Returns the word as it stands in a policy file, in lower case. */
  public String label() {
    return label;
  }
}
