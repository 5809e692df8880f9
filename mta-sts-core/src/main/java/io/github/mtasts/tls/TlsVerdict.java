// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import io.github.mtasts.decision.ResultType;
import java.util.Objects;

/**
 * The result of the TLS check of one connection attempt.
 *
 * <p>Check {@link #isBlocking()} before MAIL FROM; the subtypes are for reports and for details.
 * Immutable, hence thread-safe.
 */
public sealed interface TlsVerdict {
  /**
   * Returns whether mail must not be sent over this connection, nor without TLS to this host.
   *
   * @return true only for a policy in mode enforce, and for a host that is refused
   */
  boolean isBlocking();

  /**
   * Returns one or two sentences for a bounce or a log.
   *
   * @return what was expected, what was found and what to do, on one line
   */
  String detail();

  /**
   * STARTTLS, chain and name meet the policy. RFC 8461 §4.2
   *
   * @param detail the name and the issuer
   */
  record Trusted(String detail) implements TlsVerdict {
    /**
     * Checks that nothing is null.
     *
     * @param detail the name and the issuer
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
   * STARTTLS, the chain or the name does not meet the policy.
   *
   * @param resultType the kind, for TLS reports. RFC 8460 §4.3
   * @param detail what was expected, what was found and what to do
   * @param isBlocking true for enforce; false for testing, where the failure is only recorded
   */
  record Rejected(ResultType resultType, String detail, boolean isBlocking) implements TlsVerdict {
    /**
     * Checks that nothing is null.
     *
     * @param resultType the kind
     * @param detail what was expected, what was found and what to do
     * @param isBlocking true for enforce
     */
    public Rejected {
      Objects.requireNonNull(resultType, "resultType");
      Objects.requireNonNull(detail, "detail");
    }
  }

  /**
   * No policy applies, so nothing was checked; never treat this as a success.
   *
   * @param detail why nothing was checked
   */
  record NotJudged(String detail) implements TlsVerdict {
    /**
     * Checks that nothing is null.
     *
     * @param detail why nothing was checked
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
