// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * An operator's word against what a domain publishes: where, what, why, by whom and until when.
 *
 * <p>For the day on which a receiver has changed its MX hosts and forgotten its policy. Of several
 * that apply to a domain the most specific one counts alone: the domain itself before {@code
 * .example.com}, that before {@code .com}; one past its end is as if it were not there. Every
 * decision made under one says so, and the published policy is remembered, renewed and reported as
 * ever.
 *
 * <pre>{@code
 * PolicyOverride.treatAsTesting("example.com")
 *     .by("alice")
 *     .because("certificate expired, they know; ticket 4711")
 *     .until(Instant.parse("2027-01-01T00:00:00Z"))
 * }</pre>
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param appliesTo {@code example.com} for that domain alone, {@code .example.com} for every name
 *     below it and not for itself; as A-labels
 * @param action what it does
 * @param pinned the policy, present exactly under {@link Action#PIN}
 * @param allowedMx the patterns, present exactly under {@link Action#ALLOW_MX}
 * @param author who has decided this
 * @param reason why
 * @param until from this moment on it has no effect, by the resolver's wall clock; empty if it has
 *     no end
 */
public record PolicyOverride(
    String appliesTo,
    Action action,
    Optional<Policy> pinned,
    List<MxPattern> allowedMx,
    String author,
    String reason,
    Optional<Instant> until) {

  /** The most characters of an author or a reason: {@value}. */
  public static final int MOST_CHARACTERS = 200;

  /** What an override does. */
  public enum Action {
    /** No policy is looked for, and none applies. */
    SKIP("skip"),
    /** A policy in mode enforce is treated as one in testing. RFC 8461 §5 */
    TESTING("testing"),
    /** A policy in mode testing is enforced; one in mode none is not. RFC 8461 §5 */
    ENFORCE("enforce"),
    /** A given policy is in force instead of the published one: no DNS, no HTTPS. */
    PIN("pin"),
    /** More MX hosts are admitted beside those that the policy lists, under the same TLS. */
    ALLOW_MX("allow-mx");

    private final String label;

    Action(String label) {
      this.label = label;
    }

    /** {@return the word for it in an overrides file} */
    public String label() {
      return label;
    }
  }

  /**
   * Checks what it is given, and writes the name as A-labels; the factories are easier to read.
   *
   * @param appliesTo a domain in any form, or a dot and a name for all below it
   * @param action what it does
   * @param pinned present exactly under {@link Action#PIN}
   * @param allowedMx not empty exactly under {@link Action#ALLOW_MX}
   * @param author who has decided this, at most {@value #MOST_CHARACTERS} characters on one line
   * @param reason why, at most {@value #MOST_CHARACTERS} characters on one line
   * @param until when it ends; empty for never
   * @throws IllegalArgumentException if something is missing, or is none of these
   */
  public PolicyOverride {
    Objects.requireNonNull(action, "action");
    Objects.requireNonNull(until, "until");
    appliesTo = place(appliesTo);
    allowedMx = List.copyOf(allowedMx);
    require(
        pinned.isPresent() == (action == Action.PIN),
        "override: expected a policy exactly under pin, found action " + action.label());
    require(
        allowedMx.isEmpty() == (action != Action.ALLOW_MX),
        "override: expected MX patterns exactly under allow-mx, found action "
            + action.label()
            + " and "
            + allowedMx.size()
            + " of them");
    require(
        allowedMx.size() <= Policy.MOST_MX_PATTERNS,
        "override: expected at most "
            + Policy.MOST_MX_PATTERNS
            + " MX patterns, found "
            + allowedMx.size());
    checkText("an author", author);
    checkText("a reason", reason);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  private static String place(String text) {
    require(
        !text.startsWith("*."),
        "override: expected example.com, or .example.com for all names below it, found \""
            + Excerpt.of(text)
            + "\"");
    return text.startsWith(".")
        ? "." + DomainNames.parse(text.substring(1)).value()
        : DomainNames.parsePolicyDomain(text).value();
  }

  private static void checkText(String what, String text) {
    require(
        !text.isBlank() && Excerpt.of(text, MOST_CHARACTERS).equals(text),
        "override: expected "
            + what
            + " of 1 to "
            + MOST_CHARACTERS
            + " visible characters, found \""
            + Excerpt.of(text)
            + "\"");
  }

  /**
   * Begins an override under which a domain is treated as one without a policy.
   *
   * @param appliesTo a domain in any form, or a dot and a name for all below it
   * @return say by whom, why and until when
   * @throws IllegalArgumentException if it is neither
   */
  public static Draft skip(String appliesTo) {
    return new Draft(appliesTo, Action.SKIP, Optional.empty(), List.of());
  }

  /**
   * Begins an override under which a policy in mode enforce blocks nothing.
   *
   * @param appliesTo a domain in any form, or a dot and a name for all below it
   * @return say by whom, why and until when
   * @throws IllegalArgumentException if it is neither
   */
  public static Draft treatAsTesting(String appliesTo) {
    return new Draft(appliesTo, Action.TESTING, Optional.empty(), List.of());
  }

  /**
   * Begins an override under which a policy in mode testing is enforced.
   *
   * @param appliesTo a domain in any form, or a dot and a name for all below it
   * @return say by whom, why and until when
   * @throws IllegalArgumentException if it is neither
   */
  public static Draft enforce(String appliesTo) {
    return new Draft(appliesTo, Action.ENFORCE, Optional.empty(), List.of());
  }

  /**
   * Begins an override under which a given policy is in force, whatever is published.
   *
   * @param appliesTo a domain in any form, or a dot and a name for all below it
   * @param policy the policy; its {@code max_age} is of no account
   * @return say by whom, why and until when
   * @throws IllegalArgumentException if it is neither
   */
  public static Draft pin(String appliesTo, Policy policy) {
    return new Draft(appliesTo, Action.PIN, Optional.of(policy), List.of());
  }

  /**
   * Begins an override under which more MX hosts are admitted than the policy lists. They need the
   * same TLS as the others.
   *
   * @param appliesTo a domain in any form, or a dot and a name for all below it
   * @param patterns host names, or {@code *.} and a name, as in a policy. RFC 8461 §4.1
   * @return say by whom, why and until when
   * @throws IllegalArgumentException if it is neither, or there is no pattern, or one is none
   */
  public static Draft allowMx(String appliesTo, String... patterns) {
    require(patterns.length > 0, "override: expected an MX pattern, found none");
    return new Draft(
        appliesTo,
        Action.ALLOW_MX,
        Optional.empty(),
        Arrays.stream(patterns).map(MxPattern::of).toList());
  }

  /**
   * Tells whether it has an effect.
   *
   * @param now a moment
   * @return whether its end, if it has one, is later
   */
  public boolean isInForceAt(Instant now) {
    return until.isEmpty() || now.isBefore(until.get());
  }

  /**
   * Returns the mode that applies under this override.
   *
   * @param published the mode of the published policy
   * @return the mode that applies instead; the published one if this override does not change it
   */
  public PolicyMode effectiveMode(PolicyMode published) {
    return switch (action) {
      case TESTING -> published == PolicyMode.ENFORCE ? PolicyMode.TESTING : published;
      case ENFORCE -> published == PolicyMode.TESTING ? PolicyMode.ENFORCE : published;
      case SKIP, PIN, ALLOW_MX -> published;
    };
  }

  /**
   * Returns whether this override changes what a policy requires.
   *
   * @param published the published policy
   * @return whether decisions under it differ from decisions under the policy alone
   */
  public boolean changes(Policy published) {
    return action == Action.ALLOW_MX
        ? published.mode() != PolicyMode.NONE
        : effectiveMode(published.mode()) != published.mode();
  }

  Optional<MxPattern> admitting(DomainName mxHost) {
    return allowedMx.stream().filter(pattern -> pattern.matches(mxHost)).findFirst();
  }

  /** {@return one line: what, where, by whom, until when and why} */
  @Override
  public String toString() {
    return action.label()
        + " for "
        + appliesTo
        + ", by "
        + author
        + ", "
        + until.map(end -> "until " + end).orElse("without end")
        + ", because: "
        + reason;
  }

  /**
   * An override of which it is still to be said by whom, why and until when; all three must be.
   *
   * <p>Immutable, hence thread-safe.
   */
  public static final class Draft {
    private final String appliesTo;
    private final Action action;
    private final Optional<Policy> pinned;
    private final List<MxPattern> allowedMx;
    private final String author;
    private final String reason;

    private Draft(
        String appliesTo, Action action, Optional<Policy> pinned, List<MxPattern> allowedMx) {
      this(place(appliesTo), action, pinned, allowedMx, "", "");
    }

    private Draft(
        String appliesTo,
        Action action,
        Optional<Policy> pinned,
        List<MxPattern> allowedMx,
        String author,
        String reason) {
      this.appliesTo = appliesTo;
      this.action = action;
      this.pinned = pinned;
      this.allowedMx = allowedMx;
      this.author = author;
      this.reason = reason;
    }

    /**
     * Says who has decided this.
     *
     * @param someone at most {@value PolicyOverride#MOST_CHARACTERS} characters on one line
     * @return a draft that says so
     */
    public Draft by(String someone) {
      return new Draft(appliesTo, action, pinned, allowedMx, someone, reason);
    }

    /**
     * Says why.
     *
     * @param why at most {@value PolicyOverride#MOST_CHARACTERS} characters on one line
     * @return a draft that says so
     */
    public Draft because(String why) {
      return new Draft(appliesTo, action, pinned, allowedMx, author, why);
    }

    /**
     * Says when it ends.
     *
     * @param end from this moment on it has no effect
     * @return the override
     * @throws IllegalArgumentException if author or reason is missing, too long or no one line
     */
    public PolicyOverride until(Instant end) {
      return ending(Optional.of(end));
    }

    /**
     * Says that it has no end.
     *
     * @return the override
     * @throws IllegalArgumentException if author or reason is missing, too long or no one line
     */
    public PolicyOverride withoutEnd() {
      return ending(Optional.empty());
    }

    private PolicyOverride ending(Optional<Instant> end) {
      return new PolicyOverride(appliesTo, action, pinned, allowedMx, author, reason, end);
    }
  }
}
