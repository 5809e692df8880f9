// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import io.github.mtasts.tls.MxTls;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import jakarta.mail.internet.MimeMessage;
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;

/**
 * Angus' SMTP client, observed: its exceptions do not say how far a dialogue has come.
 *
 * <p>Records the {@link Stage} of the dialogue, and reports every way in which STARTTLS can fail to
 * {@link MxTls}. Safe for use by several threads, one after the other, as its superclass is.
 */
final class ObservedSmtpTransport extends SMTPTransport {
  private static final int READY_FOR_TLS = 220;
  private static final int ACCEPTED = 250;
  private static final String MAIL_FROM = "MAIL FROM:";
  private static final String RCPT_TO = "RCPT TO:";
  private static final String UTF8 = " SMTPUTF8";
  private static final String END_OF_MESSAGE = ".";

  /**
   * How far the dialogue has come. Stages are entered in this order, with two exceptions: each
   * message starts again at {@link #READY}, and {@link #RECIPIENT} alternates with {@link
   * #ENVELOPE}.
   */
  private enum Stage {
    /** The server has not answered EHLO or HELO. */
    CONNECTING,
    /** The server has answered EHLO or HELO in clear, so its extensions are known. */
    GREETED,
    /** The server offered STARTTLS, and STARTTLS failed. The dialogue ends here. */
    STARTTLS_FAILED,
    /** The TLS handshake is complete. */
    SECURED,
    /** A message is about to be sent; no command for it was sent. */
    READY,
    /** A command for the message was sent, such as MAIL FROM. */
    ENVELOPE,
    /** RCPT TO was sent, and its reply was not read yet. */
    RECIPIENT,
    /** The server asked for the content. */
    DATA,
    /** The end of the message was sent: from here on the server may have it. */
    SENT,
    /** The server replied that it accepts the message. */
    DELIVERED;

    boolean hasReached(Stage stage) {
      return compareTo(stage) >= 0;
    }
  }

  private final MxTls tls;
  private final boolean wantsStartTls;
  private final List<SmtpReply> recipientReplies = new ArrayList<>();
  private Stage stage = Stage.CONNECTING;
  private boolean secured; // of the connection, whatever the stage of a message
  private boolean connectionLost; // while this message was written
  private String mailFromExtension = "";
  private @Nullable Socket socket;

  ObservedSmtpTransport(Session session, MxTls tls) {
    super(session, new URLName("smtp", null, -1, null, null, null));
    this.tls = tls;
    this.wantsStartTls = getStartTLS();
  }

  @Override
  public synchronized void connect(Socket connected) throws MessagingException {
    socket = connected;
    super.connect(connected);
  }

  /** Whether the server has answered EHLO or HELO, so that its missing extensions are known. */
  synchronized boolean isGreeted() {
    return stage.hasReached(Stage.GREETED);
  }

  /** Whether STARTTLS is to be used on this connection. */
  boolean wantsStartTls() {
    return wantsStartTls;
  }

  /** Whether the TLS handshake is complete. */
  synchronized boolean isSecured() {
    return secured;
  }

  /** Whether the server offered STARTTLS, and STARTTLS failed. */
  synchronized boolean hasFailedStartTls() {
    return stage == Stage.STARTTLS_FAILED;
  }

  /** Whether any command for this message was sent. */
  synchronized boolean hasSentCommand() {
    return stage.hasReached(Stage.ENVELOPE);
  }

  /** Whether the server asked for the content. */
  synchronized boolean hasBegunData() {
    return stage.hasReached(Stage.DATA);
  }

  /** Whether the end of the message was sent: from then on the server may have it. */
  synchronized boolean hasSentMessage() {
    return stage.hasReached(Stage.SENT);
  }

  /** Whether the server replied that it accepts the message. */
  synchronized boolean hasDelivered() {
    return stage == Stage.DELIVERED;
  }

  /** Whether writing failed because of the connection, not because of the message. */
  synchronized boolean hasLostConnection() {
    return connectionLost;
  }

  /**
   * Prepares for the next message.
   *
   * @param sender for MAIL FROM, as it was checked; empty for a bounce
   * @param declaresUtf8 whether the message needs SMTPUTF8, which the server offers
   */
  synchronized void begin(String sender, boolean declaresUtf8) {
    session.getProperties().setProperty("mail.smtp.from", sender.isEmpty() ? "<>" : sender);
    mailFromExtension = declaresUtf8 ? UTF8 : "";
    recipientReplies.clear();
    connectionLost = false;
    stage = Stage.READY;
  }

  /** Whether the client converts parts of the message to 8 bits, in the object it is given. */
  boolean converts(MimeMessage message) {
    boolean isWanted =
        Boolean.parseBoolean(session.getProperty("mail.smtp.allow8bitmime"))
            || (message instanceof SMTPMessage smtp && smtp.getAllow8bitMIME());
    return isWanted && supportsExtension("8BITMIME");
  }

  /** Whether an idle connection still answers. */
  boolean answers() {
    return isConnected();
  }

  /** The replies to RCPT TO, in the order of the recipients; shorter if not all were asked for. */
  synchronized List<SmtpReply> recipientReplies() {
    return List.copyOf(recipientReplies);
  }

  SmtpReply lastReply() {
    String text = getLastServerResponse();
    return new SmtpReply(getLastReturnCode(), text == null ? "" : text);
  }

  @Override
  protected synchronized boolean ehlo(String domain) throws MessagingException {
    boolean understood = super.ehlo(domain);
    if (!understood && lastReply().endsConnection()) {
      // HELO would only find the connection closed, and this reply would be lost.
      throw new MessagingException("EHLO: expected 250, found " + lastReply().shown());
    }
    if (isSSL() && !understood) {
      // RFC 3207 §4.2: extensions from before TLS are discarded, so now none are known.
      throw new MessagingException("EHLO under TLS: expected 250, found " + lastReply().shown());
    }
    if (understood) {
      greeted();
    }
    return understood;
  }

  @Override
  protected synchronized void helo(String domain) throws MessagingException {
    super.helo(domain);
    greeted();
  }

  private void greeted() {
    if (stage == Stage.CONNECTING) {
      stage = Stage.GREETED;
    }
  }

  @Override
  protected synchronized void startTLS() throws MessagingException {
    try {
      super.startTLS();
      stage = Stage.SECURED;
      secured = true;
    } catch (MessagingException e) {
      stage = Stage.STARTTLS_FAILED;
      reportFailedStartTls(e);
      throw e;
    }
  }

  private void reportFailedStartTls(MessagingException e) {
    SmtpReply reply = lastReply();
    if (reply.code() != READY_FOR_TLS
        && reply.code() > 0
        && !(e.getNextException() instanceof IOException)) {
      tls.startTlsRefused(reply.code(), reply.text());
    } else {
      tls.handshakeFailed(
          e.getNextException() != null
              ? e.getNextException()
              : new EOFException("the server closed the connection after STARTTLS"));
    }
  }

  /**
   * After STARTTLS, lets the socket look for text in clear, which this client discards. RFC 3207
   * §4.2
   *
   * <p>Ignores a failing RSET, which the client sends after a refusal. If the server has closed the
   * connection by then, its refusal still counts, not the lost connection. RFC 5321 §3.8
   */
  @Override
  public synchronized void issueCommand(String command, int expected) throws MessagingException {
    try {
      super.issueCommand(command, expected);
      if (command.equals("STARTTLS") && socket instanceof ReplyLimitedSocket observed) {
        observed.expectTls(lastReply().text().lines().count());
      }
    } catch (MessagingException e) {
      if (!command.equals("RSET")) {
        throw e;
      }
    }
  }

  /**
   * Records replies to RCPT TO, and shows the client each refusal as accepted. The client itself
   * would keep the full text of every refusal in exceptions: with many recipients a server could
   * fill the memory, and if something fails later the refusals are lost.
   */
  @Override
  protected int readServerResponse() throws MessagingException {
    int code = super.readServerResponse();
    if (stage != Stage.RECIPIENT) {
      return code;
    }
    stage = Stage.ENVELOPE;
    SmtpReply reply = lastReply();
    recipientReplies.add(reply);
    return reply.isTemporary() || reply.isPermanent() ? ACCEPTED : code;
  }

  @Override
  protected void rcptTo() throws MessagingException {
    super.rcptTo();
    if (recipientReplies.stream().allMatch(SmtpReply::isRefusal)) {
      throw new MessagingException("RCPT TO: expected 250 for a recipient, found it for none");
    }
  }

  @Override
  protected synchronized OutputStream data() throws MessagingException {
    OutputStream content = super.data();
    stage = Stage.DATA;
    return new ObservedStream(content);
  }

  @Override
  protected synchronized void finishData() throws IOException, MessagingException {
    try {
      super.finishData();
    } catch (IOException e) {
      connectionLost = true;
      throw e;
    } catch (SMTPSendFailedException e) {
      // RFC 5321 §4.3.2: the first digit decides; otherwise the message would be sent again.
      if (stage == Stage.SENT && e.getReturnCode() >= 200 && e.getReturnCode() <= 299) {
        stage = Stage.DELIVERED;
      }
      throw e;
    }
    stage = Stage.DELIVERED;
  }

  /**
   * A final dot that was not written completely counts as not sent: its last octets are missing.
   */
  @Override
  protected synchronized void sendCommand(String command) throws MessagingException {
    if (stage.hasReached(Stage.READY) && !stage.hasReached(Stage.DATA)) {
      stage = command.startsWith(RCPT_TO) ? Stage.RECIPIENT : Stage.ENVELOPE;
    }
    try {
      if (command.equals(END_OF_MESSAGE)) {
        doubleTimeout();
      }
      super.sendCommand(withUtf8(command));
    } catch (MessagingException e) {
      if (e.getNextException() instanceof IOException) {
        connectionLost = true;
      }
      throw e;
    }
    if (command.equals(END_OF_MESSAGE)) {
      stage = Stage.SENT;
    }
  }

  /**
   * RFC 6531 §3.4: the client declares SMTPUTF8 whenever a property allows it, even if the message
   * does not need it, and never without the property, even if the message needs it.
   */
  private String withUtf8(String command) {
    boolean isMissing =
        command.startsWith(MAIL_FROM)
            && !command.substring(command.indexOf('>') + 1).contains(UTF8);
    return isMissing ? command + mailFromExtension : command;
  }

  /**
   * RFC 5321 §4.5.3.2.6: the reply to a message may take twice as long as others; a sender that
   * gives up earlier sends the message twice. Each message sets the timeout again.
   */
  private void doubleTimeout() throws MessagingException {
    try {
      if (socket != null) {
        socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, 2L * socket.getSoTimeout()));
      }
    } catch (SocketException e) {
      throw new MessagingException("end of the message: the connection is closed", e);
    }
  }

  private synchronized void connectionLost() {
    connectionLost = true;
  }

  /** Distinguishes a broken connection from a message that cannot be read. */
  private final class ObservedStream extends FilterOutputStream {
    ObservedStream(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int octet) throws IOException {
      try {
        out.write(octet);
      } catch (IOException e) {
        connectionLost();
        throw e;
      }
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      try {
        out.write(octets, offset, length);
      } catch (IOException e) {
        connectionLost();
        throw e;
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (IOException e) {
        connectionLost();
        throw e;
      }
    }
  }
}
