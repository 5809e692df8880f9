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
 * An operator's override of what a domain publishes: where, what, why, by whom and until when.
 *
 * <p>For example when a receiver has changed its MX hosts but not its policy. If several overrides
 * match a domain, only the most specific one applies: the domain itself before {@code
 * .example.com}, that before {@code .com}. An override whose end has passed has no effect. Every
 * decision under an override says so. The published policy is still cached, renewed and reported.
 *
 * <pre>{@code
 * PolicyOverride.treatAsTesting("example.com")
 *     .by("alice")
 *     .because("certificate expired, they know; ticket 4711")
 *     .until(Instant.parse("2027-01-01T00:00:00Z"))
 * }</pre>
 *
 * <p>An overrides file has one override per line: where, action, and named values in any order.
 * Values with blanks are quoted; a quotation mark cannot be escaped. Blank lines and lines that
 * begin with {@code #} are ignored. UTF-8, with a line end after the last line, at most {@value
 * #MOST_FILE_OCTETS} octets.
 *
 * <pre>
 * # where        action    until=, author= and reason= are required; until=never means no end
 * example.com    testing   until=2027-01-01T00:00:00Z author=alice reason="expired certificate"
 * .example.net   skip      until=never author="Bob, NOC" reason="at their request"
 * example.org    enforce   until=never author=alice reason="agreed with them"
 * example.edu    allow-mx  mx=mx9.example.edu,*.backup.example until=... author=... reason=...
 * example.gov    pin       mode=enforce mx=mx1.example.gov,mx2.example.gov until=... ...
 * </pre>
 *
 * <p>The file is checked when a domain is resolved and the last check is {@value
 * #FILE_CHECK_SECONDS} s old. It is used as a whole or not at all, and only if it was not modified
 * in the last two seconds: replace it by renaming a new file over it. If it is broken or gone, the
 * overrides read last stay in force; this is logged and reported by {@link
 * ResolverListener#overridesUnreadable}. Lines whose end has passed are no error; they are logged
 * and reported by {@link ResolverListener#overridesEnded}.
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param appliesTo {@code example.com} for that domain alone, {@code .example.com} for every name
 *     below it but not itself; as A-labels
 * @param action what the override does
 * @param pinned the policy, present exactly under {@link Action#PIN}
 * @param allowedMx the patterns, not empty exactly under {@link Action#ALLOW_MX}
 * @param author who has decided this
 * @param reason why
 * @param until the end, from which on it has no effect, by the resolver's wall clock; empty if it
 *     has no end
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

  /** The largest overrides file: {@value} octets. */
  public static final int MOST_FILE_OCTETS = 262_144;

  /** The shortest time between two checks of an overrides file: {@value} seconds. */
  public static final int FILE_CHECK_SECONDS = 5;

  /** What an override does. */
  public enum Action {
    /** No policy is looked up, and none applies. */
    SKIP("skip"),
    /** A policy in mode enforce is treated as one in testing. RFC 8461 §5 */
    TESTING("testing"),
    /** A policy in mode testing is enforced; one in mode none is not. RFC 8461 §5 */
    ENFORCE("enforce"),
    /** A given policy is in force instead of the published one; no DNS, no HTTPS. */
    PIN("pin"),
    /** More MX hosts are allowed than the policy lists, with the same TLS requirements. */
    ALLOW_MX("allow-mx");

    private final String label;

    Action(String label) {
      this.label = label;
    }

    /** {@return the word in an overrides file} */
    public String label() {
      return label;
    }
  }

  /**
   * Checks the values, and converts the name to A-labels; the factory methods are easier to read.
   *
   * @param appliesTo a domain in any form, or a dot and a name for all below it
   * @param action what the override does
   * @param pinned present exactly under {@link Action#PIN}
   * @param allowedMx not empty exactly under {@link Action#ALLOW_MX}
   * @param author who has decided this, at most {@value #MOST_CHARACTERS} characters on one line
   * @param reason why, at most {@value #MOST_CHARACTERS} characters on one line
   * @param until when it ends; empty for never
   * @throws IllegalArgumentException if a value is missing or wrong
   */
  public PolicyOverride {
    Objects.requireNonNull(action, "action");
    Objects.requireNonNull(until, "until");
    appliesTo = domainOrSuffix(appliesTo);
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

  private static String domainOrSuffix(String text) {
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
   * Starts an override under which a domain is treated as if it had no policy.
   *
   * @param appliesTo a domain in any form, or a dot and a name for all below it
   * @return a draft without author, reason and end
   * @throws IllegalArgumentException if {@code appliesTo} is neither
   */
  public static Draft skip(String appliesTo) {
    return new Draft(appliesTo, Action.SKIP, Optional.empty(), List.of());
  }

  /**
   * Starts an override under which a policy in mode enforce blocks nothing.
   *
   * @param appliesTo a domain in any form, or a dot and a name for all below it
   * @return a draft without author, reason and end
   * @throws IllegalArgumentException if {@code appliesTo} is neither
   */
  public static Draft treatAsTesting(String appliesTo) {
    return new Draft(appliesTo, Action.TESTING, Optional.empty(), List.of());
  }

  /**
   * Starts an override under which a policy in mode testing is enforced.
   *
   * @param appliesTo a domain in any form, or a dot and a name for all below it
   * @return a draft without author, reason and end
   * @throws IllegalArgumentException if {@code appliesTo} is neither
   */
  public static Draft enforce(String appliesTo) {
    return new Draft(appliesTo, Action.ENFORCE, Optional.empty(), List.of());
  }

  /**
   * Starts an override under which a given policy is in force, whatever the domain publishes.
   *
   * @param appliesTo a domain in any form, or a dot and a name for all below it
   * @param policy the policy; its {@code max_age} has no effect
   * @return a draft without author, reason and end
   * @throws IllegalArgumentException if {@code appliesTo} is neither
   */
  public static Draft pin(String appliesTo, Policy policy) {
    return new Draft(appliesTo, Action.PIN, Optional.of(policy), List.of());
  }

  /**
   * Starts an override under which more MX hosts are allowed than the policy lists, with the same
   * TLS requirements.
   *
   * @param appliesTo a domain in any form, or a dot and a name for all below it
   * @param patterns host names, or {@code *.} and a name, as in a policy. RFC 8461 §4.1
   * @return a draft without author, reason and end
   * @throws IllegalArgumentException if {@code appliesTo} is neither, or a pattern is missing or
   *     wrong
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
   * Returns whether it has an effect at the given time.
   *
   * @param now the time
   * @return whether it has no end, or the end is later
   */
  public boolean isInForceAt(Instant now) {
    return until.isEmpty() || now.isBefore(until.get());
  }

  /**
   * Returns the mode that applies under this override.
   *
   * @param published the mode of the published policy
   * @return the mode that applies; the published one if this override does not change it
   */
  public PolicyMode effectiveMode(PolicyMode published) {
    return switch (action) {
      case TESTING -> published == PolicyMode.ENFORCE ? PolicyMode.TESTING : published;
      case ENFORCE -> published == PolicyMode.TESTING ? PolicyMode.ENFORCE : published;
      case SKIP, PIN, ALLOW_MX -> published;
    };
  }

  Optional<MxPattern> matchAllowed(DomainName mxHost) {
    return allowedMx.stream().filter(pattern -> pattern.matches(mxHost)).findFirst();
  }

  /** {@return one line: action, where, by whom, until when and why} */
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
   * An override without its author, reason and end; all three are required.
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
      this(domainOrSuffix(appliesTo), action, pinned, allowedMx, "", "");
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
     * Sets who has decided this.
     *
     * @param name at most {@value PolicyOverride#MOST_CHARACTERS} characters on one line
     * @return a copy of this draft with it
     */
    public Draft by(String name) {
      return new Draft(appliesTo, action, pinned, allowedMx, name, reason);
    }

    /**
     * Sets the reason.
     *
     * @param why at most {@value PolicyOverride#MOST_CHARACTERS} characters on one line
     * @return a copy of this draft with it
     */
    public Draft because(String why) {
      return new Draft(appliesTo, action, pinned, allowedMx, author, why);
    }

    /**
     * Creates the override with an end.
     *
     * @param end from this moment on it has no effect
     * @return the override
     * @throws IllegalArgumentException if author or reason is missing, too long or not one line
     */
    public PolicyOverride until(Instant end) {
      return ending(Optional.of(end));
    }

    /**
     * Creates the override without an end.
     *
     * @return the override
     * @throws IllegalArgumentException if author or reason is missing, too long or not one line
     */
    public PolicyOverride withoutEnd() {
      return ending(Optional.empty());
    }

    private PolicyOverride ending(Optional<Instant> end) {
      return new PolicyOverride(appliesTo, action, pinned, allowedMx, author, reason, end);
    }
  }
}
