package io.github.mtasts.mail;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResultType;
import jakarta.mail.Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What became of a message for the recipients of one domain.
 *
 * <p>Keep the message queued for the {@link #deferred} ones and try again later (RFC 5321
 * §4.5.4.1); tell the author about the {@link #failed} ones. Immutable, hence thread-safe.
 *
 * @param domain the recipients' domain as A-labels, or the address literal
 * @param delivered to whom a server has accepted the message
 * @param deferred for whom it is to be tried again
 * @param failed for whom it is not, because a server said so for good, DNS says that there is no
 *     such mail domain, or the address is none
 * @param refusals why not, for each of the failed ones and in their order; {@code status} and
 *     {@code detail} speak of the deferred ones if there are any
 * @param requirement what the deciding host had to show; empty if no host came into it
 * @param mxHost the deciding host; empty if no host came into it
 * @param status an enhanced status code, such as {@code 2.0.0} or {@code 4.7.5}. RFC 3463 §3
 * @param resultType present if TLS or the policy was the reason. RFC 8460 §4.3
 * @param detail a sentence or more for a bounce or a log, on one line
 * @param attempts every host that was considered, in order
 */
@SuppressWarnings("exports") // who uses this has Jakarta Mail
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

  /**
   * Copies the lists.
   *
   * @param domain the recipients' domain
   * @param delivered to whom a server has accepted the message
   * @param deferred for whom it is to be tried again
   * @param failed for whom it is not
   * @param refusals why not
   * @param requirement what the deciding host had to show
   * @param mxHost the deciding host
   * @param status an enhanced status code
   * @param resultType present if TLS or the policy was the reason
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
   * Returns the outcome in one word.
   *
   * @return DEFERRED if any recipient is, else FAILED if any is, else DELIVERED
   */
  public Disposition disposition() {
    if (!deferred.isEmpty()) {
      return Disposition.DEFERRED;
    }
    return failed.isEmpty() ? Disposition.DELIVERED : Disposition.FAILED;
  }

  /** Whether a server has the message, or may have it: to begin anew could send it twice. */
  boolean isWithSomebody() {
    return !delivered.isEmpty()
        || attempts.stream().anyMatch(attempt -> attempt.outcome() == Outcome.UNKNOWN);
  }

  /**
   * Tells the author why the {@link #failed} ones will not get the message, a line for each.
   *
   * @return text for a bounce; empty if nobody failed
   */
  public String bounceText() {
    return refusals.stream()
        .map(refusal -> refusal.recipient() + ": " + refusal.status() + " " + refusal.detail())
        .collect(Collectors.joining("\n"));
  }

  /**
   * Why one recipient will not get the message.
   *
   * @param recipient one of the failed ones
   * @param status an enhanced status code. RFC 3463 §3
   * @param detail what was expected and what was found, on one line
   */
  public record Refusal(Address recipient, String status, String detail) {
    /**
     * Checks that nothing is null.
     *
     * @param recipient one of the failed ones
     * @param status an enhanced status code
     * @param detail what was expected and what was found
     */
    public Refusal {
      Objects.requireNonNull(recipient, "recipient");
      Objects.requireNonNull(status, "status");
      Objects.requireNonNull(detail, "detail");
    }
  }

  /** The outcome in one word. */
  public enum Disposition {
    /** A server has taken the message for every recipient. */
    DELIVERED,
    /** Somebody's copy is to be tried again later. */
    DEFERRED,
    /** Somebody's copy will never arrive. */
    FAILED
  }

  /**
   * One MX host at one address, or one that was not dialled.
   *
   * @param mxHost the host, as the MX record names it
   * @param address where it was dialled; empty if it was not
   * @param outcome how it ended
   * @param requirement what the host had to show before MAIL FROM
   * @param status an enhanced status code. RFC 3463 §3
   * @param resultType present if TLS or the policy was the reason. RFC 8460 §4.3
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
     * @param address where it was dialled
     * @param outcome how it ended
     * @param requirement what the host had to show
     * @param status an enhanced status code
     * @param resultType present if TLS or the policy was the reason
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
    /** No address, no connection, or the connection was lost before the message was through. */
    UNREACHABLE,
    /** The policy does not list the host, or DNS is awaited: not dialled. RFC 8461 §5 */
    REFUSED,
    /** TLS was not as the policy asks: no MAIL FROM was sent. RFC 8461 §5 */
    TLS_FAILED,
    /** The server said 4xx, or anything at all before the policy let it speak about the message. */
    DEFERRED,
    /** The connection was lost after the message's end: the server may have it or not. */
    UNKNOWN,
    /** The server said 5xx, under the TLS that the policy asks. */
    FAILED,
    /** The server has taken the message, for some recipient at least. */
    DELIVERED
  }
}
