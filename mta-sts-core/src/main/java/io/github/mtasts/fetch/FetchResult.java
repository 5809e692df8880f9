package io.github.mtasts.fetch;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.Policy;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What a fetch brought: a policy, the reason why the host has none to give, or our own trouble.
 *
 * <p>Immutable, hence thread-safe.
 */
public sealed interface FetchResult {
  /**
   * A parsed policy.
   *
   * @param policy the policy
   */
  record Fetched(Policy policy) implements FetchResult {
    /**
     * Takes a policy that is not null.
     *
     * @param policy the policy
     */
    public Fetched {
      Objects.requireNonNull(policy, "policy");
    }
  }

  /**
   * No policy from this host; one that is remembered stays in force all the same. RFC 8461 §3.3
   *
   * @param resultType {@code sts-policy-fetch-error}, {@code sts-policy-invalid} or {@code
   *     sts-webpki-invalid}
   * @param detail the URL, what was expected, what was found and what to do, for the policy host's
   *     postmaster; what the host sent is cut and made inert in it
   * @param retryAfter what the host asked for by {@code Retry-After} with status 429 or 503, above
   *     zero and at most a day; empty if it did not
   */
  record Failed(ResultType resultType, String detail, Optional<Duration> retryAfter)
      implements FetchResult {
    /**
     * Takes parts that are not null.
     *
     * @param resultType the result type
     * @param detail the detail
     * @param retryAfter the wait asked for
     */
    public Failed {
      Objects.requireNonNull(resultType, "resultType");
      Objects.requireNonNull(detail, "detail");
      Objects.requireNonNull(retryAfter, "retryAfter");
    }
  }

  /**
   * No policy, and through no fault of the policy host, of which nothing was seen: DNS was silent,
   * there was no turn or no thread to be had, or the fetcher was closed.
   *
   * <p>Who took this for a failure of the host would let anybody who can drop a datagram, or keep
   * us busy, decide that a domain has no policy.
   *
   * @param detail the URL, what was expected, what was found and what to do, for the sender's own
   *     postmaster
   */
  record Unavailable(String detail) implements FetchResult {
    /**
     * Takes a detail that is not null.
     *
     * @param detail the detail
     */
    public Unavailable {
      Objects.requireNonNull(detail, "detail");
    }
  }
}
