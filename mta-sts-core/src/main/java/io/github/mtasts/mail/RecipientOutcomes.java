// SPDX-License-Identifier: Apache-2.0
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
import java.util.function.Predicate;

/**
 * Which recipients of a domain are delivered, deferred or failed, and which are still pending.
 *
 * <p>A recipient is settled once, so nobody gets the message twice. Not thread-safe.
 */
final class RecipientOutcomes {
  private static final DomainFailure NO_TIME =
      new DomainFailure(
          false,
          "4.7",
          "delivery: expected time to try a host, found none left, or the thread interrupted");

  private final String domain;
  private final Set<Recipient> pending;
  private final List<Address> delivered = new ArrayList<>();
  private final List<Address> deferred = new ArrayList<>();
  private final List<Refusal> refusals = new ArrayList<>();
  private final List<Attempt> attempts = new ArrayList<>();
  private final List<Attempt> deferringReplies = new ArrayList<>();
  private int attemptCount;
  private boolean blockedByPolicy;

  RecipientOutcomes(RecipientGroup group) {
    domain = group.domain();
    pending = new LinkedHashSet<>(group.recipients());
  }

  List<Recipient> pending() {
    return List.copyOf(pending);
  }

  boolean isSettled() {
    return pending.isEmpty();
  }

  /** Whether the policy blocked at least one host. */
  boolean isBlockedByPolicy() {
    return blockedByPolicy;
  }

  /** Adds a host that got no MAIL FROM. */
  void addHost(MxDecision decision, Optional<InetAddress> address, AttemptOutcome outcome) {
    attemptCount++;
    blockedByPolicy |= outcome.isByPolicy();
    attempts.add(outcome.at(decision, address));
  }

  /** Adds what a server replied about each recipient. */
  void addReplies(
      MxDecision decision, InetAddress address, Map<Recipient, AttemptOutcome> outcomes) {
    attemptCount++;
    for (AttemptOutcome outcome : new LinkedHashSet<>(outcomes.values())) {
      Attempt attempt = outcome.at(decision, Optional.of(address));
      blockedByPolicy |= outcome.isByPolicy();
      attempts.add(attempt);
      if (defers(outcome.outcome())) {
        deferringReplies.add(attempt);
      }
    }
    outcomes.forEach(this::settle);
  }

  private static boolean defers(Outcome outcome) {
    return outcome == Outcome.DEFERRED || outcome == Outcome.UNKNOWN;
  }

  private void settle(Recipient recipient, AttemptOutcome outcome) {
    if (!pending.remove(recipient)) {
      return;
    }
    switch (outcome.outcome()) {
      case DELIVERED -> delivered.add(recipient.given());
      case FAILED ->
          refusals.add(new Refusal(recipient.given(), outcome.status(), outcome.detail()));
      case DEFERRED, UNKNOWN -> deferred.add(recipient.given());
      case UNREACHABLE, REFUSED, TLS_FAILED -> pending.add(recipient);
    }
  }

  /** Defers the recipients that are still pending and returns the result. */
  DomainDelivery close() {
    if (attempts.isEmpty()) {
      return withoutDecidingHost(NO_TIME, Permanence.EXCLUDED);
    }
    pending.forEach(recipient -> deferred.add(recipient.given()));
    pending.clear();
    Attempt deciding = decidingAttempt();
    return new DomainDelivery(
        domain,
        delivered,
        deferred,
        failed(),
        refusals,
        Optional.of(deciding.requirement()),
        Optional.of(deciding.mxHost()),
        deciding.status(),
        deciding.resultType(),
        sentence(deciding),
        attempts);
  }

  private Attempt decidingAttempt() {
    if (!deferred.isEmpty()) {
      return deferringReplies.isEmpty()
          ? mostSignificant(attempts, outcome -> outcome.compareTo(Outcome.FAILED) < 0)
          : mostSignificant(deferringReplies, outcome -> true);
    }
    Outcome settled = refusals.isEmpty() ? Outcome.DELIVERED : Outcome.FAILED;
    return mostSignificant(attempts, settled::equals);
  }

  /** The first of those with the highest outcome. */
  private Attempt mostSignificant(List<Attempt> candidates, Predicate<Outcome> which) {
    return candidates.stream()
        .filter(attempt -> which.test(attempt.outcome()))
        .min(Comparator.comparing(Attempt::outcome).reversed())
        .orElseGet(() -> attempts.get(attempts.size() - 1));
  }

  private String sentence(Attempt deciding) {
    String others = attemptCount == 1 ? "" : " (" + attemptCount + " attempts in all)";
    if (!deferred.isEmpty()) {
      return "Mail for " + domain + " is deferred: " + deciding.detail() + others;
    }
    return refusals.isEmpty()
        ? "Mail for " + domain + " was delivered: " + deciding.detail() + others
        : "Mail for " + domain + " was refused permanently: " + deciding.detail() + others;
  }

  /** Defers the pending recipients after an exception in this library or in the caller's code. */
  DomainDelivery interruptedBy(Throwable cause) {
    if (isSettled() && !attempts.isEmpty()) {
      return close();
    }
    return withoutDecidingHost(
        new DomainFailure(
            false,
            "3.0",
            "delivery: expected it to complete, found "
                + cause.getClass().getSimpleName()
                + "; see the log of the sender"),
        Permanence.EXCLUDED);
  }

  /** Settles the pending recipients for a reason that is not the reply of a host. */
  DomainDelivery withoutDecidingHost(DomainFailure failure, Permanence permanence) {
    boolean isFinal = failure.permanent() && permanence == Permanence.ALLOWED;
    String status = (isFinal ? "5." : "4.") + failure.status();
    for (Recipient recipient : pending) {
      if (isFinal) {
        refusals.add(new Refusal(recipient.given(), status, failure.detail()));
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
            ? "Mail for " + domain + " cannot be delivered: " + failure.detail()
            : "Mail for " + domain + " is deferred: " + failure.detail(),
        attempts);
  }

  private List<Address> failed() {
    return refusals.stream().map(Refusal::recipient).toList();
  }

  /** Whether an answer from DNS may fail a delivery permanently. */
  enum Permanence {
    /** No policy contradicts it. */
    ALLOWED,
    /** A policy says that the domain accepts mail, or nothing is known: it may be forged. */
    EXCLUDED
  }
}
