// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static io.github.mtasts.testing.MxReaction.handshake;
import static io.github.mtasts.testing.MxReaction.say;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import jakarta.activation.DataHandler;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.event.TransportAdapter;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages that throw while they are written, after some recipients have them. */
final class UnreadableMessageTest {
  private static final Duration MAX_WAIT = Duration.ofSeconds(20);

  private final MailFixture fixture = new MailFixture();
  private final MxServer com = fixture.mx("mx.example.com");
  private final ScriptedMx net =
      fixture.mx(
          "mx1.example.net",
          ScriptedMx.script()
              .on("STARTTLS", say("220 go"), handshake(MailFixture.CA.issue("mx1.example.net"))));
  private final MxServer other = fixture.mx("mx2.example.net");

  @BeforeEach
  void twoDomains() {
    fixture
        .domain("example.com", "mx.example.com")
        .domain("example.net", "mx1.example.net", "mx2.example.net");
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  /** Content that can be written a number of times, and then throws. */
  private static final class Content extends DataHandler {
    private final Throwable thrown;
    private int readable;

    Content(int readable, Throwable thrown) {
      super("Good morning.\r\n", "text/plain");
      this.readable = readable;
      this.thrown = thrown;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      if (--readable < 0) {
        throw UnreadableMessageTest.<RuntimeException>unchecked(thrown);
      }
      super.writeTo(out);
    }
  }

  /** Content is the caller's code, and may throw what it does not declare. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> T unchecked(Throwable thrown) throws T {
    throw (T) thrown;
  }

  private static void fill(MimeMessage message, int readable, Throwable thrown)
      throws MessagingException {
    message.setFrom(new InternetAddress("alice@example.org"));
    message.setDataHandler(new Content(readable, thrown));
    message.setHeader("Content-Transfer-Encoding", "7bit");
    message.saveChanges();
  }

  private void send(MimeMessage message, String recipients) throws MessagingException {
    try (MtaStsTransport transport = new MtaStsTransport(fixture.session(), fixture.resolver)) {
      transport.connect();
      transport.sendMessage(message, InternetAddress.parse(recipients));
    }
  }

  private SendFailedException failureOf(MimeMessage message, String recipients) {
    return catchThrowableOfType(SendFailedException.class, () -> send(message, recipients));
  }

  private static DomainDelivery deliveryIn(SendFailedException failure) {
    return assertThat(failure.getNextException())
        .asInstanceOf(type(DomainDeliveryException.class))
        .actual()
        .delivery();
  }

  static Stream<Throwable> whatContentThrows() {
    return Stream.of(
        new IOException("the file is gone"),
        new MessagingException("the folder is closed"),
        new IllegalStateException("no such part"),
        new NoClassDefFoundError("com/example/Handler"),
        new AssertionError("a handler's own"),
        new Exception("undeclared"));
  }

  @ParameterizedTest
  @MethodSource("whatContentThrows")
  void reportsWhoHasTheMessageWhateverItsContentThrows(Throwable thrown) throws Exception {
    MimeMessage message = new MimeMessage(fixture.session());
    fill(message, 1, thrown);

    SendFailedException failure = failureOf(message, "bob@example.com, carol@example.net");

    assertThat(failure.getValidSentAddresses()).containsExactly(address("bob@example.com"));
    assertThat(failure.getValidUnsentAddresses()).containsExactly(address("carol@example.net"));
    assertThat(failure.getInvalidAddresses()).isEmpty();
    assertThat(deliveryIn(failure).status()).isEqualTo("4.6.0");
    assertThat(deliveryIn(failure).detail())
        .contains(thrown.getClass().getSimpleName(), thrown.getMessage());
    assertThat(com.messages()).hasSize(1);
    assertThat(net.messages()).isEmpty();
    assertThat(net.isDeserted(MAX_WAIT)).isTrue();
    assertThat(other.dialogue()).as("another host would not help").isEmpty();
  }

  @ParameterizedTest
  @MethodSource("whatContentThrows")
  void defersAMessageThatCannotBeConvertedToEightBits(Throwable thrown) throws Exception {
    SMTPMessage message = new SMTPMessage(fixture.session());
    fill(message, 0, thrown);
    message.setAllow8bitMIME(true);

    DomainDelivery delivery = deliveryIn(failureOf(message, "bob@example.com"));

    assertThat(delivery.status()).isEqualTo("4.6.0");
    assertThat(delivery.detail()).contains(thrown.getClass().getSimpleName());
  }

  @Test
  void triesNoOtherHostWhenTheHeaderCannotBeRead() throws Exception {
    MimeMessage message =
        new MimeMessage(fixture.session()) {
          @Override
          public String getSubject() throws MessagingException {
            throw new MessagingException("the folder is closed");
          }
        };
    fill(message, 9, new IOException());

    DomainDelivery delivery = deliveryIn(failureOf(message, "carol@example.net"));

    assertThat(delivery.status()).isEqualTo("4.6.0");
    assertThat(delivery.attempts()).extracting(Attempt::outcome).containsExactly(Outcome.DEFERRED);
    assertThat(other.dialogue()).isEmpty();
  }

  @Test
  void throwsAVirtualMachineErrorWhenNoServerHasTheMessage() throws Exception {
    MimeMessage message = new MimeMessage(fixture.session());
    StackOverflowError tooDeep = new StackOverflowError();
    fill(message, 0, tooDeep);

    assertThatThrownBy(() -> send(message, "carol@example.net, bob@example.com")).isSameAs(tooDeep);

    assertThat(net.messages()).isEmpty();
    assertThat(net.isDeserted(MAX_WAIT)).isTrue();
    assertThat(com.dialogue()).isEmpty();
  }

  @Test
  void reportsWhoHasTheMessageAfterAVirtualMachineError() throws Exception {
    MimeMessage message = new MimeMessage(fixture.session());
    fill(message, 1, new OutOfMemoryError("simulated"));

    SendFailedException failure = failureOf(message, "bob@example.com, carol@example.net");

    assertThat(failure.getValidSentAddresses()).containsExactly(address("bob@example.com"));
    assertThat(failure.getValidUnsentAddresses()).containsExactly(address("carol@example.net"));
    assertThat(deliveryIn(failure).disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(deliveryIn(failure).detail()).contains("OutOfMemoryError");
    assertThat(net.isDeserted(MAX_WAIT)).isTrue();
  }

  @Test
  void reportsThatTheMessageIsSentEvenIfNoListenerCanBeNotified() throws Exception {
    Executor full =
        task -> {
          throw new RejectedExecutionException("shut down");
        };
    fixture.properties.put("mail.event.executor", full);
    Session session = fixture.session();
    MimeMessage message = MailFixture.message(session, "Good morning.", "bob@example.com");

    try (MtaStsTransport transport = new MtaStsTransport(session, fixture.resolver)) {
      transport.addTransportListener(new TransportAdapter() {});
      transport.connect();
      transport.sendMessage(message, message.getAllRecipients());
    }

    assertThat(com.messages()).hasSize(1);
  }

  private static Address address(String address) throws MessagingException {
    return new InternetAddress(address);
  }
}
