package io.github.mtasts;

import io.github.mtasts.policy.MxPattern;
import java.util.Optional;

/**
 * Whether mail for one domain may go to one MX host, and under which TLS.
 *
 * @param domain the policy domain
 * @param mxHost the MX host, as lower-case A-labels without trailing dot where it is a name at all
 * @param requirement what the sender must see before MAIL FROM
 * @param listed the pattern of the policy that lists the host; empty if none does or there is no
 *     policy
 * @param explanation one or two sentences for a bounce or a log: which rule, what was expected,
 *     what was found, since when the policy is known
 * @param settings how the handshake is judged
 */
public record MxDecision(
    String domain,
    String mxHost,
    Requirement requirement,
    Optional<MxPattern> listed,
    String explanation,
    MxTlsSettings settings) {

  /** Whether mail must not go to this MX host. */
  public boolean isRefused() {
    return requirement == Requirement.REFUSED;
  }

  /** Whether the policy lists the host. */
  public boolean isListed() {
    return listed.isPresent();
  }
}
