// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.Excerpt;
import jakarta.mail.Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The result of delivering a message to the recipients of one domain.
 *
 * <p>Keep the message queued for the {@link #deferred} recipients and retry later (RFC 5321
 * §4.5.4.1); send the author a bounce for the {@link #failed} ones. Each recipient is in exactly
 * one of the three lists; one that was given twice is listed once. {@code requirement}, {@code
 * mxHost}, {@code status}, {@code resultType} and {@code detail} describe one deciding attempt: one
 * of the deferred recipients if there are any, else of the failed ones, else of the delivered ones.
 * Immutable as long as the addresses are not changed, hence thread-safe.
 *
 * @param domain the recipients' domain as A-labels, or the address literal; for a recipient that is
 *     not a usable mail address, its text, shortened
 * @param delivered recipients for whom a server has accepted the message
 * @param deferred recipients for whom it is to be retried; a server may have the message already if
 *     an attempt ended {@link Outcome#UNKNOWN}
 * @param failed recipients for whom it is not to be retried: a server refused them or the message
 *     permanently, DNS says that the domain does not exist or accepts no mail, or the address is
 *     not valid or not allowed by the properties of the session
 * @param refusals the reason for each failed recipient, in the order of {@code failed}
 * @param requirement what the deciding host had to show; empty if no host decided
 * @param mxHost the deciding host; empty if no host decided
 * @param status an enhanced status code, such as {@code 2.0.0} or {@code 4.7.5}. RFC 3463 §3
 * @param resultType present if the deciding attempt was blocked by the policy: the host is not
 *     listed, or its TLS was not as required. RFC 8460 §4.3
 * @param detail a sentence or more for a bounce or a log, on one line
 * @param attempts every host that was considered, in order; a server that settled recipients
 *     differently has an entry for each different reply
 */
@SuppressWarnings("exports") // callers have Jakarta Mail
public record DomainDelivery(
    String domain,
    List<Address> delivered,
    List<Address> deferred,
    List<Address> failed,
    List<Refusal> refusals,
    Optional<Requirement> requirement,
    Optional<String> mxHost,
    String status,
    Optional<ResultType> resultType,
    String detail,
    List<Attempt> attempts) {

  private static final int MAX_ADDRESS_LENGTH = 400;

  /**
   * Copies the lists.
   *
   * @param domain the recipients' domain
   * @param delivered recipients for whom a server has accepted the message
   * @param deferred recipients for whom it is to be retried
   * @param failed recipients for whom it is not to be retried
   * @param refusals the reason for each failed recipient
   * @param requirement what the deciding host had to show
   * @param mxHost the deciding host
   * @param status an enhanced status code
   * @param resultType present if the deciding attempt was blocked by the policy
   * @param detail a sentence or more
   * @param attempts every host that was considered, in order
   */
  public DomainDelivery {
    Objects.requireNonNull(domain, "domain");
    delivered = List.copyOf(delivered);
    deferred = List.copyOf(deferred);
    failed = List.copyOf(failed);
    refusals = List.copyOf(refusals);
    Objects.requireNonNull(requirement, "requirement");
    Objects.requireNonNull(mxHost, "mxHost");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(resultType, "resultType");
    Objects.requireNonNull(detail, "detail");
    attempts = List.copyOf(attempts);
  }

  /**
   * Returns the result in one word.
   *
   * @return DEFERRED if any recipient is deferred, else FAILED if any failed, else DELIVERED
   */
  public Disposition disposition() {
    if (!deferred.isEmpty()) {
      return Disposition.DEFERRED;
    }
    return failed.isEmpty() ? Disposition.DELIVERED : Disposition.FAILED;
  }

  /** Whether a server has the message, or may have it: starting again could send it twice. */
  boolean mayHaveBeenAccepted() {
    return !delivered.isEmpty()
        || attempts.stream().anyMatch(attempt -> attempt.outcome() == Outcome.UNKNOWN);
  }

  /**
   * Returns why the {@link #failed} recipients will not get the message, a line for each.
   *
   * @return text for a bounce; empty if no recipient failed
   */
  public String bounceText() {
    return refusals.stream()
        .map(refusal -> oneLine(refusal) + ": " + refusal.status() + " " + refusal.detail())
        .collect(Collectors.joining("\n"));
  }

  private static String oneLine(Refusal refusal) {
    return Excerpt.of(String.valueOf(refusal.recipient()), MAX_ADDRESS_LENGTH);
  }

  /**
   * Why one recipient will not get the message. Immutable as long as the address is not changed.
   *
   * @param recipient one of the failed recipients
   * @param status an enhanced status code. RFC 3463 §3
   * @param detail what was expected and what was found, on one line
   */
  public record Refusal(Address recipient, String status, String detail) {
    /**
     * Checks that nothing is null.
     *
     * @param recipient one of the failed recipients
     * @param status an enhanced status code
     * @param detail what was expected and what was found
     */
    public Refusal {
      Objects.requireNonNull(recipient, "recipient");
      Objects.requireNonNull(status, "status");
      Objects.requireNonNull(detail, "detail");
    }
  }

  /** The result of a delivery in one word. */
  public enum Disposition {
    /** A server has accepted the message for every recipient. */
    DELIVERED,
    /** The message is to be retried for at least one recipient; others may have failed. */
    DEFERRED,
    /** At least one recipient failed and none is deferred; others may be delivered. */
    FAILED
  }

  /**
   * One MX host at one address, or a host that was not connected to. Immutable, hence thread-safe.
   *
   * @param mxHost the host, as the MX record names it
   * @param address the address connected to; empty if there was none
   * @param outcome how it ended
   * @param requirement what the host had to show before MAIL FROM
   * @param status an enhanced status code. RFC 3463 §3
   * @param resultType present if the policy blocked it: the host is not listed, or its TLS was not
   *     as required. RFC 8460 §4.3
   * @param detail what was expected and what was found, on one line
   */
  public record Attempt(
      String mxHost,
      Optional<InetAddress> address,
      Outcome outcome,
      Requirement requirement,
      String status,
      Optional<ResultType> resultType,
      String detail) {

    /**
     * Checks that nothing is null.
     *
     * @param mxHost the host
     * @param address the address connected to
     * @param outcome how it ended
     * @param requirement what the host had to show
     * @param status an enhanced status code
     * @param resultType present if the policy blocked it
     * @param detail what was expected and what was found
     */
    public Attempt {
      Objects.requireNonNull(mxHost, "mxHost");
      Objects.requireNonNull(address, "address");
      Objects.requireNonNull(outcome, "outcome");
      Objects.requireNonNull(requirement, "requirement");
      Objects.requireNonNull(status, "status");
      Objects.requireNonNull(resultType, "resultType");
      Objects.requireNonNull(detail, "detail");
    }
  }

  /** How one attempt ended; the later in this list, the more it says about the message. */
  public enum Outcome {
    /**
     * No address, no connection, the connection was lost or closed by a 421 before the end of the
     * message was sent, or the host asked in clear for TLS (530): the next host is tried.
     */
    UNREACHABLE,
    /**
     * The policy does not list the host (RFC 8461 §5); or it is not known whether there is a
     * policy, and mail waits: then one host stands for all. No connection.
     */
    REFUSED,
    /** TLS was not as the policy requires: no MAIL FROM was sent. RFC 8461 §5 */
    TLS_FAILED,
    /**
     * The server refused the greeting or EHLO, in which case the next host is tried; or it replied
     * neither 2xx nor 5xx to MAIL FROM, RCPT TO, DATA or the message, or 552 to RCPT TO (RFC 5321
     * §4.5.3.1.10); or it lacks SMTPUTF8, or the message could not be read.
     */
    DEFERRED,
    /** The connection was lost after the end of the message: the server may have it or not. */
    UNKNOWN,
    /** The server replied 5xx about the message or a recipient, under the TLS required, if any. */
    FAILED,
    /** The server has accepted the message for at least one recipient. */
    DELIVERED
  }
}
