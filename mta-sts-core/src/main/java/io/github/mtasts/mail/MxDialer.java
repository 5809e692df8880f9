package io.github.mtasts.mail;

import io.github.mtasts.decision.MxDecision;
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
 * Dials an MX host at a vetted address, greets it and secures the connection. Thread-safe.
 *
 * <p>The address carries the MX host's name, so that the SMTP client asks no reverse lookup for the
 * name that goes into SNI.
 */
final class MxDialer {
  private final SmtpSessions sessions;
  private final TransportOptions options;

  MxDialer(SmtpSessions sessions, TransportOptions options) {
    this.sessions = sessions;
    this.options = options;
  }

  /**
   * Opens a connection; in clear, anew, if TLS failed and the decision allows that. RFC 7435 §3
   *
   * @throws NotOpenedException if nothing may be sent there
   */
  MxConnection open(MxDecision decision, InetAddress address, int port, Deadline deadline)
      throws NotOpenedException {
    MxTls tls = MxTls.forDecision(decision);
    try {
      Optional<MxConnection> secured =
          attempt(decision, tls, address, port, sessions.secure(tls), deadline);
      if (secured.isPresent()) {
        return secured.get();
      }
      return attempt(decision, tls, address, port, sessions.withoutStartTls(tls), deadline)
          .orElseThrow(() -> new IllegalStateException("STARTTLS was tried although it was off"));
    } catch (Throwable e) {
      tls.close();
      throw e;
    }
  }

  /** Empty if TLS failed and mail may go in clear. */
  private Optional<MxConnection> attempt(
      MxDecision decision,
      MxTls tls,
      InetAddress address,
      int port,
      Session session,
      Deadline deadline)
      throws NotOpenedException {
    ReplyLimitedSocket socket = dial(decision.mxHost(), address, port, deadline);
    SmtpConversation smtp = new SmtpConversation(session, tls);
    smtp.setLocalHost(sessions.localName(socket));
    try {
      smtp.connect(socket);
    } catch (MessagingException e) {
      hangUp(socket, deadline);
      return inClearUnless(failure(decision, tls, smtp, e), tls, smtp);
    } catch (Throwable e) {
      hangUp(socket, deadline);
      throw e;
    }
    if (!smtp.isSSL()) {
      noteMissingStartTls(tls, smtp);
    }
    return Optional.of(new MxConnection(decision, address, tls, socket, smtp));
  }

  private ReplyLimitedSocket dial(String mx, InetAddress address, int port, Deadline deadline)
      throws NotOpenedException {
    ReplyLimitedSocket socket = new ReplyLimitedSocket();
    deadline.watch(socket);
    try {
      socket.connect(
          new InetSocketAddress(named(mx, address), port),
          deadline.leftMillis(options.connectTimeout()));
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(deadline.leftMillis(options.replyTimeout()));
      return socket;
    } catch (IOException e) {
      hangUp(socket, deadline);
      throw new NotOpenedException(
          Finding.unreachable(
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

  private static InetAddress named(String mx, InetAddress address) throws UnknownHostException {
    return InetAddress.getByAddress(mx, address.getAddress());
  }

  private static void hangUp(ReplyLimitedSocket socket, Deadline deadline) {
    deadline.unwatch(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // It was of no use any more.
    }
  }

  private static Optional<MxConnection> inClearUnless(
      Finding failure, MxTls tls, SmtpConversation smtp) throws NotOpenedException {
    if (smtp.hasFailedStartTls() && tls.allowsPlainText()) {
      return Optional.empty();
    }
    throw new NotOpenedException(failure);
  }

  private static Finding failure(
      MxDecision decision, MxTls tls, SmtpConversation smtp, MessagingException e) {
    if (smtp.isGreeted() && !smtp.isSecured()) {
      noteMissingStartTls(tls, smtp);
    }
    Optional<TlsVerdict> blocking = tls.verdict().filter(TlsVerdict::isBlocking);
    if (blocking.isPresent()) {
      return Finding.tlsFailed(blocking.get());
    }
    SmtpReply reply = smtp.lastReply();
    if (reply.code() >= 400) {
      return Finding.notAccepting(decision.mxHost(), reply);
    }
    return Finding.lost(decision.mxHost(), e.getNextException() == null ? e : e.getNextException());
  }

  private static void noteMissingStartTls(MxTls tls, SmtpConversation smtp) {
    if (smtp.wantsStartTls() && !smtp.supportsExtension("STARTTLS")) {
      tls.startTlsMissing();
    }
  }
}
