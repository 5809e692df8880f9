// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import io.github.mtasts.policy.MxPattern;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether mail for one domain may go to one MX host, and under which TLS.
 *
 * <p>Comes from {@link Resolution#decide}; pass it to {@code MxTls.forDecision} for the TLS that it
 * requires. Immutable, hence thread-safe.
 *
 * @param resolution what was known about the domain when this was decided
 * @param mxHost the MX host as lower-case A-labels without trailing dot; text that is no host name
 *     is unchanged
 * @param requirement what the sender must see before MAIL FROM
 * @param listed the first pattern of the policy that matches the host, or else of an override;
 *     empty if none matches or there is no policy
 */
public record MxDecision(
    Resolution resolution, String mxHost, Requirement requirement, Optional<MxPattern> listed) {

  /**
   * Checks that nothing is null.
   *
   * @param resolution what was known about the domain when this was decided
   * @param mxHost the MX host as lower-case A-labels without trailing dot; text that is no host
   *     name is unchanged
   * @param requirement what the sender must see before MAIL FROM
   * @param listed the first pattern of the policy or of an override that matches the host; empty if
   *     none matches or there is no policy
   */
  public MxDecision {
    Objects.requireNonNull(resolution, "resolution");
    Objects.requireNonNull(mxHost, "mxHost");
    Objects.requireNonNull(requirement, "requirement");
    Objects.requireNonNull(listed, "listed");
  }

  /** {@return the policy domain} */
  public String domain() {
    return resolution.domain();
  }

  /** {@return whether mail must not go to this MX host; try the next one} RFC 8461 §5 */
  public boolean isRefused() {
    return requirement == Requirement.REFUSED;
  }

  /**
   * {@return what would be required if this sender were not in shadow mode; the same as {@link
   * #requirement} if it is not}
   */
  public Requirement wouldBe() {
    return settings().isShadow() ? Decisions.outsideShadow(resolution, listed) : requirement;
  }

  /**
   * Returns how an override or shadow mode has changed this decision. {@link #explain} contains it;
   * use it in texts of your own.
   *
   * @return one or two sentences; empty if neither applies
   */
  public Optional<String> caveat() {
    return Explanations.caveat(this);
  }

  /** {@return whether the policy lists the host, or an override allows it} RFC 8461 §4.1 */
  public boolean isListed() {
    return listed.isPresent();
  }

  /** {@return how the TLS handshake is verified and reported} */
  public MxTlsSettings settings() {
    return resolution.settings();
  }

  /**
   * {@return a few sentences for a bounce or a log: which rule applies, what was expected, what was
   * found, when the policy was fetched, and what to do}
   */
  public String explain() {
    return Explanations.of(this);
  }

  /** {@return the same as {@link #explain}} */
  @Override
  public String toString() {
    return explain();
  }
}
