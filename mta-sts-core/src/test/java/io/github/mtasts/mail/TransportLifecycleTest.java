// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A transport from connect to close, and its debug output. */
final class TransportLifecycleTest {
  private final MailFixture fixture = new MailFixture();
  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  @AfterEach
  void stop() throws Exception {
    threads.shutdownNow();
    fixture.close();
  }

  @Test
  void refusesToSendBeforeConnectAndAfterClose() throws Exception {
    Session session = fixture.session();
    MimeMessage message = MailFixture.message(session, "Good morning.", "bob@example.com");
    MtaStsTransport transport = new MtaStsTransport(session, fixture.resolver);

    assertThatThrownBy(() -> transport.sendMessage(message, message.getAllRecipients()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("connect()");
    transport.connect();
    transport.close();
    assertThatThrownBy(() -> transport.deliver(message, message.getAllRecipients()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void endsARunningDeliveryWhenItIsClosed() throws Exception {
    ScriptedMx mx =
        fixture.mx("mx1.example.com", ScriptedMx.script().on("MAIL", MxReaction.silence()));
    MxServer mx2 = fixture.mx("mx2.example.com");
    fixture.domain("example.com", "mx1.example.com", "mx2.example.com");
    fixture.properties.setProperty("mail.mta-sts.timeout", "600000");
    fixture.properties.setProperty("mail.mta-sts.deliverytimeout", "600000");
    Session session = fixture.session();
    CountDownLatch shown = new CountDownLatch(1);
    session.setDebugOut(new AwaitedOutput("MAIL FROM:", shown));
    session.setDebug(true);
    MimeMessage message = MailFixture.message(session, "Good morning.", "bob@example.com");
    MtaStsTransport transport = new MtaStsTransport(session, fixture.resolver);
    transport.connect();

    Future<List<DomainDelivery>> outcome =
        threads.submit(() -> transport.deliver(message, message.getAllRecipients()));
    assertThat(shown.await(60, TimeUnit.SECONDS)).isTrue();
    transport.close();

    DomainDelivery delivery = outcome.get(60, TimeUnit.SECONDS).get(0);
    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.attempts())
        .extracting(Attempt::outcome)
        .containsExactly(Outcome.UNREACHABLE);
    assertThat(mx.messages()).isEmpty();
    assertThat(mx2.dialogue()).as("no other host after close").isEmpty();
    assertThat(transport.isConnected()).isFalse();
  }

  @Test
  void looksUpNoPolicyAfterClose() throws Exception {
    Set<String> asked = ConcurrentHashMap.newKeySet();
    List<MtaStsTransport> closing = new ArrayList<>();
    PolicyResolver resolver =
        domain -> {
          asked.add(domain);
          closeNow(closing.get(0));
          return Resolution.none(domain);
        };
    fixture.domain("example.com", "mx.example.com").domain("example.net", "mx.example.net");
    Session session = fixture.session();
    MimeMessage message =
        MailFixture.message(session, "Good morning.", "bob@example.com", "bob@example.net");
    closing.add(new MtaStsTransport(session, resolver));
    closing.get(0).connect();

    List<DomainDelivery> deliveries = closing.get(0).deliver(message, message.getAllRecipients());

    assertThat(asked).containsExactly("example.com");
    assertThat(deliveries)
        .extracting(DomainDelivery::disposition)
        .containsExactly(Disposition.DEFERRED, Disposition.DEFERRED);
  }

  @Test
  void closesConnectionsToServersThatDoNotAnswerQuit() throws Exception {
    fixture.properties.setProperty("mail.mta-sts.timeout", "60000");
    List<String> recipients = new ArrayList<>();
    for (String domain : List.of("example.com", "example.net", "example.org")) {
      String mx = "mx." + domain;
      fixture.domain(domain, mx);
      fixture.mx(
          mx,
          ScriptedMx.script()
              .on(
                  "STARTTLS",
                  MxReaction.say("220 go"),
                  MxReaction.handshake(MailFixture.CA.issue(mx), "TLSv1.3"))
              .on("QUIT", MxReaction.stall(Duration.ofSeconds(50))));
      recipients.add("bob@" + domain);
    }

    List<DomainDelivery> deliveries =
        assertTimeoutPreemptively(
            Duration.ofSeconds(30), () -> fixture.deliver(recipients.toArray(String[]::new)));

    assertThat(deliveries)
        .hasSize(3)
        .allMatch(delivery -> delivery.disposition() == Disposition.DELIVERED);
  }

  private static void closeNow(MtaStsTransport transport) {
    try {
      transport.close();
    } catch (MessagingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Counts down once a text is in the output. */
  private static final class AwaitedOutput extends PrintStream {
    private final ByteArrayOutputStream seen;
    private final String text;
    private final CountDownLatch latch;

    AwaitedOutput(String text, CountDownLatch latch) {
      this(new ByteArrayOutputStream(), text, latch);
    }

    private AwaitedOutput(ByteArrayOutputStream seen, String text, CountDownLatch latch) {
      super(seen, true, StandardCharsets.UTF_8);
      this.seen = seen;
      this.text = text;
      this.latch = latch;
    }

    @Override
    public void write(byte[] octets, int offset, int length) {
      super.write(octets, offset, length);
      check();
    }

    @Override
    public void write(int octet) {
      super.write(octet);
      check();
    }

    private void check() {
      if (seen.toString(StandardCharsets.UTF_8).contains(text)) {
        latch.countDown();
      }
    }
  }

  @Test
  void showsTheDialogueIfTheSessionIsDebugged() throws Exception {
    fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");

    assertThat(shownWith(true))
        .contains(
            "EHLO sender.example.org",
            "STARTTLS",
            "MAIL FROM:<alice@example.org>",
            "RCPT TO:<bob@example.com>",
            "DATA");
    assertThat(shownWith(false)).isEmpty();
  }

  private String shownWith(boolean debugging) throws MessagingException {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    Session session = fixture.session();
    session.setDebugOut(new PrintStream(shown, true, StandardCharsets.UTF_8));
    session.setDebug(debugging);
    MimeMessage message = MailFixture.message(session, "Good morning.", "bob@example.com");
    try (MtaStsTransport transport = new MtaStsTransport(session, fixture.resolver)) {
      transport.connect();
      transport.sendMessage(message, message.getAllRecipients());
    }
    return shown.toString(StandardCharsets.UTF_8);
  }

  @Test
  void requiresASender() throws Exception {
    Session session = fixture.session();
    MimeMessage message = new MimeMessage(session);
    message.setRecipient(Message.RecipientType.TO, new InternetAddress("bob@example.com"));
    message.setText("Good morning.");
    message.saveChanges();
    try (MtaStsTransport transport = new MtaStsTransport(session, fixture.resolver)) {
      transport.connect();

      assertThatThrownBy(() -> transport.sendMessage(message, message.getAllRecipients()))
          .isInstanceOf(MessagingException.class)
          .hasMessageStartingWith("sender: expected an address in From");
    }
  }
}
