// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import java.net.ProtocolException;
import java.time.Duration;
import java.util.Optional;

/**
 * The response of the policy host is not a policy: wrong status, media type or size.
 *
 * <p>A {@link ProtocolException}, because the HTTP client treats it as final: it sends no second
 * request to another address of the host.
 */
final class UnusableResponseException extends ProtocolException {
  private static final long serialVersionUID = 1L;

  private final String detail;
  private final transient Optional<Duration> retryAfter;

  UnusableResponseException(String detail) {
    this(detail, Optional.empty());
  }

  UnusableResponseException(String detail, Optional<Duration> retryAfter) {
    super(detail);
    this.detail = detail;
    this.retryAfter = retryAfter;
  }

  /** What was expected, what was found, what to do; fit for operators. */
  String detail() {
    return detail;
  }

  /** The wait that the host asked for, if any. */
  Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
