// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import io.github.mtasts.PolicySession;
import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.Excerpt;
import jakarta.mail.internet.MimeMessage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Delivers one message to the recipients of one domain: policy, MX hosts, addresses, in that order.
 *
 * <p>RFC 8461 §5.1. Used by one thread at a time.
 */
final class DomainDeliverer {
  /** Connections opened in one round: {@value}. RFC 5321 §5.1 choice: the rest is for a retry. */
  static final int MAX_CONNECTIONS = 20;

  /** Hosts considered in one round: {@value}. A longer list only wastes the sender's time. */
  static final int MAX_HOSTS = 100;

  private static final Logger LOG = System.getLogger(DomainDeliverer.class.getName());

  private final TransportOptions options;
  private final MxHosts hosts;
  private final MxConnector connector;
  private final IdleConnections idle;

  DomainDeliverer(
      TransportOptions options, MxHosts hosts, MxConnector connector, IdleConnections idle) {
    this.options = options;
    this.hosts = hosts;
    this.connector = connector;
    this.idle = idle;
  }

  /**
   * Delivers, and returns the result even if something throws.
   *
   * @throws VirtualMachineError if one was thrown and no server may have the message yet
   */
  DomainDelivery deliver(MimeMessage message, RecipientGroup group, Deadline deadline) {
    RecipientOutcomes outcomes = new RecipientOutcomes(group);
    try {
      return deliver(message, group, outcomes, deadline);
    } catch (Throwable e) {
      // Recipients who have the message must not get it again, so their outcomes are kept.
      DomainDelivery result = outcomes.interruptedBy(e);
      if (e instanceof VirtualMachineError failure && !result.mayHaveBeenAccepted()) {
        throw failure;
      }
      LOG.log(Level.ERROR, "delivery to " + group.domain() + " failed unexpectedly", e);
      return result;
    }
  }

  private DomainDelivery deliver(
      MimeMessage message, RecipientGroup group, RecipientOutcomes outcomes, Deadline deadline) {
    if (deadline.isOver()) {
      return outcomes.close(); // the transport was closed: no more lookups
    }
    NextHop hop = group.hop();
    String domain = hop.policyDomain();
    CompletableFuture<MxHosts.Found> lookup = hosts.of(hop); // runs during the policy lookup
    PolicySession session;
    try {
      session = options.resolver().begin(domain);
    } catch (IllegalStateException closed) {
      return outcomes.withoutDecidingHost(
          resolverClosed(domain, closed), RecipientOutcomes.Permanence.EXCLUDED);
    }
    MxHosts.Found found = deadline.await(lookup, timedOut(domain));
    if (found.failure().isPresent()) {
      return outcomes.withoutDecidingHost(
          found.failure().get(), permanence(session.resolution(), group));
    }
    Round round = new Round(message, group, outcomes, deadline);
    round.tryHosts(session, found.hosts());
    if (!outcomes.isSettled()
        && outcomes.isBlockedByPolicy()
        && !deadline.isOver()
        && recheck(session)) {
      round.tryHosts(session, deadline.await(hosts.of(hop), found).hosts());
    }
    return outcomes.close();
  }

  /** RFC 8461 §5.1 step 3: before giving up, check for a newer policy. */
  private static boolean recheck(PolicySession session) {
    try {
      return session.recheck();
    } catch (IllegalStateException closed) {
      return false; // the resolver is closed, and what is blocked stays deferred
    }
  }

  private static DomainFailure resolverClosed(String domain, IllegalStateException closed) {
    return new DomainFailure(
        false,
        "3.0",
        "policy of "
            + domain
            + ": expected an open resolver, found one that refuses ("
            + Excerpt.of(String.valueOf(closed.getMessage()))
            + "); send the message again with an open one");
  }

  private static MxHosts.Found timedOut(String domain) {
    return MxHosts.Found.failed(MxHosts.unavailable(domain, "none in time"));
  }

  /**
   * RFC 7505 §3 choice: a null MX or a missing domain fails a delivery permanently only where the
   * domain is known to have no policy. Otherwise a forged answer would turn protection into a
   * bounce. For a smart host the answer says nothing about the recipients, and its operator can
   * correct it.
   */
  private static RecipientOutcomes.Permanence permanence(
      Resolution resolution, RecipientGroup group) {
    String domain = group.hop().policyDomain();
    return domain.equals(group.domain())
            && !(resolution instanceof Resolution.Undetermined)
            && resolution.decide(domain).requirement() == Requirement.OPPORTUNISTIC
        ? RecipientOutcomes.Permanence.ALLOWED
        : RecipientOutcomes.Permanence.EXCLUDED;
  }

  /** One pass through the list of hosts under one policy. */
  private final class Round {
    private final MimeMessage message;
    private final String sender;
    private final NextHop hop;
    private final RecipientOutcomes outcomes;
    private final Deadline deadline;
    private int connections;

    Round(
        MimeMessage message, RecipientGroup group, RecipientOutcomes outcomes, Deadline deadline) {
      this.message = message;
      this.sender = group.sender();
      this.hop = group.hop();
      this.outcomes = outcomes;
      this.deadline = deadline;
    }

    /** RFC 8461 §8.4: in order, and never filtered beforehand. */
    void tryHosts(PolicySession session, List<String> mxHosts) {
      connections = 0;
      if (session.resolution() instanceof Resolution.Undetermined unknown
          && unknown.asksToDefer()) {
        refuse(
            session.decide(mxHosts.get(0))); // as every other host, for a reason that is no host's
        return;
      }
      for (String mx : mxHosts.subList(0, Math.min(MAX_HOSTS, mxHosts.size()))) {
        if (outcomes.isSettled() || isExhausted()) {
          return;
        }
        tryHost(session.decide(mx));
      }
    }

    private boolean isExhausted() {
      return connections >= MAX_CONNECTIONS
          || deadline.isOver()
          || Thread.currentThread().isInterrupted();
    }

    private void tryHost(MxDecision decision) {
      if (decision.isRefused()) {
        refuse(decision);
        return;
      }
      idle.take(decision, hop.port()).ifPresent(this::reuse);
      if (outcomes.isSettled()) {
        return;
      }
      MxHosts.Addresses addresses = hosts.addressesOf(decision.mxHost(), hop, deadline);
      if (addresses.allowed().isEmpty()) {
        outcomes.addHost(
            decision, Optional.empty(), AttemptOutcome.unreachable(addresses.detail()));
      }
      for (InetAddress address : addresses.allowed()) {
        if (outcomes.isSettled() || isExhausted()) {
          return;
        }
        tryAddress(decision, address);
      }
    }

    private void refuse(MxDecision decision) {
      outcomes.addHost(decision, Optional.empty(), AttemptOutcome.refused(decision));
    }

    private void reuse(MxConnection connection) {
      if (connection.answers(deadline, options)) {
        send(connection);
      } else {
        connection.close();
      }
    }

    private void tryAddress(MxDecision decision, InetAddress address) {
      connections++;
      try {
        send(connector.open(decision, address, hop.port(), deadline));
      } catch (ConnectFailedException e) {
        outcomes.addHost(decision, Optional.of(address), e.outcome());
      }
    }

    private void send(MxConnection connection) {
      boolean reusable = false;
      try {
        var replies = connection.send(message, sender, outcomes.pending(), deadline, options);
        outcomes.addReplies(connection.decision(), connection.address(), replies);
        reusable =
            replies.values().stream()
                .allMatch(reply -> reply.outcome() == DomainDelivery.Outcome.DELIVERED);
      } finally { // writing a message may throw anything
        if (!reusable) {
          connection.close(); // under the deadline, since a server may be slow here too
        }
        connection.release(deadline);
      }
      if (reusable) {
        idle.keep(connection);
      }
    }
  }
}
