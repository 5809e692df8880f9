package io.github.mtasts.fetch;

import java.net.ProtocolException;
import java.time.Duration;
import java.util.Optional;

/**
 * The policy host answered, and the answer is no policy: another status, media type, size.
 *
 * <p>A {@link ProtocolException}, because that is what the HTTP client takes for final: it sends no
 * second request to another address of the host.
 */
final class UnusableAnswer extends ProtocolException {
  private static final long serialVersionUID = 1L;

  private final String finding;
  private final transient Optional<Duration> retryAfter;

  UnusableAnswer(String finding) {
    this(finding, Optional.empty());
  }

  UnusableAnswer(String finding, Optional<Duration> retryAfter) {
    super(finding);
    this.finding = finding;
    this.retryAfter = retryAfter;
  }

  /** What was expected, what was found, what to do; fit to be shown. */
  String finding() {
    return finding;
  }

  /** What the host asked for, if it did. */
  Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
