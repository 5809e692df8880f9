package io.github.mtasts.tls;

import io.github.mtasts.decision.ResultType;
import java.util.Objects;

/**
 * What was found about the TLS of one connection attempt.
 *
 * <p>Ask {@link #isBlocking()} before MAIL FROM; the subtypes are for reports and for those who
 * want to know more. Immutable, hence thread-safe.
 */
public sealed interface TlsVerdict {
  /**
   * Whether mail must not be sent over this connection, nor in clear to this host.
   *
   * @return true only under a policy in mode enforce, and for a host that is refused
   */
  boolean isBlocking();

  /**
   * Returns a sentence or two for a bounce or a log.
   *
   * @return what was expected, what was found and what to do, on one line
   */
  String detail();

  /**
   * STARTTLS, chain and name are as the policy asks. RFC 8461 §4.2
   *
   * @param detail which name and which issuer
   */
  record Trusted(String detail) implements TlsVerdict {
    /**
     * Checks that nothing is null.
     *
     * @param detail which name and which issuer
     */
    public Trusted {
      Objects.requireNonNull(detail, "detail");
    }

    @Override
    public boolean isBlocking() {
      return false;
    }
  }

  /**
   * Something is not as the policy asks.
   *
   * @param resultType the kind, for TLS reports. RFC 8460 §4.3
   * @param detail what was expected, what was found and what to do
   * @param isBlocking true under enforce; false in testing, where it is only recorded
   */
  record Rejected(ResultType resultType, String detail, boolean isBlocking) implements TlsVerdict {
    /**
     * Checks that nothing is null.
     *
     * @param resultType the kind
     * @param detail what was expected, what was found and what to do
     * @param isBlocking true under enforce
     */
    public Rejected {
      Objects.requireNonNull(resultType, "resultType");
      Objects.requireNonNull(detail, "detail");
    }
  }

  /**
   * No policy asks anything, so nothing was judged; never to be read as a success.
   *
   * @param detail why
   */
  record NotJudged(String detail) implements TlsVerdict {
    /**
     * Checks that nothing is null.
     *
     * @param detail why
     */
    public NotJudged {
      Objects.requireNonNull(detail, "detail");
    }

    @Override
    public boolean isBlocking() {
      return false;
    }
  }
}
