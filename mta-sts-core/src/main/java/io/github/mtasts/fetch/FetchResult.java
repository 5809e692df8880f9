package io.github.mtasts.fetch;

import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.ResultType;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What a fetch brought: a policy, or the reason why there is none.
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
    /** Takes what is not null. */
    public Fetched {
      Objects.requireNonNull(policy, "policy");
    }
  }

  /**
   * No policy; one that is remembered stays in force all the same. RFC 8461 §3.3
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
    /** Takes what is not null. */
    public Failed {
      Objects.requireNonNull(resultType, "resultType");
      Objects.requireNonNull(detail, "detail");
      Objects.requireNonNull(retryAfter, "retryAfter");
    }
  }
}
