// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import io.github.mtasts.policy.MxPattern;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether mail for one domain may go to one MX host, and under which TLS.
 *
 * <p>Comes from {@link Resolution#decide}; hand it to {@code MxTls.forDecision} to have the TLS
 * that it asks for. Immutable.
 *
 * @param resolution what was known about the domain when this was decided
 * @param mxHost the MX host as lower-case A-labels without trailing dot; text that is no host name
 *     stays as the caller gave it
 * @param requirement what the sender must see before MAIL FROM
 * @param listed the first pattern of the policy that lists the host, or else of an override that
 *     admits it; empty if none does or there is no policy
 */
public record MxDecision(
    Resolution resolution, String mxHost, Requirement requirement, Optional<MxPattern> listed) {

  /**
   * Checks that nothing is null.
   *
   * @param resolution what was known about the domain when this was decided
   * @param mxHost the MX host as lower-case A-labels without trailing dot; text that is no host
   *     name stays as the caller gave it
   * @param requirement what the sender must see before MAIL FROM
   * @param listed the first pattern of the policy that lists the host; empty if none does or there
   *     is no policy
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
    return settings().isShadow() ? Decisions.meant(resolution, listed) : requirement;
  }

  /**
   * Returns what a reader must know who knows the policy only: that an override or shadow mode has
   * shaped this decision. Already in {@link #explain}; for those who tell of it in their own words.
   *
   * @return a sentence or two; empty if neither has
   */
  public Optional<String> caveat() {
    return Explanations.caveat(this);
  }

  /** {@return whether the policy lists the host, or an override admits it} RFC 8461 §4.1 */
  public boolean isListed() {
    return listed.isPresent();
  }

  /** {@return how the handshake is to be judged} */
  public MxTlsSettings settings() {
    return resolution.settings();
  }

  /**
   * {@return a few sentences for a bounce or a log: which rule, what was expected, what was found,
   * since when the policy is known, and what to do}
   */
  public String explain() {
    return Explanations.of(this);
  }

  /** {@return the same as {@link #explain}, so that it is fit for a log} */
  @Override
  public String toString() {
    return explain();
  }
}
