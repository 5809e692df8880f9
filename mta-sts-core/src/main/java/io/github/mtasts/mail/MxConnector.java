// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Suspicion;
import io.github.mtasts.tls.MxTls;
import io.github.mtasts.tls.TlsVerdict;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Connects to an MX host at an allowed address, and secures the connection. Thread-safe.
 *
 * <p>The address carries the MX host's name, so that the SMTP client makes no reverse lookup for
 * the name that goes into SNI.
 */
final class MxConnector {
  private final SmtpSessions sessions;
  private final TransportOptions options;

  MxConnector(SmtpSessions sessions, TransportOptions options) {
    this.sessions = sessions;
    this.options = options;
  }

  /**
   * Opens a connection. If TLS failed and the decision allows clear text, opens a second one in
   * clear. RFC 7435 §3
   *
   * @throws ConnectFailedException if there is no connection over which mail may be sent
   */
  MxConnection open(MxDecision decision, InetAddress address, int port, Deadline deadline)
      throws ConnectFailedException {
    MxTls tls = MxTls.forDecision(decision);
    try {
      Optional<MxConnection> secured =
          connect(decision, tls, address, port, sessions.secure(tls), deadline);
      if (secured.isPresent()) {
        return secured.get();
      }
      return connect(decision, tls, address, port, sessions.withoutStartTls(tls), deadline)
          .orElseThrow(
              () -> new IllegalStateException("STARTTLS was used although it was disabled"));
    } catch (Throwable e) {
      tls.close();
      throw e;
    }
  }

  /** Returns empty if TLS failed and mail may go in clear. */
  private Optional<MxConnection> connect(
      MxDecision decision,
      MxTls tls,
      InetAddress address,
      int port,
      Session session,
      Deadline deadline)
      throws ConnectFailedException {
    ReplyLimitedSocket socket = connectSocket(decision.mxHost(), address, port, deadline);
    ObservedSmtpTransport smtp = new ObservedSmtpTransport(session, tls);
    smtp.setLocalHost(sessions.localName(socket));
    try {
      smtp.connect(socket);
    } catch (MessagingException e) {
      close(socket, deadline);
      return emptyIfClearTextIsAllowed(failure(decision, tls, smtp, e), tls, smtp);
    } catch (Throwable e) {
      close(socket, deadline);
      throw e;
    } finally {
      if (socket.isInjected()) {
        reportInjection(decision);
      }
    }
    if (!smtp.isSSL()) {
      reportMissingStartTls(tls, smtp);
    }
    return Optional.of(new MxConnection(decision, address, tls, socket, smtp));
  }

  /** The text did no harm: the client has discarded it, or the handshake has failed. */
  private static void reportInjection(MxDecision decision) {
    if (decision.resolution() instanceof Resolution.InForce policy
        && decision.requirement() != Requirement.OPPORTUNISTIC) {
      decision
          .settings()
          .listener()
          .suspicious(
              Suspicion.STARTTLS_INJECTION,
              policy,
              "STARTTLS at "
                  + decision.mxHost()
                  + ": expected TLS after the reply 220, found text in clear. Either an attacker on"
                  + " the path has inserted it, or the host's operator must fix its software.");
    }
  }

  private ReplyLimitedSocket connectSocket(
      String mx, InetAddress address, int port, Deadline deadline) throws ConnectFailedException {
    ReplyLimitedSocket socket = new ReplyLimitedSocket();
    deadline.watch(socket);
    try {
      socket.connect(
          new InetSocketAddress(withName(mx, address), port),
          deadline.leftMillis(options.connectTimeout()));
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(deadline.leftMillis(options.replyTimeout()));
      return socket;
    } catch (IOException e) {
      close(socket, deadline);
      throw new ConnectFailedException(
          AttemptOutcome.unreachable(
              mx
                  + ": expected a connection to "
                  + address.getHostAddress()
                  + " port "
                  + port
                  + ", found "
                  + e.getClass().getSimpleName()
                  + " ("
                  + e.getMessage()
                  + ")"));
    }
  }

  private static InetAddress withName(String mx, InetAddress address) throws UnknownHostException {
    return InetAddress.getByAddress(mx, address.getAddress());
  }

  private static void close(ReplyLimitedSocket socket, Deadline deadline) {
    deadline.unwatch(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // It is not used any more.
    }
  }

  private static Optional<MxConnection> emptyIfClearTextIsAllowed(
      AttemptOutcome failure, MxTls tls, ObservedSmtpTransport smtp) throws ConnectFailedException {
    if (smtp.hasFailedStartTls() && tls.allowsPlainText()) {
      return Optional.empty();
    }
    throw new ConnectFailedException(failure);
  }

  private static AttemptOutcome failure(
      MxDecision decision, MxTls tls, ObservedSmtpTransport smtp, MessagingException e) {
    if (smtp.isGreeted() && !smtp.isSecured()) {
      reportMissingStartTls(tls, smtp);
    }
    Optional<TlsVerdict> blocking = tls.verdict().filter(TlsVerdict::isBlocking);
    if (blocking.isPresent()) {
      return AttemptOutcome.tlsFailed(blocking.get());
    }
    SmtpReply reply = smtp.lastReply();
    if (reply.code() >= 400) {
      return AttemptOutcome.notAccepting(decision.mxHost(), reply);
    }
    return AttemptOutcome.connectionLost(
        decision.mxHost(), e.getNextException() == null ? e : e.getNextException());
  }

  private static void reportMissingStartTls(MxTls tls, ObservedSmtpTransport smtp) {
    if (smtp.wantsStartTls() && !smtp.supportsExtension("STARTTLS")) {
      tls.startTlsMissing();
    }
  }
}
