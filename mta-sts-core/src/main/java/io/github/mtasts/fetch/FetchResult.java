package io.github.mtasts.fetch;

import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.ResultType;
import java.time.Duration;
import java.util.Optional;

/** What a fetch brought: a policy, or the reason why there is none. */
public sealed interface FetchResult {
  /**
   * A parsed policy.
   *
   * @param policy the policy
   */
  record Fetched(Policy policy) implements FetchResult {}

  /**
   * No policy.
   *
   * @param resultType {@code sts-policy-fetch-error}, {@code sts-policy-invalid} or {@code
   *     sts-webpki-invalid}
   * @param detail what was expected, what was found, for the policy host's postmaster
   * @param retryAfter what the host asked for by {@code Retry-After}, if it did
   */
  record Failed(ResultType resultType, String detail, Optional<Duration> retryAfter)
      implements FetchResult {}
}
