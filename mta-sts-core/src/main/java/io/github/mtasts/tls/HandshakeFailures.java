// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.x509.CauseChain;
import io.github.mtasts.x509.ChainFault;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/**
 * Turns what a handshake threw into a result type for TLS reports and a text. RFC 8460 §4.3
 *
 * <p>Decides by exception class only; the JDK's message texts differ between its versions.
 * Stateless, hence thread-safe.
 */
final class HandshakeFailures {
  private static final int MAX_MESSAGE_LENGTH = 160;

  private HandshakeFailures() {}

  static ResultType typeOf(Throwable failure) {
    CauseChain causes = CauseChain.of(failure);
    return causes
        .first(MxCertificateException.class)
        .map(MxCertificateException::resultType)
        .or(() -> ChainFault.in(causes).map(HandshakeFailures::typeOf))
        .orElse(ResultType.VALIDATION_FAILURE);
  }

  private static ResultType typeOf(ChainFault fault) {
    return switch (fault) {
      case EXPIRED -> ResultType.CERTIFICATE_EXPIRED;
      // RFC 8460 §4.3.1 has no type for a certificate that is not valid yet; it is not trusted.
      case NOT_YET_VALID, NO_TRUST_ANCHOR, INVALID -> ResultType.CERTIFICATE_NOT_TRUSTED;
    };
  }

  /** What was found, to follow the word "found" in a message. */
  static String found(Throwable failure) {
    CauseChain causes = CauseChain.of(failure);
    String what = ChainFault.in(causes).map(HandshakeFailures::kind).orElseGet(() -> kind(causes));
    String message = causes.innermost().getMessage();
    return message == null || message.isEmpty()
        ? what
        : what + " (" + Excerpt.of(message, MAX_MESSAGE_LENGTH) + ")";
  }

  private static String kind(ChainFault fault) {
    return switch (fault) {
      case EXPIRED -> "an expired certificate";
      case NOT_YET_VALID -> "a certificate that is not valid yet";
      case NO_TRUST_ANCHOR -> "a chain that leads to no trust anchor";
      case INVALID -> "an invalid certificate";
    };
  }

  private static String kind(CauseChain causes) {
    // Before the other I/O failures: SocketTimeoutException is an InterruptedIOException.
    if (causes.has(SocketTimeoutException.class)) {
      return "no answer in time";
    }
    if (causes.has(EOFException.class)) {
      return "a closed connection";
    }
    if (causes.has(SocketException.class)) {
      return "a broken connection";
    }
    if (causes.has(SSLHandshakeException.class)) {
      return "no agreement on a TLS version or cipher suite, or an alert";
    }
    return causes.has(SSLException.class) ? "data that is not TLS" : "an I/O failure";
  }
}
