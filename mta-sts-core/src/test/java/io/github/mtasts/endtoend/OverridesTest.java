// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.endtoend;

import static io.github.mtasts.policy.PolicyMode.ENFORCE;
import static io.github.mtasts.testing.TestInternet.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestInternet;
import io.github.mtasts.tls.MxTls;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Overrides and shadow mode from the builder to the handshake, over real DNS and HTTPS. */
final class OverridesTest {
  private static final String MX = "mx.example.com";

  @TempDir Path directory;
  @AutoClose private final TestInternet net = TestInternet.start();
  private final List<TlsSession> sessions = new CopyOnWriteArrayList<>();
  private final ResolverListener listener =
      new ResolverListener() {
        @Override
        public void tlsSessionEnded(TlsSession session) {
          sessions.add(session);
        }
      };

  @BeforeEach
  void publish() {
    net.publish("example.com", "1", policy(ENFORCE, MX));
  }

  @Test
  void shadowModeCompletesAHandshakeThatEnforceWouldRejectAndReportsIt() throws Exception {
    try (PolicyResolver resolver = net.resolver().listener(listener).shadow().build();
        ScriptedMx server =
            ScriptedMx.script()
                .onConnect(MxReaction.handshake(net.ca().issue("other.example.com")))
                .start();
        Socket plain = new Socket(server.address().getAddress(), server.address().getPort())) {
      MxDecision decision = resolver.resolve("example.com").decide(MX);
      assertThat(decision.wouldBe()).isEqualTo(Requirement.ENFORCED);
      plain.setSoTimeout(20_000);
      try (MxTls tls = MxTls.forDecision(decision);
          SSLSocket secured = tls.startTls(plain)) {
        assertThat(secured.getSession().isValid()).isTrue();
      }
    }
    assertThat(sessions)
        .singleElement()
        .returns(Optional.of(ResultType.CERTIFICATE_HOST_MISMATCH), TlsSession::failure);
  }

  @Test
  void aPinnedPolicyNeedsNeitherDnsNorHttps() throws Exception {
    PolicyOverride pin =
        PolicyOverride.pin(
                "example.com",
                Policy.parse(
                    policy(ENFORCE, "new.example.com").getBytes(StandardCharsets.UTF_8),
                    Reading.STRICT))
            .by("alice")
            .because("their HTTPS host is down")
            .withoutEnd();
    try (PolicyResolver resolver = net.resolver().overrides(pin).build()) {
      MxDecision decision = resolver.recheck("example.com").decide("new.example.com");

      assertThat(decision.requirement()).isEqualTo(Requirement.ENFORCED);
      assertThat(decision.explain()).contains("by alice", "pinned by the operator");
    }
    assertThat(net.dns().queryLog()).isEmpty();
    assertThat(net.policyHosts().requests("example.com")).isZero();
  }

  @Test
  void anOverrideFromAFileAppliesUntilItIsRemovedFromTheFile() throws Exception {
    Path file = directory.resolve("overrides.txt");
    Files.writeString(file, "# none\n");
    try (PolicyResolver resolver = net.resolver().overridesFile(file).build()) {
      assertThat(resolver.resolve("example.com").decide("evil.example").isRefused()).isTrue();
      Files.writeString(
          file, "example.com testing until=never author=alice reason=\"ticket 4711\"\n");
      Files.setLastModifiedTime(file, FileTime.from(net.clock().instant().minusSeconds(60)));
      net.clock().advance(Duration.ofSeconds(5));

      MxDecision decision = resolver.resolve("example.com").decide("evil.example");
      assertThat(decision.requirement()).isEqualTo(Requirement.TESTING);
      assertThat(decision.explain()).contains("ticket 4711");

      Files.writeString(file, "# none any more\n");
      Files.setLastModifiedTime(file, FileTime.from(net.clock().instant().minusSeconds(60)));
      net.clock().advance(Duration.ofSeconds(5));
      assertThat(resolver.resolve("example.com").decide("evil.example").isRefused()).isTrue();
    }
    assertThat(net.policyHosts().requests("example.com")).isEqualTo(1);
  }
}
