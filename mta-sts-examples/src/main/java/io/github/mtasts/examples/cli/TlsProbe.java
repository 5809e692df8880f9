// SPDX-License-Identifier: Apache-2.0
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
 * Tries STARTTLS on an MX host and disconnects without sending a message.
 *
 * <p>The owner of the MX records chooses the addresses, so they are checked as for mail. The probe
 * connects to the checked address itself, without a proxy.
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

  TlsCheck probe(MxDecision decision) {
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

  private TlsCheck probe(MxDecision decision, List<InetAddress> addresses) {
    String problem = "";
    for (InetAddress address : addresses) {
      Optional<String> refusal = guard.refusal(address);
      if (refusal.isPresent()) {
        problem = notPublic(refusal.get());
        continue;
      }
      try (Smtp smtp = Smtp.over(connected(address), deadline)) {
        return secure(decision, smtp);
      } catch (IOException e) {
        problem = address.getHostAddress() + " port " + port + ": " + e.getMessage();
      }
    }
    return unreachable(problem);
  }

  private static String notPublic(String refusal) {
    return "expected a public address, found: "
        + refusal
        + "; to connect anyway, add --allow-private-addresses";
  }

  private static TlsCheck secure(MxDecision decision, Smtp smtp) {
    try (MxTls tls = MxTls.forDecision(onlyTls(decision))) {
      TlsCheck.Result failure =
          smtp.offersStartTls() ? TlsCheck.Result.REJECTED : TlsCheck.Result.NOT_OFFERED;
      try {
        smtp.secure(tls);
        return check(smtp.isEncrypted() ? failure : TlsCheck.Result.NOT_OFFERED, tls);
      } catch (IOException failed) {
        return check(failure, tls);
      }
    }
  }

  /**
   * Returns a decision for TLS only: TESTING checks everything and blocks nothing, whatever the
   * policy requires. The check of the host against the policy is shown separately.
   */
  private static MxDecision onlyTls(MxDecision decision) {
    Optional<MxPattern> pattern = decision.listed();
    try {
      pattern = Optional.of(MxPattern.of(decision.mxHost()));
    } catch (IllegalArgumentException noPattern) {
      // A policy cannot list this name, for example because of an underscore.
    }
    return new MxDecision(decision.resolution(), decision.mxHost(), Requirement.TESTING, pattern);
  }

  private static TlsCheck check(TlsCheck.Result failure, MxTls tls) {
    TlsVerdict verdict = tls.verdict().orElseGet(tls::startTlsMissing);
    if (verdict instanceof TlsVerdict.Rejected rejected) {
      return new TlsCheck(failure, Optional.of(rejected.resultType()), rejected.detail());
    }
    return new TlsCheck(TlsCheck.Result.TRUSTED, Optional.empty(), verdict.detail());
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

  private static TlsCheck unreachable(String detail) {
    return new TlsCheck(TlsCheck.Result.UNREACHABLE, Optional.empty(), detail);
  }
}
