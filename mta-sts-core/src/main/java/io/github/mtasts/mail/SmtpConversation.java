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
 * Angus' SMTP client, watched: it says by bare exceptions what has to be known by kind.
 *
 * <p>Tells TLS of every way in which STARTTLS can fail, and notes how far the server has come. Safe
 * for use by several threads, one after the other, as its superclass is.
 */
final class SmtpConversation extends SMTPTransport {
  private static final int READY = 220;
  private static final int ACCEPTED = 250;
  private static final String MAIL_FROM = "MAIL FROM:";
  private static final String RCPT_TO = "RCPT TO:";
  private static final String UTF8 = " SMTPUTF8";
  private static final String END_OF_MESSAGE = ".";

  private final MxTls tls;
  private final boolean wantsStartTls;
  private final List<SmtpReply> toRecipients = new ArrayList<>();
  private boolean greeted;
  private boolean secured;
  private boolean startTlsFailed;
  private boolean declaresUtf8;
  private boolean asksForRecipient;
  private boolean spoken;
  private boolean begun;
  private boolean ended;
  private boolean accepted;
  private @Nullable IOException network;
  private @Nullable Socket dialled;

  SmtpConversation(Session session, MxTls tls) {
    super(session, new URLName("smtp", null, -1, null, null, null));
    this.tls = tls;
    this.wantsStartTls = getStartTLS();
  }

  @Override
  public synchronized void connect(Socket socket) throws MessagingException {
    dialled = socket;
    super.connect(socket);
  }

  /** Whether the server has answered EHLO or HELO, so that what it lacks is known. */
  synchronized boolean isGreeted() {
    return greeted;
  }

  /** Whether STARTTLS is to be used at all on this connection. */
  boolean wantsStartTls() {
    return wantsStartTls;
  }

  /** Whether the handshake is done. */
  synchronized boolean isSecured() {
    return secured;
  }

  /** Whether the server offered STARTTLS, and it came to nothing. */
  synchronized boolean hasFailedStartTls() {
    return startTlsFailed;
  }

  /** Whether anything was said about this message. */
  synchronized boolean hasSpoken() {
    return spoken;
  }

  /** Whether the message's content was asked for. */
  synchronized boolean hasBegunData() {
    return begun;
  }

  /** Whether the end of the message was sent: from then on the server may have it. */
  synchronized boolean hasEnded() {
    return ended;
  }

  /** Whether the server has answered that it takes the message. */
  synchronized boolean hasAccepted() {
    return accepted;
  }

  /** Whether writing failed at the connection, and not in the message itself. */
  synchronized boolean hasLostNetwork() {
    return network != null;
  }

  /**
   * Before the next message.
   *
   * @param sender for MAIL FROM, as it was checked; empty for a bounce
   * @param declaresUtf8 whether it needs SMTPUTF8, which the server has
   */
  synchronized void begin(String sender, boolean declaresUtf8) {
    this.declaresUtf8 = declaresUtf8;
    session.getProperties().setProperty("mail.smtp.from", sender.isEmpty() ? "<>" : sender);
    toRecipients.clear();
    spoken = false;
    begun = false;
    ended = false;
    accepted = false;
    network = null;
  }

  /** Whether it turns what it can of the message into 8 bits, in the very object. */
  boolean converts(MimeMessage message) {
    boolean isWanted =
        Boolean.parseBoolean(session.getProperty("mail.smtp.allow8bitmime"))
            || (message instanceof SMTPMessage smtp && smtp.getAllow8bitMIME());
    return isWanted && supportsExtension("8BITMIME");
  }

  /** Whether a pooled connection still answers. */
  boolean answers() {
    return isConnected();
  }

  /** What was said to the recipients, as far as they were asked for, and in their order. */
  synchronized List<SmtpReply> repliesToRecipients() {
    return List.copyOf(toRecipients);
  }

  SmtpReply lastReply() {
    String text = getLastServerResponse();
    return new SmtpReply(getLastReturnCode(), text == null ? "" : text);
  }

  @Override
  protected synchronized boolean ehlo(String domain) throws MessagingException {
    boolean understood = super.ehlo(domain);
    if (!understood && lastReply().endsConnection()) {
      // HELO would only find the connection closed, and what the server has said be forgotten.
      throw new MessagingException("EHLO: expected 250, found " + lastReply().shown());
    }
    if (isSSL() && !understood) {
      // RFC 3207 §4.2: what was said before TLS is to be forgotten, and now nothing is known.
      throw new MessagingException("EHLO under TLS: expected 250, found " + lastReply().shown());
    }
    greeted |= understood;
    return understood;
  }

  @Override
  protected synchronized void helo(String domain) throws MessagingException {
    super.helo(domain);
    greeted = true;
  }

  @Override
  protected synchronized void startTLS() throws MessagingException {
    try {
      super.startTLS();
      secured = true;
    } catch (MessagingException e) {
      startTlsFailed = true;
      tellTls(e);
      throw e;
    }
  }

  private void tellTls(MessagingException e) {
    SmtpReply reply = lastReply();
    if (reply.code() != READY
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
   * After a refusal the client says RSET. A server that has hung up by then has refused all the
   * same, and its reply, not the lost connection, is what counts. RFC 5321 §3.8
   */
  @Override
  public synchronized void issueCommand(String command, int expected) throws MessagingException {
    try {
      super.issueCommand(command, expected);
    } catch (MessagingException e) {
      if (!command.equals("RSET")) {
        throw e;
      }
    }
  }

  /**
   * The client keeps in an exception, to its full length, what was said to each recipient that was
   * refused; with many recipients a server could fill the memory by it, and when all breaks later
   * they are forgotten. So the client takes each refusal for a yes, and the replies are kept here.
   */
  @Override
  protected int readServerResponse() throws MessagingException {
    int code = super.readServerResponse();
    if (!asksForRecipient) {
      return code;
    }
    asksForRecipient = false;
    SmtpReply reply = lastReply();
    toRecipients.add(reply);
    return reply.isTemporary() || reply.isPermanent() ? ACCEPTED : code;
  }

  @Override
  protected void rcptTo() throws MessagingException {
    super.rcptTo();
    if (toRecipients.stream().allMatch(SmtpReply::isRefusal)) {
      throw new MessagingException("RCPT TO: expected 250 for somebody, found it for nobody");
    }
  }

  @Override
  protected synchronized OutputStream data() throws MessagingException {
    OutputStream content = super.data();
    begun = true;
    return new Watched(content);
  }

  @Override
  protected synchronized void finishData() throws IOException, MessagingException {
    try {
      super.finishData();
    } catch (IOException e) {
      lost(e);
      throw e;
    } catch (SMTPSendFailedException e) {
      // RFC 5321 §4.3.2: the first digit counts, or the server would get the message again.
      accepted = ended && e.getReturnCode() >= 200 && e.getReturnCode() <= 299;
      throw e;
    }
    accepted = true;
  }

  /** A dot that could not be handed over whole was not sent; the last octets of it are missing. */
  @Override
  protected synchronized void sendCommand(String command) throws MessagingException {
    spoken = true;
    asksForRecipient = command.startsWith(RCPT_TO);
    try {
      if (command.equals(END_OF_MESSAGE)) {
        bePatient();
      }
      super.sendCommand(declared(command));
    } catch (MessagingException e) {
      if (e.getNextException() instanceof IOException broken) {
        lost(broken);
      }
      throw e;
    }
    ended |= command.equals(END_OF_MESSAGE);
  }

  /**
   * RFC 6531 §3.4: the client itself declares what a property allows, whether the message needs it
   * or not, and nothing that the message needs without it.
   */
  private String declared(String command) {
    boolean isMissing =
        declaresUtf8
            && command.startsWith(MAIL_FROM)
            && !command.substring(command.indexOf('>') + 1).contains(UTF8);
    return isMissing ? command + UTF8 : command;
  }

  /**
   * RFC 5321 §4.5.3.2.6: the answer to a message may take twice as long as others; whoever gives up
   * earlier sends the message twice. Each message sets the time-out anew.
   */
  private void bePatient() throws MessagingException {
    try {
      if (dialled != null) {
        dialled.setSoTimeout((int) Math.min(Integer.MAX_VALUE, 2L * dialled.getSoTimeout()));
      }
    } catch (SocketException e) {
      throw new MessagingException("end of the message: the connection is closed", e);
    }
  }

  private synchronized void lost(IOException cause) {
    network = cause;
  }

  /** Tells a connection that breaks from a message that cannot be read. */
  private final class Watched extends FilterOutputStream {
    Watched(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int octet) throws IOException {
      try {
        out.write(octet);
      } catch (IOException e) {
        lost(e);
        throw e;
      }
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      try {
        out.write(octets, offset, length);
      } catch (IOException e) {
        lost(e);
        throw e;
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (IOException e) {
        lost(e);
        throw e;
      }
    }
  }
}
