// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.decision.ResultType;
import java.util.Locale;
import java.util.Optional;

/**
 * The result of a TLS probe of one MX host.
 *
 * @param result the result
 * @param resultType the RFC 8460 result type of a failure; empty if there is none
 * @param detail what was expected and what was found
 */
record TlsCheck(Result result, Optional<ResultType> resultType, String detail) {
  /** The result of a probe. */
  enum Result {
    /** STARTTLS with a trusted certificate for the host. */
    TRUSTED,
    /** STARTTLS, but the handshake failed or the certificate is not trusted. */
    REJECTED,
    /** STARTTLS is not offered, or the server refused it. */
    NOT_OFFERED,
    /** No SMTP server answered. */
    UNREACHABLE;

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
