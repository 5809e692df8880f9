package io.github.mtasts.examples.cli;

import io.github.mtasts.DomainNames;
import io.github.mtasts.MxDecision;
import io.github.mtasts.Requirement;
import io.github.mtasts.discovery.DnsAnswer;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.examples.smtp.Smtp;
import io.github.mtasts.examples.smtp.SmtpReplyException;
import io.github.mtasts.tls.MxTls;
import io.github.mtasts.tls.TlsVerdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Tries STARTTLS on an MX host, and hangs up without a message. */
final class TlsProbe {
  private final DnsClient dns;
  private final int port;
  private final Duration deadline;

  TlsProbe(DnsClient dns, int port, Duration deadline) {
    this.dns = dns;
    this.port = port;
    this.deadline = deadline;
  }

  TlsFinding probe(MxDecision decision) {
    DnsAnswer<InetAddress> addresses;
    try {
      addresses = dns.addresses(DomainNames.parse(decision.mxHost())).join();
    } catch (IllegalArgumentException notAName) {
      return unreachable(String.valueOf(notAName.getMessage()));
    }
    if (addresses.records().isEmpty()) {
      return unreachable(addresses.detail());
    }
    return probe(decision, addresses.records());
  }

  private TlsFinding probe(MxDecision decision, List<InetAddress> addresses) {
    String trouble = "";
    for (InetAddress address : addresses) {
      try (Smtp smtp = Smtp.over(connected(address), deadline)) {
        return secure(decision, smtp);
      } catch (IOException e) {
        trouble = address.getHostAddress() + " port " + port + ": " + e.getMessage();
      }
    }
    return unreachable(trouble);
  }

  /**
   * Under TESTING everything is judged and nothing is blocked: just what a probe wants, whatever
   * the policy asks for.
   */
  private static TlsFinding secure(MxDecision decision, Smtp smtp) {
    MxDecision judging =
        new MxDecision(
            decision.resolution(), decision.mxHost(), Requirement.TESTING, decision.listed());
    try (MxTls tls = MxTls.forDecision(judging)) {
      if (!smtp.offersStartTls()) {
        return finding(TlsFinding.Outcome.NOT_OFFERED, tls.startTlsMissing());
      }
      try {
        smtp.useSocket(tls.startTls(smtp.askForTls()));
      } catch (SmtpReplyException refused) {
        return finding(
            TlsFinding.Outcome.NOT_OFFERED, tls.startTlsRefused(refused.code(), refused.reply()));
      } catch (IOException broken) {
        return finding(
            TlsFinding.Outcome.REJECTED,
            tls.verdict().orElseGet(() -> tls.handshakeFailed(broken)));
      }
      return finding(TlsFinding.Outcome.REJECTED, tls.verdict().orElseThrow());
    }
  }

  private static TlsFinding finding(TlsFinding.Outcome otherwise, TlsVerdict verdict) {
    if (verdict instanceof TlsVerdict.Rejected rejected) {
      return new TlsFinding(otherwise, Optional.of(rejected.resultType()), rejected.detail());
    }
    return new TlsFinding(TlsFinding.Outcome.TRUSTED, Optional.empty(), verdict.detail());
  }

  private Socket connected(InetAddress address) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(address, port), (int) deadline.toMillis());
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static TlsFinding unreachable(String detail) {
    return new TlsFinding(TlsFinding.Outcome.UNREACHABLE, Optional.empty(), detail);
  }
}
