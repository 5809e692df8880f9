// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.Policy;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The result of a fetch: a policy, a failure of the policy host, or a failure on our side.
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
     * Checks that the policy is not null.
     *
     * @param policy the policy
     */
    public Fetched {
      Objects.requireNonNull(policy, "policy");
    }
  }

  /**
   * No valid policy from this host; a cached policy stays valid all the same. RFC 8461 §3.3
   *
   * @param resultType {@code sts-policy-fetch-error}, {@code sts-policy-invalid} or {@code
   *     sts-webpki-invalid}
   * @param detail the URL, what was expected, what was found and what to do, for the policy host's
   *     postmaster; text that the host sent is shortened and escaped
   * @param retryAfter the wait that the host asked for by {@code Retry-After} with status 429 or
   *     503, above zero and at most a day; empty if it did not ask
   */
  record Failed(ResultType resultType, String detail, Optional<Duration> retryAfter)
      implements FetchResult {
    /**
     * Checks that nothing is null.
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
   * No result from the policy host, for a reason on our side: DNS did not answer, too many fetches
   * were running, no thread could be started, or the fetcher was closed.
   *
   * <p>Never treat this as a failure of the host: then anybody who can drop a datagram, or keep
   * this sender busy, could decide that a domain has no policy.
   *
   * @param cause the kind of reason
   * @param detail the URL, what was expected, what was found and what to do, for the postmaster of
   *     this sender
   */
  record Unavailable(Resolution.Undetermined.Cause cause, String detail) implements FetchResult {
    /**
     * Checks that nothing is null.
     *
     * @param cause the kind of reason
     * @param detail the detail
     */
    public Unavailable {
      Objects.requireNonNull(cause, "cause");
      Objects.requireNonNull(detail, "detail");
    }
  }
}
