package io.github.mtasts.mail;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.Policy;
import jakarta.mail.internet.MimeMessage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Takes one message to the recipients of one domain: policy, MX hosts, addresses, in that order.
 *
 * <p>RFC 8461 §5.1. Used by one thread at a time.
 */
final class DomainCourier {
  /** Addresses dialled in one round: {@value}. RFC 5321 §5.1 choice: more is for the next try. */
  static final int MOST_DIALS = 20;

  /** Hosts looked at in one round: {@value}. Whoever publishes more wants to waste our time. */
  static final int MOST_HOSTS = 100;

  private static final Logger LOG = System.getLogger(DomainCourier.class.getName());

  private final TransportOptions options;
  private final MxHosts hosts;
  private final MxDialer dialer;
  private final IdleConnections idle;

  DomainCourier(TransportOptions options, MxHosts hosts, MxDialer dialer, IdleConnections idle) {
    this.options = options;
    this.hosts = hosts;
    this.dialer = dialer;
    this.idle = idle;
  }

  /**
   * Delivers, and tells what became of it whatever breaks.
   *
   * @throws VirtualMachineError if there is one, and nobody has the message yet
   */
  DomainDelivery deliver(MimeMessage message, Envelope.Group group, Deadline deadline) {
    Ledger ledger = new Ledger(group);
    try {
      return deliver(message, group, ledger, deadline);
    } catch (Throwable e) {
      // Whoever has the message by now must not get it again, so the ledger is not lost for it.
      DomainDelivery left = ledger.brokenOff(e);
      if (e instanceof VirtualMachineError failure && !left.isWithSomebody()) {
        throw failure;
      }
      LOG.log(Level.ERROR, "delivery to " + group.domain() + " broke off", e);
      return left;
    }
  }

  private DomainDelivery deliver(
      MimeMessage message, Envelope.Group group, Ledger ledger, Deadline deadline) {
    if (deadline.isOver()) {
      return ledger.close(); // the transport was closed: not even a question is asked any more
    }
    NextHop hop = group.hop();
    String domain = hop.policyDomain();
    CompletableFuture<MxHosts.Found> asked = hosts.of(hop); // while the policy is looked up
    Resolution resolution = options.resolver().resolve(domain);
    MxHosts.Found found = deadline.await(asked, late(domain));
    if (found.trouble().isPresent()) {
      return ledger.withoutHost(found.trouble().get(), permanence(resolution, group));
    }
    Round round = new Round(message, group, ledger, deadline);
    round.walk(resolution, found.hosts());
    if (!ledger.isSettled() && ledger.isBlockedByPolicy() && !deadline.isOver()) {
      // RFC 8461 §5.1 step 3: before giving up, see whether there is a newer policy.
      Resolution newer = options.resolver().recheck(domain);
      if (isOther(newer, resolution, domain)) {
        round.walk(newer, deadline.await(hosts.of(hop), found).hosts());
      }
    }
    return ledger.close();
  }

  private static MxHosts.Found late(String domain) {
    return MxHosts.Found.trouble(MxHosts.unavailable(domain, "none in time"));
  }

  /** Another policy; or DNS, which was waited for, has answered that there is none. */
  private static boolean isOther(Resolution newer, Resolution older, String domain) {
    return !policyText(newer).equals(policyText(older))
        || newer.decide(domain).requirement() != older.decide(domain).requirement();
  }

  private static Optional<String> policyText(Resolution resolution) {
    return resolution.policy().map(Policy::text);
  }

  /**
   * RFC 7505 §3 choice: a null MX or a domain that is said not to exist ends a delivery for good
   * only where no policy speaks for the domain. A forged answer would else turn protection into a
   * bounce. Of a smart host it says nothing about the recipients: whoever set the route can mend
   * it.
   */
  private static Ledger.Permanence permanence(Resolution resolution, Envelope.Group group) {
    String domain = group.hop().policyDomain();
    return domain.equals(group.domain())
            && resolution.decide(domain).requirement() == Requirement.OPPORTUNISTIC
        ? Ledger.Permanence.POSSIBLE
        : Ledger.Permanence.EXCLUDED;
  }

  /** One walk down the list of hosts under one policy. */
  private final class Round {
    private final MimeMessage message;
    private final String sender;
    private final NextHop hop;
    private final Ledger ledger;
    private final Deadline deadline;
    private int dials;

    Round(MimeMessage message, Envelope.Group group, Ledger ledger, Deadline deadline) {
      this.message = message;
      this.sender = group.sender();
      this.hop = group.hop();
      this.ledger = ledger;
      this.deadline = deadline;
    }

    /** RFC 8461 §8.4: in order, and never filtered beforehand. */
    void walk(Resolution resolution, List<String> mxHosts) {
      dials = 0;
      for (String mx : mxHosts.subList(0, Math.min(MOST_HOSTS, mxHosts.size()))) {
        if (ledger.isSettled() || isSpent()) {
          return;
        }
        visit(resolution.decide(mx));
      }
    }

    private boolean isSpent() {
      return dials >= MOST_DIALS || deadline.isOver() || Thread.currentThread().isInterrupted();
    }

    private void visit(MxDecision decision) {
      if (decision.isRefused()) {
        ledger.noteHost(decision, Optional.empty(), Finding.refused(decision));
        return;
      }
      idle.take(decision, hop.port()).ifPresent(this::resume);
      if (ledger.isSettled()) {
        return;
      }
      MxHosts.Addresses addresses = hosts.addressesOf(decision.mxHost(), hop, deadline);
      if (addresses.vetted().isEmpty()) {
        ledger.noteHost(decision, Optional.empty(), Finding.unreachable(addresses.detail()));
      }
      for (InetAddress address : addresses.vetted()) {
        if (ledger.isSettled() || isSpent()) {
          return;
        }
        dial(decision, address);
      }
    }

    private void resume(MxConnection connection) {
      if (connection.answers(deadline, options)) {
        send(connection);
      } else {
        connection.close();
      }
    }

    private void dial(MxDecision decision, InetAddress address) {
      dials++;
      try {
        send(dialer.open(decision, address, hop.port(), deadline));
      } catch (NotOpenedException e) {
        ledger.noteHost(decision, Optional.of(address), e.finding());
      }
    }

    private void send(MxConnection connection) {
      boolean clean = false;
      try {
        var fates = connection.send(message, sender, ledger.pending(), deadline, options);
        ledger.noteReplies(connection.decision(), connection.address(), fates);
        clean =
            fates.values().stream()
                .allMatch(finding -> finding.outcome() == DomainDelivery.Outcome.DELIVERED);
      } finally { // a message may throw anything while it is written
        if (!clean) {
          connection.close(); // under the deadline, for a server may take its time for this, too
        }
        connection.release(deadline);
      }
      if (clean) {
        idle.keep(connection);
      }
    }
  }
}
