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

/** Walks MX hosts as the library's front door asks a sender to. RFC 8461 §5.1 */
final class MiniMailer {
  private final Map<String, InetSocketAddress> servers;
  private final List<TlsVerdict> verdicts = new ArrayList<>();

  MiniMailer(Map<String, InetSocketAddress> servers) {
    this.servers = Map.copyOf(servers);
  }

  /** Every verdict so far, in order. */
  List<TlsVerdict> verdicts() {
    return List.copyOf(verdicts);
  }

  /** The host that took the message; empty means: keep it queued. */
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
      try (Conversation smtp = Conversation.with(server)) {
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
      try (Conversation clear = Conversation.with(server)) {
        clear.offersStartTls();
        clear.deliver();
        return true;
      }
    }
  }
}
