package io.github.mtasts.examples.cli;

import io.github.mtasts.decision.ResultType;
import java.util.Locale;
import java.util.Optional;

/**
 * What a probe of one MX host saw.
 *
 * @param outcome in a word
 * @param resultType the kind of failure, where TLS reports have a word for it
 * @param detail what was expected and what was found
 */
record TlsFinding(Outcome outcome, Optional<ResultType> resultType, String detail) {
  /** In a word. */
  enum Outcome {
    /** STARTTLS with a trusted certificate for the host. */
    TRUSTED,
    /** STARTTLS with anything else. */
    REJECTED,
    /** No STARTTLS, or it was not granted. */
    NOT_OFFERED,
    /** No SMTP server answered. */
    UNREACHABLE;

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
