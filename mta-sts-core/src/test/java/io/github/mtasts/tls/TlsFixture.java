// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509TrustManager;

/** A sender with its trust anchor, and decisions of every kind. */
final class TlsFixture {
  static final String DOMAIN = "example.com";
  static final String MX = "mail.example.com";

  final TestCa ca = TestCa.create();
  final List<TlsSession> sessions = new CopyOnWriteArrayList<>();
  private final ResolverListener listener =
      new ResolverListener() {
        @Override
        public void tlsSessionEnded(TlsSession session) {
          sessions.add(session);
        }
      };

  MxTlsSettings settings() {
    return settings(ca.trustManager());
  }

  MxTlsSettings settings(X509TrustManager anchors) {
    return new MxTlsSettings(Optional.of(anchors), Optional.empty(), listener);
  }

  /** The decision of a policy that lists the host. */
  MxDecision decision(PolicyMode mode, String mx) {
    return decision(mode, mx, settings());
  }

  static MxDecision decision(PolicyMode mode, String mx, MxTlsSettings settings) {
    return Resolution.inForce(DOMAIN, policy(mode, mx), settings).decide(mx);
  }

  static Policy policy(PolicyMode mode, String pattern) {
    return new Policy(
        mode,
        List.of(MxPattern.of(pattern)),
        Duration.ofDays(7),
        Map.of(),
        "version: STSv1\n",
        List.of());
  }

  /** Listed by a wildcard, so that the host may have any name. */
  MxDecision listed(Requirement requirement, String mx, MxTlsSettings settings) {
    Resolution resolution =
        Resolution.inForce(DOMAIN, policy(PolicyMode.ENFORCE, "*.example.com"), settings);
    return new MxDecision(resolution, mx, requirement, Optional.of(MxPattern.of("*.example.com")));
  }

  MxTls enforced(String mx) {
    return MxTls.forDecision(listed(Requirement.ENFORCED, mx, settings()));
  }

  MxTls testing(String mx) {
    return MxTls.forDecision(listed(Requirement.TESTING, mx, settings()));
  }

  MxTls unlisted(PolicyMode mode) {
    Resolution resolution =
        Resolution.inForce(DOMAIN, policy(mode, "other.example.com"), settings());
    return MxTls.forDecision(resolution.decide(MX));
  }

  static ScriptedMx server(TestCertificate certificate, String... protocols) {
    return ScriptedMx.script().onConnect(MxReaction.handshake(certificate, protocols)).start();
  }

  /** Starts TLS as a sender does after the reply 220. */
  static SSLSocket startTls(MxTls tls, InetSocketAddress server) throws IOException {
    return tls.startTls(connect(server));
  }

  static Socket connect(InetSocketAddress server) throws IOException {
    Socket socket = new Socket(server.getAddress(), server.getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Does a handshake and returns the verdict, whether or not the handshake throws. */
  static TlsVerdict verdict(MxTls tls, TestCertificate certificate) {
    try (ScriptedMx server = server(certificate)) {
      startTls(tls, server.address()).close();
    } catch (IOException e) {
      // The verdict has the reason.
    }
    return tls.verdict().orElseThrow();
  }

  static Optional<ResultType> failure(TlsVerdict verdict) {
    return verdict instanceof TlsVerdict.Rejected rejected
        ? Optional.of(rejected.resultType())
        : Optional.empty();
  }
}
