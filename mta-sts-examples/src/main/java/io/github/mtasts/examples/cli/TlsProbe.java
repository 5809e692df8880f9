package io.github.mtasts.examples.cli;

import io.github.mtasts.address.AddressGuard;
import io.github.mtasts.decision.DomainNames;
import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.discovery.DnsAnswer;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.examples.smtp.Smtp;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.tls.MxTls;
import io.github.mtasts.tls.TlsVerdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Tries STARTTLS on an MX host, and hangs up without a message.
 *
 * <p>Whoever publishes MX records chooses which addresses are dialled, so they are vetted as for
 * mail, and the very address that was vetted is dialled, past any proxy.
 */
final class TlsProbe {
  private final DnsClient dns;
  private final AddressGuard guard;
  private final int port;
  private final Duration deadline;

  TlsProbe(DnsClient dns, AddressGuard guard, int port, Duration deadline) {
    this.dns = dns;
    this.guard = guard;
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
      Optional<String> refusal = guard.refusal(address);
      if (refusal.isPresent()) {
        trouble = notPublic(refusal.get());
        continue;
      }
      try (Smtp smtp = Smtp.over(connected(address), deadline)) {
        return secure(decision, smtp);
      } catch (IOException e) {
        trouble = address.getHostAddress() + " port " + port + ": " + e.getMessage();
      }
    }
    return unreachable(trouble);
  }

  private static String notPublic(String refusal) {
    return "expected a public address, found: "
        + refusal
        + "; not dialled unless --allow-private-addresses is given";
  }

  private static TlsFinding secure(MxDecision decision, Smtp smtp) {
    try (MxTls tls = MxTls.forDecision(onlyTls(decision))) {
      TlsFinding.Outcome failure =
          smtp.offersStartTls() ? TlsFinding.Outcome.REJECTED : TlsFinding.Outcome.NOT_OFFERED;
      try {
        smtp.secure(tls);
        return finding(smtp.isEncrypted() ? failure : TlsFinding.Outcome.NOT_OFFERED, tls);
      } catch (IOException broken) {
        return finding(failure, tls);
      }
    }
  }

  /**
   * Under TESTING everything is judged and nothing is blocked: just what a probe wants, whatever
   * the policy asks for. And whether the policy lists the host has been told already.
   */
  private static MxDecision onlyTls(MxDecision decision) {
    Optional<MxPattern> itself = decision.listed();
    try {
      itself = Optional.of(MxPattern.of(decision.mxHost()));
    } catch (IllegalArgumentException noPattern) {
      // A name that no policy can list, such as one with an underscore.
    }
    return new MxDecision(decision.resolution(), decision.mxHost(), Requirement.TESTING, itself);
  }

  private static TlsFinding finding(TlsFinding.Outcome failure, MxTls tls) {
    TlsVerdict verdict = tls.verdict().orElseGet(tls::startTlsMissing);
    if (verdict instanceof TlsVerdict.Rejected rejected) {
      return new TlsFinding(failure, Optional.of(rejected.resultType()), rejected.detail());
    }
    return new TlsFinding(TlsFinding.Outcome.TRUSTED, Optional.empty(), verdict.detail());
  }

  private Socket connected(InetAddress address) throws IOException {
    Socket socket = new Socket(Proxy.NO_PROXY);
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
