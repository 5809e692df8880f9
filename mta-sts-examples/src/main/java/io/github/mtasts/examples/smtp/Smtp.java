// SPDX-License-Identifier: Apache-2.0
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
 * One SMTP session with one MX host.
 *
 * <p>Connects and sends EHLO; the caller decides whether to start TLS. Methods that use the network
 * throw an {@link IOException} if the connection breaks or the deadline passes, and an {@link
 * SmtpReplyException} if the server refuses a command. RFC 5321 §3.1. Not for use by several
 * threads.
 */
public final class Smtp implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration SESSION_DEADLINE = Duration.ofMinutes(5);

  private final String ownName;
  private SmtpConnection connection;
  private Reply capabilities;

  private Smtp(SmtpConnection connection, String ownName) throws IOException {
    this.connection = connection;
    this.ownName = ownName;
    expect("greeting", connection.receive());
    this.capabilities = sendEhlo();
  }

  /**
   * Connects to an MX host and sends EHLO. Connecting may take 30 seconds, the rest of the session
   * five minutes.
   *
   * @param mxHost the MX host's name
   * @param port 25, except in tests
   */
  public static Smtp connect(String mxHost, int port) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(mxHost, port), (int) CONNECT_TIMEOUT.toMillis());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    return over(socket, SESSION_DEADLINE);
  }

  /**
   * Sends EHLO over a connected socket, and closes the socket if that fails.
   *
   * @param connected the socket
   * @param deadline for the whole session
   */
  public static Smtp over(Socket connected, Duration deadline) throws IOException {
    try {
      return new Smtp(SmtpConnection.over(connected, deadline), "sender.invalid");
    } catch (IOException e) {
      connected.close();
      throw e;
    }
  }

  /** Returns whether the server offers STARTTLS. RFC 3207 §4 */
  public boolean offersStartTls() {
    return capabilities.lists("STARTTLS");
  }

  /**
   * Sends STARTTLS and returns the plain socket for {@code MxTls.startTls} after the reply 220.
   *
   * @throws SmtpReplyException for any other reply; the session can continue in clear text
   */
  public Socket askForTls() throws IOException {
    connection.send("STARTTLS");
    Reply reply = connection.receive();
    if (reply.code() != 220) {
      throw new SmtpReplyException("STARTTLS", reply);
    }
    connection.limitNextRead();
    return connection.socket();
  }

  /**
   * Continues over the TLS socket and sends EHLO again: replies in clear text are discarded. RFC
   * 3207 §4.2
   */
  public void useSocket(Socket tls) throws IOException {
    connection = connection.continuedOver(tls);
    capabilities = sendEhlo();
  }

  /**
   * Starts TLS if the server offers it, and reports a missing or refused STARTTLS to {@code tls}.
   * Call this before MAIL FROM.
   *
   * @param tls the TLS of this connection
   * @return the verdict; if it blocks, disconnect and try the next MX host
   * @throws IOException if the handshake fails; {@code tls} has the verdict
   */
  public Optional<TlsVerdict> secure(MxTls tls) throws IOException {
    if (!offersStartTls()) {
      return Optional.of(tls.startTlsMissing());
    }
    Socket plain;
    try {
      plain = askForTls();
    } catch (SmtpReplyException refused) {
      return Optional.of(tls.startTlsRefused(refused.code(), refused.reply()));
    }
    useSocket(tls.startTls(plain));
    return tls.verdict();
  }

  /** Returns whether the session uses TLS. */
  public boolean isEncrypted() {
    return connection.socket() instanceof SSLSocket;
  }

  /**
   * Delivers the message.
   *
   * @return the server's last reply, which often contains its queue id
   */
  public Reply deliver(SmtpMessage message) throws IOException {
    command("MAIL FROM:<" + message.from() + ">");
    for (String recipient : message.to()) {
      command("RCPT TO:<" + recipient + ">");
    }
    command("DATA");
    for (String line : message.lines()) {
      // RFC 5321 §4.5.2: double a dot at the start of a line.
      connection.send(line.startsWith(".") ? "." + line : line);
    }
    return command(".");
  }

  /** Sends QUIT and closes the connection, in any state. */
  @Override
  public void close() {
    try (Socket closing = connection.socket()) {
      if (!closing.isClosed()) {
        connection.send("QUIT");
      }
    } catch (IOException disconnected) {
      // The server disconnected first.
    }
  }

  private Reply sendEhlo() throws IOException {
    return command("EHLO " + ownName);
  }

  private Reply command(String line) throws IOException {
    connection.send(line);
    return expect(line, connection.receive());
  }

  private static Reply expect(String command, Reply reply) throws SmtpReplyException {
    if (!reply.isPositive()) {
      throw new SmtpReplyException(command, reply);
    }
    return reply;
  }
}
