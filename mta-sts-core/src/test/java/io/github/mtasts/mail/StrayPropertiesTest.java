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
 * Sessions whose properties were written for a submission server years ago: whatever stands in
 * them, the transport dials by itself, and mail under enforce goes over judged TLS or not at all.
 */
final class StrayPropertiesTest {
  private static final String MX = "mx1.example.com";
  private static final TestCa CA = TestCa.create();
  private static final TestCa ATTACKERS = TestCa.create();

  static List<Map<String, Object>> strays() {
    return List.of(
        Map.of("mail.smtp.ssl.enable", "true", "mail.smtp.ssl.trust", "*"),
        Map.of("mail.smtp.socketFactory", TrustsEverybody.getDefault()),
        Map.of("mail.smtp.socketFactory.class", TrustsEverybody.class.getName()),
        Map.of(
            "mail.smtp.socketFactory.class",
            "javax.net.ssl.SSLSocketFactory",
            "mail.smtp.ssl.trust",
            "*"),
        Map.of(
            "mail.smtp.ssl.socketFactory.class",
            TrustsEverybody.class.getName(),
            "mail.smtp.ssl.trust",
            "*",
            "mail.smtp.ssl.checkserveridentity",
            "false"),
        Map.of("mail.smtp.starttls.enable", "false", "mail.smtp.starttls.required", "false"));
  }

  @ParameterizedTest
  @MethodSource("strays")
  void sendNothingToWhoeverSpeaksTlsAtOnce(Map<String, Object> stray) {
    try (ScriptedMx attacker =
        ScriptedMx.script()
            .onConnect(handshake(ATTACKERS.issue("attacker.example")), say("220 come in"))
            .start()) {
      // The two wait for each other's greeting, until the sender has had enough.
      Map<String, Object> impatience = Map.of("mail.smtp.timeout", "500");
      assertThatThrownBy(() -> deliver(merged(stray, impatience), attacker.address()))
          .isInstanceOf(MessagingException.class);
      assertThat(attacker.dialogue()).isEmpty();
      assertThat(attacker.messages()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("strays")
  void sendNothingAfterStartTlsWithTheAttackersCertificate(Map<String, Object> stray) {
    try (MxServer attacker = MxServer.start(ATTACKERS.issue(MX))) {
      assertThatThrownBy(() -> deliver(merged(stray), attacker.address()))
          .isInstanceOf(MessagingException.class);
      assertThat(attacker.messages()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("strays")
  void doNotKeepMailFromAGoodHost(Map<String, Object> stray) throws Exception {
    try (MxServer server = MxServer.start(CA.issue(MX))) {
      assertThat(deliver(merged(stray), server.address()).orElseThrow())
          .isInstanceOf(TlsVerdict.Trusted.class);
      assertThat(server.messages()).hasSize(1);
    }
  }

  /** Defaults of properties are strings only, so the factory in them is not found. */
  @Test
  void sendNothingWhereTheFactoryWasLostOnTheWayIntoTheSession() {
    try (MxServer attacker = MxServer.start(ATTACKERS.issue("attacker.example"))) {
      Properties stray = new Properties();
      stray.setProperty("mail.smtp.ssl.trust", "*");
      assertThatThrownBy(() -> deliver(secured -> withDefaults(secured, stray), attacker.address()))
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

  /** What a careless operator may have put into the session; made by name, hence public. */
  public static final class TrustsEverybody {
    private TrustsEverybody() {}

    /**
     * Returns the factory, as the transport asks for it.
     *
     * @return one that trusts everybody
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
