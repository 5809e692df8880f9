package io.github.mtasts.mail;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.mail.DomainDelivery.Refusal;
import jakarta.mail.Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who has the message, who will never have it, and who is still waited for.
 *
 * <p>A recipient leaves the waiting ones once, so nobody gets the message twice. Not safe for use
 * by several threads.
 */
final class Ledger {
  private static final MxHosts.Trouble NO_TIME =
      new MxHosts.Trouble(
          false,
          "4.7",
          "delivery: expected time to try a host, found none left, or the thread interrupted");

  private final String domain;
  private final Set<Recipient> pending;
  private final List<Address> delivered = new ArrayList<>();
  private final List<Address> deferred = new ArrayList<>();
  private final List<Refusal> refusals = new ArrayList<>();
  private final List<Attempt> attempts = new ArrayList<>();
  private boolean blockedByPolicy;

  Ledger(Envelope.Group group) {
    domain = group.domain();
    pending = new LinkedHashSet<>(group.recipients());
  }

  List<Recipient> pending() {
    return List.copyOf(pending);
  }

  boolean isSettled() {
    return pending.isEmpty();
  }

  /** Whether the policy has kept some host from getting the message. */
  boolean isBlockedByPolicy() {
    return blockedByPolicy;
  }

  /** A host that was not dialled, or not beyond its greeting. */
  void noteHost(MxDecision decision, Optional<InetAddress> address, Finding finding) {
    blockedByPolicy |= finding.isByPolicy();
    attempts.add(finding.at(decision, address));
  }

  /** What a server said of each recipient. */
  void noteReplies(MxDecision decision, InetAddress address, Map<Recipient, Finding> fates) {
    fates.values().stream()
        .distinct()
        .forEach(finding -> noteHost(decision, Optional.of(address), finding));
    fates.forEach(this::settle);
  }

  void settle(Recipient recipient, Finding finding) {
    if (!pending.remove(recipient)) {
      return;
    }
    switch (finding.outcome()) {
      case DELIVERED -> delivered.add(recipient.given());
      case FAILED ->
          refusals.add(new Refusal(recipient.given(), finding.status(), finding.detail()));
      case DEFERRED, UNKNOWN -> deferred.add(recipient.given());
      case UNREACHABLE, REFUSED, TLS_FAILED -> pending.add(recipient);
    }
  }

  /** Those who are left are tried again later; the attempt that says most stands for the rest. */
  DomainDelivery close() {
    if (attempts.isEmpty()) {
      return withoutHost(NO_TIME, Permanence.EXCLUDED);
    }
    pending.forEach(recipient -> deferred.add(recipient.given()));
    pending.clear();
    Outcome most = mostTelling();
    Attempt decisive =
        attempts.stream()
            .filter(attempt -> attempt.outcome() == most)
            .findFirst()
            .orElseGet(() -> attempts.get(attempts.size() - 1));
    return new DomainDelivery(
        domain,
        delivered,
        deferred,
        failed(),
        refusals,
        Optional.of(decisive.requirement()),
        Optional.of(decisive.mxHost()),
        decisive.status(),
        decisive.resultType(),
        sentence(decisive),
        attempts);
  }

  private Outcome mostTelling() {
    if (!deferred.isEmpty()) {
      return attempts.stream()
          .map(Attempt::outcome)
          .filter(outcome -> outcome != Outcome.FAILED && outcome != Outcome.DELIVERED)
          .max(Comparator.naturalOrder())
          .orElse(Outcome.UNREACHABLE);
    }
    return refusals.isEmpty() ? Outcome.DELIVERED : Outcome.FAILED;
  }

  private String sentence(Attempt decisive) {
    String others = attempts.size() == 1 ? "" : " (" + attempts.size() + " attempts in all)";
    if (!deferred.isEmpty()) {
      return "Mail for " + domain + " is kept for another try: " + decisive.detail() + others;
    }
    return refusals.isEmpty()
        ? "Mail for " + domain + " was delivered: " + decisive.detail() + others
        : "Mail for " + domain + " was refused for good: " + decisive.detail() + others;
  }

  /** A flaw of ours, or of what the caller has handed in: the message is kept. */
  DomainDelivery brokenOff(Throwable flaw) {
    if (isSettled() && !attempts.isEmpty()) {
      return close();
    }
    return withoutHost(
        new MxHosts.Trouble(
            false,
            "3.0",
            "delivery: expected to be carried out, found "
                + flaw.getClass().getSimpleName()
                + "; see the log of the sender"),
        Permanence.EXCLUDED);
  }

  /** No host came into it. */
  DomainDelivery withoutHost(MxHosts.Trouble trouble, Permanence permanence) {
    boolean isFinal = trouble.lasting() && permanence == Permanence.POSSIBLE;
    String status = (isFinal ? "5." : "4.") + trouble.status();
    for (Recipient recipient : pending) {
      if (isFinal) {
        refusals.add(new Refusal(recipient.given(), status, trouble.detail()));
      } else {
        deferred.add(recipient.given());
      }
    }
    pending.clear();
    return new DomainDelivery(
        domain,
        delivered,
        deferred,
        failed(),
        refusals,
        Optional.empty(),
        Optional.empty(),
        status,
        Optional.empty(),
        isFinal
            ? "Mail for " + domain + " cannot be delivered: " + trouble.detail()
            : "Mail for " + domain + " is kept for another try: " + trouble.detail(),
        attempts);
  }

  private List<Address> failed() {
    return refusals.stream().map(Refusal::recipient).toList();
  }

  /** Whether an answer of DNS may end a delivery for good. */
  enum Permanence {
    /** Nothing is known that contradicts it. */
    POSSIBLE,
    /** A policy says that the domain takes mail, or nobody knows: the answer may be forged. */
    EXCLUDED
  }
}
