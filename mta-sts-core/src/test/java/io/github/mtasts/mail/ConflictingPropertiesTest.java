// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static io.github.mtasts.testing.MxReaction.handshake;
import static io.github.mtasts.testing.MxReaction.say;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.tls.MxTls;
import io.github.mtasts.tls.TlsVerdict;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import javax.net.SocketFactory;
import org.eclipse.angus.mail.util.MailSSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sessions with properties for a submission server: under enforce, mail goes over TLS that was
 * checked, or not at all.
 */
final class ConflictingPropertiesTest {
  private static final String MX = "mx1.example.com";
  private static final TestCa CA = TestCa.create();
  private static final TestCa ATTACKER_CA = TestCa.create();

  static List<Map<String, Object>> conflicts() {
    return List.of(
        Map.of("mail.smtp.ssl.enable", "true", "mail.smtp.ssl.trust", "*"),
        Map.of("mail.smtp.socketFactory", TrustAllFactory.getDefault()),
        Map.of("mail.smtp.socketFactory.class", TrustAllFactory.class.getName()),
        Map.of(
            "mail.smtp.socketFactory.class",
            "javax.net.ssl.SSLSocketFactory",
            "mail.smtp.ssl.trust",
            "*"),
        Map.of(
            "mail.smtp.ssl.socketFactory.class",
            TrustAllFactory.class.getName(),
            "mail.smtp.ssl.trust",
            "*",
            "mail.smtp.ssl.checkserveridentity",
            "false"),
        Map.of("mail.smtp.starttls.enable", "false", "mail.smtp.starttls.required", "false"));
  }

  @ParameterizedTest
  @MethodSource("conflicts")
  void sendsNothingToAServerWithImplicitTls(Map<String, Object> conflict) {
    try (ScriptedMx attacker =
        ScriptedMx.script()
            .onConnect(handshake(ATTACKER_CA.issue("attacker.example")), say("220 come in"))
            .start()) {
      // Both sides wait for the other, until the sender's timeout.
      Map<String, Object> shortTimeout = Map.of("mail.smtp.timeout", "500");
      assertThatThrownBy(() -> deliver(merged(conflict, shortTimeout), attacker.address()))
          .isInstanceOf(MessagingException.class);
      assertThat(attacker.dialogue()).isEmpty();
      assertThat(attacker.messages()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("conflicts")
  void sendsNothingAfterStartTlsWithTheAttackersCertificate(Map<String, Object> conflict) {
    try (MxServer attacker = MxServer.start(ATTACKER_CA.issue(MX))) {
      assertThatThrownBy(() -> deliver(merged(conflict), attacker.address()))
          .isInstanceOf(MessagingException.class);
      assertThat(attacker.messages()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("conflicts")
  void deliversToAGoodHost(Map<String, Object> conflict) throws Exception {
    try (MxServer server = MxServer.start(CA.issue(MX))) {
      assertThat(deliver(merged(conflict), server.address()).orElseThrow())
          .isInstanceOf(TlsVerdict.Trusted.class);
      assertThat(server.messages()).hasSize(1);
    }
  }

  /** A factory among the defaults of Properties is not found: defaults are strings only. */
  @Test
  void sendsNothingIfTheFactoryIsMissingFromTheSession() {
    try (MxServer attacker = MxServer.start(ATTACKER_CA.issue("attacker.example"))) {
      Properties conflict = new Properties();
      conflict.setProperty("mail.smtp.ssl.trust", "*");
      assertThatThrownBy(
              () -> deliver(secured -> withDefaults(secured, conflict), attacker.address()))
          .isInstanceOf(MessagingException.class)
          .hasStackTraceContaining("put the instance");
      assertThat(attacker.messages()).isEmpty();
    }
  }

  @FunctionalInterface
  private interface Merge {
    Properties with(Properties secured);
  }

  @SafeVarargs
  private static Merge merged(Map<String, Object>... sessions) {
    return secured -> {
      Properties merged = new Properties();
      for (Map<String, Object> own : sessions) {
        merged.putAll(own);
      }
      merged.putAll(secured);
      return merged;
    };
  }

  private static Properties withDefaults(Properties secured, Properties own) {
    Properties properties = new Properties(secured);
    properties.putAll(own);
    return properties;
  }

  private static Optional<TlsVerdict> deliver(Merge merge, InetSocketAddress server)
      throws MessagingException {
    try (MxTls tls = enforced()) {
      Properties properties = merge.with(MailProperties.secure(tls));
      properties.putIfAbsent("mail.smtp.timeout", "20000");
      Session session = Session.getInstance(properties);
      MimeMessage message = new MimeMessage(session);
      message.setFrom(new InternetAddress("alice@example.org"));
      message.setRecipient(Message.RecipientType.TO, new InternetAddress("bob@example.com"));
      message.setText("Hello, Bob");
      message.saveChanges();
      try (Transport transport = session.getTransport("smtp")) {
        transport.connect(server.getAddress().getHostAddress(), server.getPort(), null, null);
        transport.sendMessage(message, message.getAllRecipients());
      }
      return tls.verdict();
    }
  }

  private static MxTls enforced() {
    Policy policy =
        new Policy(
            PolicyMode.ENFORCE,
            List.of(MxPattern.of(MX)),
            Duration.ofDays(7),
            Map.of(),
            "",
            List.of());
    MxTlsSettings settings =
        new MxTlsSettings(
            Optional.of(CA.trustManager()), Optional.empty(), new ResolverListener() {});
    return MxTls.forDecision(Resolution.inForce("example.com", policy, settings).decide(MX));
  }

  /** A factory that checks nothing. Public, since Angus creates it by class name. */
  public static final class TrustAllFactory {
    private TrustAllFactory() {}

    /**
     * Returns the factory.
     *
     * @return one that trusts every host
     */
    public static SocketFactory getDefault() {
      try {
        MailSSLSocketFactory factory = new MailSSLSocketFactory();
        factory.setTrustAllHosts(true);
        return factory;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
