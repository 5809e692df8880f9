package io.github.mtasts.fetch;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.fetch.FetchResult.Failed;
import io.github.mtasts.fetch.FetchResult.Unavailable;
import io.github.mtasts.policy.PolicySyntaxException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;

/**
 * Finds the result type and the words for whatever ended a fetch. RFC 8460 §4.3.2.2
 *
 * <p>Types decide, never message texts. One for each fetch; as thread-safe as its evidence.
 */
final class Diagnosis {
  private final PolicyLocation location;
  private final Evidence evidence;

  Diagnosis(PolicyLocation location, Evidence evidence) {
    this.location = location;
    this.evidence = evidence;
  }

  /** A failure before or beside HTTP, such as an address that no policy host may have. */
  Failed failed(String finding) {
    return failed(ResultType.STS_POLICY_FETCH_ERROR, finding, Optional.empty());
  }

  /** The policy host took too long. */
  Failed late(Duration deadline) {
    return failed(
        "expected a complete answer within "
            + seconds(deadline)
            + ", found the fetch still "
            + evidence.step()
            + "; check whether the policy host, or the way to it, is overloaded");
  }

  /** Our own queue took too long. */
  Unavailable lateForTurn(Duration deadline) {
    return late(deadline, "a turn", "allow more fetches at a time, or find out what holds them up");
  }

  /** DNS took too long. */
  Unavailable lateForAddresses(Duration deadline) {
    return late(
        deadline,
        "the addresses of the policy host",
        "check the DNS servers that this sender asks");
  }

  private Unavailable late(Duration deadline, String expected, String remedy) {
    return unavailable(
        "expected "
            + expected
            + " within "
            + seconds(deadline)
            + ", found the fetch still "
            + evidence.step()
            + "; "
            + remedy);
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }

  Failed noPolicy(PolicySyntaxException flaw) {
    String line = flaw.line() > 0 ? "line " + flaw.line() + ": " : "";
    return failed(
        ResultType.STS_POLICY_INVALID,
        line + flaw.getMessage() + " (" + flaw.section() + ")",
        Optional.empty());
  }

  /** What the lookup of the policy host's addresses threw, or the executor that goes on from it. */
  FetchResult noAddresses(Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (cause instanceof UnknownHostException) {
      return failed(
          "expected addresses of the policy host, found: "
              + Evidence.text(cause)
              + "; publish an A or AAAA record for "
              + location.host());
    }
    return cause instanceof LookupUnavailableException
        ? unavailable(
            "expected an answer of DNS with the addresses of the policy host, found: "
                + Evidence.text(cause)
                + "; check the DNS servers that this sender asks")
        : broken(cause);
  }

  /** Our own house: an executor that refuses, a lookup that breaks its contract. */
  Unavailable broken(Throwable thrown) {
    return unavailable(unexpectedText(thrown));
  }

  Unavailable closed() {
    return unavailable("expected an open fetcher, found it closed; nothing was fetched");
  }

  private Unavailable unavailable(String finding) {
    return new Unavailable(location.url() + ": " + finding);
  }

  /** Something nobody foresaw, such as a trust manager that throws. */
  Failed unexpected(Throwable thrown) {
    return failed(unexpectedText(thrown));
  }

  private static String unexpectedText(Throwable thrown) {
    return "expected an answer, found "
        + thrown.getClass().getSimpleName()
        + ": "
        + Evidence.text(thrown)
        + "; look into the sender's own set-up";
  }

  /** What the HTTP client threw. */
  Failed of(IOException thrown) {
    if (thrown instanceof UnusableAnswer answer) {
      // Its words are ours; what the host said was cut when it was put in.
      return failed(ResultType.STS_POLICY_FETCH_ERROR, answer.finding(), answer.retryAfter());
    }
    return certificateProblem(thrown)
        .map(finding -> failed(ResultType.STS_WEBPKI_INVALID, finding, Optional.empty()))
        .orElseGet(() -> failed(finding(thrown)));
  }

  /**
   * A certificate that does not stand on any of the addresses is said rather than a refused
   * connection on another: of two faults it is the one that only the host's owner can mend.
   */
  private Optional<String> certificateProblem(IOException thrown) {
    Optional<String> last = CertificateProblem.in(thrown, location, evidence);
    for (Evidence.Attempt attempt : evidence.attempts()) {
      last = last.or(() -> CertificateProblem.in(attempt.failure(), location, evidence));
    }
    return last;
  }

  private String finding(IOException thrown) {
    String found = evidence.attempts().isEmpty() ? Evidence.text(thrown) : evidence.attemptsText();
    if (thrown instanceof SSLException) {
      return "expected a TLS handshake (TLS 1.2 or newer, a certificate for "
          + location.host()
          + "), found: "
          + found
          + "; check the TLS set-up of the policy host";
    }
    if (thrown instanceof SocketTimeoutException) {
      return "expected an answer, found silence while "
          + evidence.step()
          + " ("
          + found
          + "); check that the policy host runs and that no firewall is in the way";
    }
    return "expected an answer over HTTPS, found while "
        + evidence.step()
        + ": "
        + found
        + "; check that the policy host runs and that no firewall is in the way";
  }

  private Failed failed(ResultType type, String finding, Optional<Duration> retryAfter) {
    String peer = evidence.peer();
    String where = peer.isEmpty() ? location.url() : location.url() + " at " + peer;
    return new Failed(type, where + ": " + finding, retryAfter);
  }
}
