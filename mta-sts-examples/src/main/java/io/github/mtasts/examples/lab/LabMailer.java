// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.PolicySession;
import io.github.mtasts.decision.DomainNames;
import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.discovery.MxHost;
import io.github.mtasts.discovery.MxLookup;
import io.github.mtasts.examples.lab.ScenarioResult.Delivery;
import io.github.mtasts.examples.lab.ScenarioResult.Reader;
import io.github.mtasts.examples.smtp.Smtp;
import io.github.mtasts.examples.smtp.SmtpMessage;
import io.github.mtasts.tls.MxTls;
import io.github.mtasts.tls.TlsVerdict;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sends one message like a mailer with its own sockets. */
final class LabMailer {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  /** Connects to an MX host, which the attacker may have replaced. */
  @FunctionalInterface
  interface Connector {
    Socket connect(String mxHost) throws IOException;
  }

  private final PolicyResolver resolver;
  private final MxLookup lookup;
  private final Connector connector;
  private final SmtpMessage message;

  private final List<String> log = new ArrayList<>();
  private Optional<String> problem = Optional.empty();

  LabMailer(PolicyResolver resolver, MxLookup lookup, Connector connector, SmtpMessage message) {
    this.resolver = resolver;
    this.lookup = lookup;
    this.connector = connector;
    this.message = message;
  }

  SendResult send(String domain) {
    PolicySession session = resolver.begin(domain);
    Optional<ScenarioResult> delivered = tryHosts(session);
    if (delivered.isEmpty()) {
      if (session.recheck()) {
        log.add("Before deferring: found a newer policy; trying again.");
        delivered = tryHosts(session);
      } else {
        log.add("Before deferring, checked for a newer policy: " + session.resolution().explain());
      }
    }
    return new SendResult(delivered.map(this::withProblem).orElseGet(this::deferred), log);
  }

  /** Tries the MX hosts in order; empty if none is usable. */
  private Optional<ScenarioResult> tryHosts(PolicySession session) {
    Resolution resolution = session.resolution();
    log.add(resolution.explain());
    problem = resolution.problem().flatMap(Problem::resultType).map(ResultType::label);
    for (MxHost mx : mxHosts(resolution.domain())) {
      MxDecision decision = session.decide(mx.host());
      if (decision.isRefused()) {
        logProblem(ScenarioResult.NOT_LISTED, decision.explain());
        continue;
      }
      Optional<ScenarioResult> delivered = tryHost(decision);
      if (delivered.isPresent()) {
        return delivered;
      }
    }
    return Optional.empty();
  }

  private Optional<ScenarioResult> tryHost(MxDecision decision) {
    try (MxTls tls = MxTls.forDecision(decision)) {
      Optional<ScenarioResult> delivered = overTls(decision, tls);
      tls.verdict().ifPresent(this::logVerdict);
      if (delivered.isPresent() || !tls.allowsPlainText()) {
        return delivered;
      }
      // RFC 7435 §3: some protection is better than none, and delivery in clear text is better than
      // none.
      return inClear(decision);
    }
  }

  private Optional<ScenarioResult> overTls(MxDecision decision, MxTls tls) {
    try (Smtp smtp = connect(decision)) {
      Optional<TlsVerdict> verdict = smtp.secure(tls);
      if (verdict.filter(TlsVerdict::isBlocking).isPresent()) {
        return Optional.empty();
      }
      // Under enforce, no part of the message is sent before this line.
      smtp.deliver(message);
      return Optional.of(delivered(decision, delivery(smtp, verdict)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Optional<ScenarioResult> inClear(MxDecision decision) {
    try (Smtp smtp = connect(decision)) {
      smtp.deliver(message);
      return Optional.of(delivered(decision, Delivery.IN_CLEAR));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Smtp connect(MxDecision decision) throws IOException {
    return Smtp.over(connector.connect(decision.mxHost()), DEADLINE);
  }

  private static Delivery delivery(Smtp smtp, Optional<TlsVerdict> verdict) {
    if (!smtp.isEncrypted()) {
      return Delivery.IN_CLEAR;
    }
    return verdict.filter(TlsVerdict.Trusted.class::isInstance).isPresent()
        ? Delivery.VERIFIED
        : Delivery.UNVERIFIED;
  }

  private static ScenarioResult delivered(MxDecision decision, Delivery delivery) {
    return new ScenarioResult(
        delivery, Optional.of(decision.mxHost()), Reader.NOBODY, Optional.empty());
  }

  private ScenarioResult withProblem(ScenarioResult result) {
    return problem.map(result::withProblem).orElse(result);
  }

  private ScenarioResult deferred() {
    return ScenarioResult.deferred(problem.orElse("no MX host answers"));
  }

  private void logVerdict(TlsVerdict verdict) {
    if (verdict instanceof TlsVerdict.Rejected rejected) {
      logProblem(rejected.resultType().label(), rejected.detail());
    } else if (verdict instanceof TlsVerdict.Trusted) {
      log.add(verdict.detail());
    }
  }

  private void logProblem(String what, String detail) {
    problem = Optional.of(what);
    log.add(detail);
  }

  private List<MxHost> mxHosts(String domain) {
    return lookup.lookup(DomainNames.parse(domain)).join().records();
  }
}
