// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static io.github.mtasts.testing.MxReaction.drip;
import static io.github.mtasts.testing.MxReaction.handshake;
import static io.github.mtasts.testing.MxReaction.raw;
import static io.github.mtasts.testing.MxReaction.reset;
import static io.github.mtasts.testing.MxReaction.say;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.event.TransportAdapter;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections and messages that fail before or after the final dot. */
final class BrokenConnectionTest {
  private static final String BROKEN = "mx1.example.com";
  private static final String GOOD = "mx2.example.com";
  private static final InternetAddress BOB = address("bob@example.com");
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);

  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void triesTheNextHostWhenTheConnectionBreaksDuringTheContent() throws Exception {
    ScriptedMx broken = fixture.mx(BROKEN, honest().on("DATA", say("354 go ahead"), reset()));
    MxServer good = fixture.mx(GOOD);
    fixture.enforce("example.com", "*.example.com").domain("example.com", BROKEN, GOOD);
    Session session = fixture.session();
    String longerThanAnySocketBuffers = "Good morning once more.\r\n".repeat(250_000);

    DomainDelivery delivery =
        deliver(
            session, MailFixture.message(session, longerThanAnySocketBuffers, BOB.getAddress()));

    assertThat(delivery.disposition()).as(delivery.detail()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.attempts())
        .extracting(Attempt::outcome)
        .containsExactly(Outcome.UNREACHABLE, Outcome.DELIVERED);
    assertThat(good.messages()).hasSize(1);
    assertThat(good.messages().get(0).text().endsWith(longerThanAnySocketBuffers)).isTrue();
    assertThat(broken.messages()).isEmpty();
  }

  @Test
  void triesTheNextHostWhenTheFinalDotCannotBeSent() throws Exception {
    ScriptedMx broken = fixture.mx(BROKEN, honest().on("DATA", say("354 go ahead"), reset()));
    MxServer good = fixture.mx(GOOD);
    fixture.enforce("example.com", "*.example.com").domain("example.com", BROKEN, GOOD);
    Session session = fixture.session();
    MimeMessage message =
        new MimeMessage(MailFixture.message(session, "Good morning.", BOB.getAddress())) {
          @Override
          public void writeTo(OutputStream out, String[] ignored)
              throws IOException, MessagingException {
            awaitDisconnected(broken);
            super.writeTo(out, ignored);
          }
        };

    DomainDelivery delivery = deliver(session, message);

    assertThat(delivery.disposition()).as(delivery.detail()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.attempts())
        .extracting(Attempt::outcome)
        .containsExactly(Outcome.UNREACHABLE, Outcome.DELIVERED);
    assertThat(good.messages()).hasSize(1);
  }

  @Test
  void defersTheMessageAndTriesNoOtherHostWhenTheMessageCannotBeRead() throws Exception {
    ScriptedMx mx = fixture.mx(BROKEN, honest());
    MxServer good = fixture.mx(GOOD);
    fixture.enforce("example.com", "*.example.com").domain("example.com", BROKEN, GOOD);
    Session session = fixture.session();
    MimeMessage message =
        new MimeMessage(MailFixture.message(session, "Good morning.", BOB.getAddress())) {
          @Override
          public void writeTo(OutputStream out, String[] ignored) throws IOException {
            throw new IOException("the file is gone");
          }
        };

    DomainDelivery delivery = deliver(session, message);

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.6.0");
    assertThat(delivery.detail()).contains("the file is gone");
    assertThat(mx.messages()).isEmpty();
    assertThat(good.dialogue()).isEmpty();
  }

  @Test
  void waitsTwiceAsLongForTheReplyToTheMessage() throws Exception {
    MxReaction endOfLine = drip("", Duration.ofSeconds(4));
    ScriptedMx slow =
        fixture.mx(BROKEN, honest().on(".", raw("250 ok".getBytes(US_ASCII)), endOfLine));
    fixture.enforce("example.com", BROKEN).domain("example.com", BROKEN);
    fixture.properties.setProperty("mail.mta-sts.timeout", "3000");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(slow.messages()).hasSize(1);
  }

  @Test
  void closesTheConnectionWhenTheMessageThrowsAnUnexpectedException() throws Exception {
    ScriptedMx mx = fixture.mx(BROKEN, honest());
    fixture.enforce("example.com", BROKEN).domain("example.com", BROKEN);
    Session session = fixture.session();
    MimeMessage message =
        new MimeMessage(MailFixture.message(session, "Good morning.", BOB.getAddress())) {
          @Override
          public void writeTo(OutputStream out, String[] ignored) {
            throw new IllegalStateException("the folder is closed");
          }
        };

    DomainDelivery delivery = deliver(session, message);

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(mx.isDeserted(MAX_WAIT)).isTrue();
    assertThat(mx.messages()).isEmpty();
    assertThat(fixture.sessions).as("counted for the report").hasSize(1);
  }

  @Test
  @Tag("rfc-item-70")
  void endsASlowHandshakeAtTheDeadline() throws Exception {
    String recordOf16KiB = "\u0016\u0003\u0003?\u007f" + "x".repeat(2000);
    ScriptedMx dripping =
        fixture.mx(
            BROKEN,
            ScriptedMx.script()
                .on("STARTTLS", say("220 go"), drip(recordOf16KiB, Duration.ofMillis(50))));
    fixture.enforce("example.com", BROKEN).domain("example.com", BROKEN);
    fixture.properties.setProperty("mail.mta-sts.timeout", "30000");
    fixture.properties.setProperty("mail.mta-sts.deliverytimeout", "4000");

    DomainDelivery delivery = fixture.deliver("bob@example.com").get(0);

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.7.5");
    assertThat(delivery.resultType()).contains(ResultType.VALIDATION_FAILURE);
    assertThat(dripping.dialogue()).noneMatch(line -> line.startsWith("MAIL"));
    assertThat(dripping.isDeserted(MAX_WAIT)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"STARTTLS_454", "EXPIRED", "GREETING_421", "DOT_421", "DOT_END", "DOT_554"})
  void listsDeferredAndFailedRecipientsInTheException(MxFault fault) throws Exception {
    fixture.mx(BROKEN, fault.script(BROKEN));
    fixture.mx("mx.example.net");
    fixture.enforce("example.com", BROKEN).domain("example.com", BROKEN);
    fixture.domain("example.net", "mx.example.net");
    InternetAddress carol = address("carol@example.net");
    Session session = fixture.session();
    MimeMessage message = MailFixture.message(session, "Hello.", BOB.getAddress());

    try (MtaStsTransport transport = new MtaStsTransport(session, fixture.resolver)) {
      transport.connect();
      InternetAddress[] both = {BOB, carol};
      SendFailedException failure =
          catchThrowableOfType(
              SendFailedException.class, () -> transport.sendMessage(message, both));

      boolean isPermanent = fault.kind() == MxFault.Kind.PERMANENT_REFUSAL;
      assertThat(failure.getValidSentAddresses()).containsExactly(carol);
      assertThat(failure.getValidUnsentAddresses())
          .isEqualTo(isPermanent ? new InternetAddress[0] : new InternetAddress[] {BOB});
      assertThat(failure.getInvalidAddresses())
          .isEqualTo(isPermanent ? new InternetAddress[] {BOB} : new InternetAddress[0]);
      assertThat(failure.getNextException())
          .isInstanceOfSatisfying(
              DomainDeliveryException.class,
              cause -> {
                assertThat(cause.delivery().domain()).isEqualTo("example.com");
                assertThat(cause.delivery().resultType()).isEqualTo(fault.resultType());
                assertThat(cause.getNextException()).isNull();
              });
    }
  }

  @Test
  void endsAllItsThreads() throws Exception {
    fixture.mx(GOOD);
    fixture.domain("example.com", GOOD);
    assertThat(fixture.deliver("bob@example.com").get(0).deferred()).isEmpty();
    Set<Thread> before =
        Thread.getAllStackTraces().keySet(); // including those of the JDK and the DNS client

    fixture.mx("mx.silent.example", MxFault.SILENCE_AFTER_220.script("mx.silent.example"));
    fixture.mx("mx.dripping.example", MxFault.DRIPPING_EHLO.script("mx.dripping.example"));
    fixture.mx("mx.closing.example", MxFault.DOT_421.script("mx.closing.example"));
    fixture
        .enforce("silent.example", "*.silent.example")
        .domain("silent.example", "mx.silent.example");
    fixture.domain("dripping.example", "mx.dripping.example");
    fixture.domain("closing.example", "mx.closing.example");
    fixture.properties.setProperty("mail.mta-sts.timeout", "1000");
    fixture.properties.setProperty("mail.mta-sts.deliverytimeout", "1000");
    Session session = fixture.session();
    MimeMessage message =
        MailFixture.message(
            session, "Hello.", "bob@silent.example", "bob@dripping.example", "bob@closing.example");
    MtaStsTransport transport = new MtaStsTransport(session, fixture.resolver);
    transport.addTransportListener(new TransportAdapter() {});
    transport.connect();
    assertThatThrownBy(() -> transport.sendMessage(message, message.getAllRecipients()))
        .isInstanceOf(SendFailedException.class);
    transport.close();

    assertThat(aliveAfterAll(before)).isEmpty();
  }

  /** Threads other than these and those of the test servers. */
  private static List<Thread> aliveAfterAll(Set<Thread> before) throws InterruptedException {
    List<Thread> others =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> !before.contains(thread))
            .filter(thread -> !thread.getName().matches("mta-sts-(dns|test-dns|mx|scripted-mx)-.*"))
            .toList();
    for (Thread thread : others) {
      thread.join(MAX_WAIT.toMillis());
    }
    return others.stream().filter(Thread::isAlive).toList();
  }

  private DomainDelivery deliver(Session session, MimeMessage message) throws MessagingException {
    try (MtaStsTransport transport = new MtaStsTransport(session, fixture.resolver)) {
      transport.connect();
      List<DomainDelivery> deliveries = transport.deliver(message, BOB);
      assertThat(deliveries).hasSize(1);
      return deliveries.get(0);
    }
  }

  /** A host with a valid certificate, to which a test adds replies. */
  private static ScriptedMx.Script honest() {
    return ScriptedMx.script()
        .on("STARTTLS", say("220 go ahead"), handshake(MailFixture.CA.issue(BROKEN)));
  }

  private static void awaitDisconnected(ScriptedMx mx) throws IOException {
    try {
      assertThat(mx.isDeserted(MAX_WAIT)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  private static InternetAddress address(String address) {
    try {
      return new InternetAddress(address);
    } catch (AddressException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
