package io.github.mtasts;

/**
 * What a sender does about a domain of which nothing is known because DNS does not answer.
 *
 * <p>RFC 8461 §3.1 choice: the text is silent. A policy that is cached is not affected; it stays in
 * force.
 */
public enum WhenUnavailable {
  /** Deliver as if the domain had no policy; the default. */
  PROCEED,
  /** Refuse every MX host until DNS answers, so that the mail stays in the queue. */
  DEFER
}
