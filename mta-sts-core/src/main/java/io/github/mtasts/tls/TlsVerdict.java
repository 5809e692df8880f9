package io.github.mtasts.tls;

import io.github.mtasts.policy.ResultType;

/** What was found about the TLS of one connection attempt. */
public sealed interface TlsVerdict {
  /** Whether mail must not be sent over this connection (nor in clear to this host). */
  boolean isBlocking();

  /** Returns what was expected and what was found, for a bounce or a log. */
  String detail();

  /**
   * STARTTLS, chain and name are as the policy asks. RFC 8461 §4.2
   *
   * @param detail which name and which issuer
   */
  record Trusted(String detail) implements TlsVerdict {
    @Override
    public boolean isBlocking() {
      return false;
    }
  }

  /**
   * Something is not as the policy asks.
   *
   * @param resultType the kind
   * @param detail what was expected and what was found
   * @param isBlocking true under enforce; false in testing, where it is only recorded
   */
  record Rejected(ResultType resultType, String detail, boolean isBlocking) implements TlsVerdict {}

  /**
   * No policy asks anything, so nothing was judged; never to be read as a success.
   *
   * @param detail why
   */
  record NotJudged(String detail) implements TlsVerdict {
    @Override
    public boolean isBlocking() {
      return false;
    }
  }
}
