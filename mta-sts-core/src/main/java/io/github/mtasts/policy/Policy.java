package io.github.mtasts.policy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A policy as fetched. RFC 8461 §3.2
 *
 * @param mode what it asks of senders
 * @param mx the patterns, in published order; may be empty only under {@link PolicyMode#NONE}
 * @param maxAge how long it may be remembered from its fetch, 0 to 31557600 seconds
 * @param extensions unknown fields, first of each name, in published order
 * @param text the text as fetched, for reports
 * @param warnings what {@link Reading#TOLERANT} forgave; empty under {@link Reading#STRICT}
 */
public record Policy(
    PolicyMode mode,
    List<MxPattern> mx,
    Duration maxAge,
    Map<String, String> extensions,
    String text,
    List<String> warnings) {

  /**
   * Reads a policy file.
   *
   * @param body the octets as fetched
   * @param reading how strictly
   * @return the policy
   * @throws PolicySyntaxException if it is none
   */
  @SuppressWarnings("DoNotCallSuggester")
  public static Policy parse(byte[] body, Reading reading) throws PolicySyntaxException {
    throw new PolicySyntaxException(0, "", "RFC 8461 §3.2", "replaced by the policy helper");
  }

  /** Returns the first pattern that lists the host. RFC 8461 §4.1 */
  public Optional<MxPattern> match(DomainName mxHost) {
    for (MxPattern pattern : mx) {
      if (pattern.matches(mxHost)) {
        return Optional.of(pattern);
      }
    }
    return Optional.empty();
  }
}
