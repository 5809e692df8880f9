// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.fetch.FetchResult.Failed;
import io.github.mtasts.fetch.FetchResult.Unavailable;
import io.github.mtasts.policy.PolicySyntaxException;
import io.github.mtasts.x509.CauseChain;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.UnknownServiceException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLException;

/**
 * Turns the reason why a fetch ended into its result type and message. RFC 8460 §4.3.2.2
 *
 * <p>Exception classes decide, never message texts. One for each fetch; as thread-safe as its
 * trace.
 */
final class FetchFailures {
  private final PolicyLocation location;
  private final FetchTrace trace;

  FetchFailures(PolicyLocation location, FetchTrace trace) {
    this.location = location;
    this.trace = trace;
  }

  /** A fault of the policy host before HTTP, such as an address that is not allowed. */
  Failed fetchError(String detail) {
    return failed(ResultType.STS_POLICY_FETCH_ERROR, detail, Optional.empty());
  }

  /** The policy host took too long. */
  Failed noResponseWithin(Duration deadline) {
    return fetchError(
        "expected a complete response within "
            + seconds(deadline)
            + ", found the fetch still "
            + trace.step()
            + "; check whether the policy host, or the network path to it, is overloaded");
  }

  /** The fetch waited too long for other fetches of this sender. */
  Unavailable noPermitWithin(Duration deadline) {
    return deadlineExceeded(
        Cause.BUSY,
        deadline,
        "the fetch to start",
        "allow more concurrent fetches, or find out what blocks them");
  }

  /** DNS took too long. */
  Unavailable noAddressesWithin(Duration deadline) {
    return deadlineExceeded(
        Cause.DNS_UNAVAILABLE,
        deadline,
        "the addresses of the policy host",
        "check the DNS servers that this sender uses");
  }

  private Unavailable deadlineExceeded(
      Cause cause, Duration deadline, String expected, String remedy) {
    return unavailable(
        cause,
        "expected "
            + expected
            + " within "
            + seconds(deadline)
            + ", found the fetch still "
            + trace.step()
            + "; "
            + remedy);
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }

  Failed invalidPolicy(PolicySyntaxException syntax) {
    String line = syntax.line() > 0 ? "line " + syntax.line() + ": " : "";
    return failed(
        ResultType.STS_POLICY_INVALID,
        line + syntax.getMessage() + " (" + syntax.section() + ")",
        Optional.empty());
  }

  /** What the lookup of the policy host's addresses threw, or the executor that continues it. */
  FetchResult ofLookup(Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (cause instanceof UnknownHostException) {
      return fetchError(
          "expected addresses of the policy host, found: "
              + FetchTrace.text(cause)
              + "; publish an A or AAAA record for "
              + location.host());
    }
    return cause instanceof LookupUnavailableException
        ? unavailable(
            Cause.DNS_UNAVAILABLE,
            "expected an answer from DNS with the addresses of the policy host, found: "
                + FetchTrace.text(cause)
                + "; check the DNS servers that this sender uses")
        : own(cause);
  }

  /**
   * A failure on our side: an executor or the queue of DNS queries is full, no thread or socket is
   * left, a trust manager fails, or there is a bug.
   */
  Unavailable own(Throwable thrown) {
    return unavailable(
        thrown instanceof RejectedExecutionException ? Cause.BUSY : Cause.INTERNAL_ERROR,
        ownText(thrown));
  }

  Unavailable closed() {
    return unavailable(
        Cause.CLOSING, "expected an open fetcher, found it closed; nothing was fetched");
  }

  private Unavailable unavailable(Cause cause, String detail) {
    return new Unavailable(cause, location.url() + ": " + detail);
  }

  /** What was expected, what was found, what to do, for a failure on our side. */
  static String ownText(Throwable thrown) {
    return "expected this sender to be able to fetch, found "
        + thrown.getClass().getSimpleName()
        + ": "
        + FetchTrace.text(thrown)
        + "; check the configuration and the resources of this sender";
  }

  /** What the HTTP client threw. */
  FetchResult ofCall(Throwable thrown) {
    if (thrown instanceof UnusableResponseException response) {
      // We wrote this message; the parts that the host sent were shortened then.
      return failed(ResultType.STS_POLICY_FETCH_ERROR, response.detail(), response.retryAfter());
    }
    if (!(thrown instanceof IOException failure)) {
      return own(thrown);
    }
    if (isInterruption(failure)) {
      return unavailable(Cause.INTERRUPTED, ownText(failure));
    }
    return ownFailure(failure)
        .<FetchResult>map(this::own)
        .or(
            () ->
                certificateFailure(failure)
                    .map(d -> failed(ResultType.STS_WEBPKI_INVALID, d, Optional.empty())))
        .orElseGet(() -> fetchError(connectionFailure(failure)));
  }

  /** A timeout has the same base class. */
  private static boolean isInterruption(IOException thrown) {
    return thrown instanceof InterruptedIOException && !(thrown instanceof SocketTimeoutException);
  }

  /**
   * A failure on our side at one of the addresses. It counts before what other addresses did: the
   * host may have a policy that would have been fetched there.
   */
  private Optional<Throwable> ownFailure(IOException thrown) {
    Optional<Throwable> found = ownCause(thrown);
    for (FetchTrace.FailedAddress failed : trace.failedAddresses()) {
      found = found.or(() -> ownCause(failed.failure()));
    }
    return found;
  }

  private static Optional<Throwable> ownCause(IOException thrown) {
    return CauseChain.of(thrown).throwables().stream().filter(FetchFailures::isOwn).findFirst();
  }

  /** OkHttp throws an {@link UnknownServiceException} if the JDK enables no usable TLS version. */
  private static boolean isOwn(Throwable thrown) {
    return thrown instanceof Error
        || thrown instanceof TrustManagerFailure
        || thrown instanceof NoSocketException
        || thrown instanceof UnknownServiceException;
  }

  /**
   * A bad certificate on one address is reported rather than a refused connection on another: only
   * the owner of the host can fix it.
   */
  private Optional<String> certificateFailure(IOException thrown) {
    Optional<String> found = CertificateFailures.describe(thrown, location, trace);
    for (FetchTrace.FailedAddress failed : trace.failedAddresses()) {
      found = found.or(() -> CertificateFailures.describe(failed.failure(), location, trace));
    }
    return found;
  }

  private String connectionFailure(IOException thrown) {
    String found =
        trace.failedAddresses().isEmpty() ? FetchTrace.text(thrown) : trace.failedAddressesText();
    if (thrown instanceof SSLException) {
      return "expected a TLS handshake (TLS 1.2 or newer, a certificate for "
          + location.host()
          + "), found: "
          + found
          + "; check the TLS configuration of the policy host";
    }
    if (thrown instanceof SocketTimeoutException) {
      return "expected a response, found a timeout while "
          + trace.step()
          + " ("
          + found
          + "); check that the policy host runs and that no firewall blocks it";
    }
    return "expected a response over HTTPS, found while "
        + trace.step()
        + ": "
        + found
        + "; check that the policy host runs and that no firewall blocks it";
  }

  private Failed failed(ResultType type, String detail, Optional<Duration> retryAfter) {
    String peer = trace.peer();
    String where = peer.isEmpty() ? location.url() : location.url() + " at " + peer;
    return new Failed(type, where + ": " + detail, retryAfter);
  }
}
