package io.github.mtasts.examples.lab;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.DomainNames;
import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.discovery.MxHost;
import io.github.mtasts.discovery.MxLookup;
import io.github.mtasts.examples.lab.Outcome.Handling;
import io.github.mtasts.examples.lab.Outcome.Reader;
import io.github.mtasts.examples.smtp.Message;
import io.github.mtasts.examples.smtp.Smtp;
import io.github.mtasts.tls.MxTls;
import io.github.mtasts.tls.TlsVerdict;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sends one message as a mailer with its own sockets does. */
final class LabMailer {
  private static final Duration CONVERSATION = Duration.ofSeconds(30);

  /** Connects to an MX host; in the lab, the attacker has a say in where that leads. */
  @FunctionalInterface
  interface Dialer {
    Socket dial(String mxHost) throws IOException;
  }

  private final PolicyResolver resolver;
  private final MxLookup lookup;
  private final Dialer dialer;
  private final Message message;

  private final List<String> journal = new ArrayList<>();
  private Optional<String> trouble = Optional.empty();

  LabMailer(PolicyResolver resolver, MxLookup lookup, Dialer dialer, Message message) {
    this.resolver = resolver;
    this.lookup = lookup;
    this.dialer = dialer;
    this.message = message;
  }

  Sending send(String domain) {
    Resolution resolution = resolver.resolve(domain);
    Optional<Outcome> delivered = walk(resolution);
    if (delivered.isEmpty()) {
      // RFC 8461 §5.1: nothing fails for good before a newer policy was looked for.
      Resolution newer = resolver.recheck(domain);
      if (!newer.policy().equals(resolution.policy())) {
        journal.add("Before giving up: a newer policy is there; trying once more.");
        delivered = walk(newer);
      } else {
        journal.add("Before giving up, looked for a newer policy: " + newer.explain());
      }
    }
    return new Sending(delivered.map(this::withTrouble).orElseGet(this::deferred), journal);
  }

  /** Tries the MX hosts in order; empty if none would do. */
  private Optional<Outcome> walk(Resolution resolution) {
    journal.add(resolution.explain());
    trouble = resolution.problem().flatMap(Problem::resultType).map(ResultType::label);
    for (MxHost mx : mxHosts(resolution.domain())) {
      MxDecision decision = resolution.decide(mx.host());
      if (decision.isRefused()) {
        note(Outcome.NOT_LISTED, decision.explain());
        continue;
      }
      Optional<Outcome> delivered = attempt(decision);
      if (delivered.isPresent()) {
        return delivered;
      }
    }
    return Optional.empty();
  }

  private Optional<Outcome> attempt(MxDecision decision) {
    try (MxTls tls = MxTls.forDecision(decision)) {
      Optional<Outcome> delivered = overTls(decision, tls);
      tls.verdict().ifPresent(this::note);
      if (delivered.isPresent() || !tls.allowsPlainText()) {
        return delivered;
      }
      // RFC 7435 §3: some protection is better than none, and none better than no mail.
      return inClear(decision);
    }
  }

  private Optional<Outcome> overTls(MxDecision decision, MxTls tls) {
    try (Smtp smtp = connect(decision)) {
      Optional<TlsVerdict> verdict = smtp.secure(tls);
      if (verdict.filter(TlsVerdict::isBlocking).isPresent()) {
        return Optional.empty();
      }
      // Here and not earlier: under enforce nothing of the message leaves before this line.
      smtp.deliver(message);
      return Optional.of(delivered(decision, handling(smtp, verdict)));
    } catch (IOException broken) {
      return Optional.empty();
    }
  }

  private Optional<Outcome> inClear(MxDecision decision) {
    try (Smtp smtp = connect(decision)) {
      smtp.deliver(message);
      return Optional.of(delivered(decision, Handling.IN_CLEAR));
    } catch (IOException broken) {
      return Optional.empty();
    }
  }

  private Smtp connect(MxDecision decision) throws IOException {
    return Smtp.over(dialer.dial(decision.mxHost()), CONVERSATION);
  }

  private static Handling handling(Smtp smtp, Optional<TlsVerdict> verdict) {
    if (!smtp.isEncrypted()) {
      return Handling.IN_CLEAR;
    }
    return verdict.filter(TlsVerdict.Trusted.class::isInstance).isPresent()
        ? Handling.VERIFIED
        : Handling.UNVERIFIED;
  }

  private static Outcome delivered(MxDecision decision, Handling handling) {
    return new Outcome(handling, Optional.of(decision.mxHost()), Reader.NOBODY, Optional.empty());
  }

  private Outcome withTrouble(Outcome outcome) {
    return trouble.map(outcome::noting).orElse(outcome);
  }

  private Outcome deferred() {
    return Outcome.deferred(trouble.orElse("no MX host that answers"));
  }

  private void note(TlsVerdict verdict) {
    if (verdict instanceof TlsVerdict.Rejected rejected) {
      note(rejected.resultType().label(), rejected.detail());
    } else if (verdict instanceof TlsVerdict.Trusted) {
      journal.add(verdict.detail());
    }
  }

  private void note(String what, String detail) {
    trouble = Optional.of(what);
    journal.add(detail);
  }

  private List<MxHost> mxHosts(String domain) {
    return lookup.lookup(DomainNames.parse(domain)).join().records();
  }
}
