package io.github.mtasts.examples.smtp;

import io.github.mtasts.tls.MxTls;
import io.github.mtasts.tls.TlsVerdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLSocket;

/**
 * One SMTP conversation with one MX host.
 *
 * <p>Connects, greets, and waits to be told whether to start TLS. Every method that talks throws an
 * {@link IOException} when the connection breaks or the deadline passes, and an {@link
 * SmtpReplyException} when the server says no. Not for use by several threads. RFC 5321 §3.1
 */
public final class Smtp implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(30);
  private static final Duration CONVERSATION = Duration.ofMinutes(5);

  private final String ownName;
  private Wire wire;
  private Reply capabilities;

  private Smtp(Wire wire, String ownName) throws IOException {
    this.wire = wire;
    this.ownName = ownName;
    expect("greeting", wire.receive());
    this.capabilities = greet();
  }

  /**
   * Connects to an MX host and greets it; allows 30 seconds to connect and five minutes for all the
   * rest.
   *
   * @param mxHost the MX host's name
   * @param port 25, outside of tests
   */
  public static Smtp connect(String mxHost, int port) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(mxHost, port), (int) CONNECT.toMillis());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    return over(socket, CONVERSATION);
  }

  /**
   * Greets over a connected socket, which is closed if that fails.
   *
   * @param connected the socket
   * @param deadline for the whole conversation
   */
  public static Smtp over(Socket connected, Duration deadline) throws IOException {
    try {
      return new Smtp(Wire.over(connected, deadline), "sender.invalid");
    } catch (IOException e) {
      connected.close();
      throw e;
    }
  }

  /** Whether the server offers STARTTLS. RFC 3207 §4 */
  public boolean offersStartTls() {
    return capabilities.lists("STARTTLS");
  }

  /**
   * Says STARTTLS and returns the plain socket once the server has answered 220: what {@code
   * MxTls.startTls} wants.
   *
   * @throws SmtpReplyException if it answers anything else; the conversation can go on in clear
   */
  public Socket askForTls() throws IOException {
    wire.send("STARTTLS");
    Reply reply = wire.receive();
    if (reply.code() != 220) {
      throw new SmtpReplyException("STARTTLS", reply);
    }
    wire.limitNextRead();
    return wire.socket();
  }

  /**
   * Goes on over the TLS socket and greets again: what was said in clear is forgotten. RFC 3207
   * §4.2
   */
  public void useSocket(Socket tls) throws IOException {
    wire = wire.continuedOver(tls);
    capabilities = greet();
  }

  /**
   * Starts TLS as far as the server lets us, and tells the attempt where it does not: all that has
   * to happen between the greeting and MAIL FROM.
   *
   * @param tls the attempt
   * @return what was found; if it blocks, hang up and try the next MX host
   * @throws IOException if the handshake fails; the attempt knows why
   */
  public Optional<TlsVerdict> secure(MxTls tls) throws IOException {
    if (!offersStartTls()) {
      return Optional.of(tls.startTlsMissing());
    }
    Socket ready;
    try {
      ready = askForTls();
    } catch (SmtpReplyException refused) {
      return Optional.of(tls.startTlsRefused(refused.code(), refused.reply()));
    }
    useSocket(tls.startTls(ready));
    return tls.verdict();
  }

  /** Whether the conversation has gone over to TLS. */
  public boolean isEncrypted() {
    return wire.socket() instanceof SSLSocket;
  }

  /**
   * Hands the message over.
   *
   * @return the server's last answer, which says under which number it has the message
   */
  public Reply deliver(Message message) throws IOException {
    command("MAIL FROM:<" + message.from() + ">");
    for (String recipient : message.to()) {
      command("RCPT TO:<" + recipient + ">");
    }
    command("DATA");
    for (String line : message.lines()) {
      // RFC 5321 §4.5.2: a line that begins with a dot gets another one.
      wire.send(line.startsWith(".") ? "." + line : line);
    }
    return command(".");
  }

  /** Says QUIT and closes the connection, whatever state it is in. */
  @Override
  public void close() {
    try (Socket closing = wire.socket()) {
      if (!closing.isClosed()) {
        wire.send("QUIT");
      }
    } catch (IOException alreadyGone) {
      // Nothing is owed to a server that hung up first.
    }
  }

  private Reply greet() throws IOException {
    return command("EHLO " + ownName);
  }

  private Reply command(String line) throws IOException {
    wire.send(line);
    return expect(line, wire.receive());
  }

  private static Reply expect(String command, Reply reply) throws SmtpReplyException {
    if (!reply.isPositive()) {
      throw new SmtpReplyException(command, reply);
    }
    return reply;
  }
}
