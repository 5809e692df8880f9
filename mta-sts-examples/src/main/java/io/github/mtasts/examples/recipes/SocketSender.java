// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.PolicySession;
import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.examples.smtp.Reply;
import io.github.mtasts.examples.smtp.Smtp;
import io.github.mtasts.examples.smtp.SmtpMessage;
import io.github.mtasts.tls.MxTls;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A sender with its own sockets. Safe for use by several threads. */
public final class SocketSender {
  private final PolicyResolver resolver;
  private final int port;

  /**
   * Sets up a sender.
   *
   * @param resolver one per application
   * @param port 25, except in tests
   */
  public SocketSender(PolicyResolver resolver, int port) {
    this.resolver = resolver;
    this.port = port;
  }

  /**
   * Delivers to the first usable MX host.
   *
   * @param domain the recipient domain
   * @param mxHosts its MX hosts, in order of preference
   * @param message the message
   * @return the MX host's reply; empty if no host is usable and the message must be deferred
   */
  public Optional<Reply> deliver(String domain, List<String> mxHosts, SmtpMessage message) {
    // region policy-session
    PolicySession session = resolver.begin(domain); // for this attempt only
    Optional<Reply> delivered = tryHosts(session, mxHosts, message);
    if (delivered.isEmpty() && session.recheck()) { // there is a newer policy: once more
      delivered = tryHosts(session, mxHosts, message);
    }
    return delivered; // if empty, defer: never bounce at once
    // endregion
  }

  private Optional<Reply> tryHosts(
      PolicySession session, List<String> mxHosts, SmtpMessage message) {
    // region plain-socket
    for (String mx : mxHosts) {
      MxDecision decision = session.decide(mx);
      if (decision.isRefused()) continue; // its explain() says why
      try (MxTls tls = MxTls.forDecision(decision);
          Smtp smtp = Smtp.connect(mx, port)) {
        if (smtp.offersStartTls()) smtp.useSocket(tls.startTls(smtp.askForTls()));
        else if (tls.startTlsMissing().isBlocking()) continue; // before MAIL FROM, always
        return Optional.of(smtp.deliver(message));
      } catch (IOException e) {
        log(mx, e); // try the next MX host
      }
    }
    return Optional.empty();
    // endregion
  }

  private static void log(String mx, IOException e) {
    System.getLogger(SocketSender.class.getName()).log(System.Logger.Level.INFO, mx, e);
  }
}
