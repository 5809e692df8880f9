// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.endtoend;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.tls.MxTls;
import io.github.mtasts.tls.TlsVerdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tries MX hosts in order, as the API asks a sender to do. RFC 8461 §5.1 */
final class TestMailer {
  private final Map<String, InetSocketAddress> servers;
  private final List<TlsVerdict> verdicts = new ArrayList<>();

  TestMailer(Map<String, InetSocketAddress> servers) {
    this.servers = Map.copyOf(servers);
  }

  /** All verdicts so far, in order. */
  List<TlsVerdict> verdicts() {
    return List.copyOf(verdicts);
  }

  /** Returns the host that accepted the message; empty if the message stays in the queue. */
  Optional<String> send(Resolution resolution, List<String> mxHosts) throws IOException {
    for (String mx : mxHosts) {
      MxDecision decision = resolution.decide(mx);
      if (!decision.isRefused() && attempt(decision)) {
        return Optional.of(mx);
      }
    }
    return Optional.empty();
  }

  private boolean attempt(MxDecision decision) throws IOException {
    InetSocketAddress server = servers.get(decision.mxHost());
    if (server == null) {
      return false;
    }
    try (MxTls tls = MxTls.forDecision(decision)) {
      try (SmtpClient smtp = SmtpClient.connect(server)) {
        if (smtp.offersStartTls()) {
          smtp.startTls(tls);
        } else if (tls.startTlsMissing().isBlocking()) {
          return false;
        }
        smtp.deliver();
        return true;
      } catch (IOException failed) {
        if (!tls.allowsPlainText()) {
          return false;
        }
      } finally {
        tls.verdict().ifPresent(verdicts::add);
      }
      try (SmtpClient plainText = SmtpClient.connect(server)) {
        plainText.offersStartTls();
        plainText.deliver();
        return true;
      }
    }
  }
}
