// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLSocket;
import org.subethamail.smtp.DropConnectionException;
import org.subethamail.smtp.MessageContext;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.internal.command.EhloCommand;
import org.subethamail.smtp.internal.server.BaseCommand;
import org.subethamail.smtp.internal.server.Command;
import org.subethamail.smtp.server.SMTPServer;
import org.subethamail.smtp.server.Session;

/**
 * A correct MX host: receives mail, in clear or under STARTTLS, and records it.
 *
 * <p>Runs on SubEtha SMTP; needs {@code com.github.davidmoten:subethasmtp} on the class path.
 * Listens on loopback and an ephemeral port by default. {@link #close()} ends its threads. For
 * faulty hosts use {@link ScriptedMx}. Thread-safe.
 */
public final class MxServer implements AutoCloseable {
  private final SMTPServer server;
  private final InetAddress bindAddress;
  private final ExecutorService threads;
  private final List<ReceivedMail> messages = new CopyOnWriteArrayList<>();
  private final List<String> dialogue = new CopyOnWriteArrayList<>();
  private final List<String> serverNames = new CopyOnWriteArrayList<>();
  private final Map<String, TestCertificate> certificates;
  private final Map<String, Refusal> refusals;

  private MxServer(Builder builder) {
    certificates = Map.copyOf(builder.byName);
    refusals = Map.copyOf(builder.refusals);
    bindAddress = builder.address.getAddress();
    threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "mta-sts-mx-" + builder.hostName);
              thread.setDaemon(true);
              return thread;
            });
    SMTPServer.Builder settings =
        SMTPServer.port(builder.address.getPort())
            .bindAddress(bindAddress)
            .hostName(builder.hostName)
            .executorService(threads)
            .insertReceivedHeaders(false)
            .messageHandlerFactory(Transaction::new);
    builder.fallback.ifPresent(
        fallback -> settings.enableTLS().startTlsSocketFactory(socket -> tls(socket, fallback)));
    server = settings.build();
    server.getCommandHandler().addCommand(new Ehlo());
  }

  private SSLSocket tls(Socket socket, TestCertificate fallback) throws IOException {
    dialogue.add("STARTTLS");
    ClientHello hello = ClientHello.read(socket);
    hello.serverName().ifPresent(serverNames::add);
    TestCertificate certificate =
        hello
            .serverName()
            .map(name -> certificates.get(name.toLowerCase(Locale.ROOT)))
            .orElse(fallback);
    return hello.serverSocket(certificate.serverContext(), List.of());
  }

  /**
   * Starts a host that offers STARTTLS.
   *
   * @param certificate the certificate for every SNI
   * @return it, listening
   */
  public static MxServer start(TestCertificate certificate) {
    return builder().certificate(certificate).start();
  }

  /**
   * Starts a host that offers no STARTTLS.
   *
   * @return it, listening
   */
  public static MxServer startWithoutTls() {
    return builder().start();
  }

  /**
   * Creates a builder.
   *
   * @return one for a host without STARTTLS
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the address and port.
   *
   * @return an address of loopback by default
   */
  public InetSocketAddress address() {
    return new InetSocketAddress(bindAddress, server.getPortAllocated());
  }

  /**
   * Returns the messages received.
   *
   * @return in order
   */
  public List<ReceivedMail> messages() {
    return List.copyOf(messages);
  }

  /**
   * Returns the recorded commands, over all connections: {@code STARTTLS}, {@code MAIL FROM:<…>},
   * {@code RCPT TO:<…>} and {@code DATA}.
   *
   * @return in order
   */
  public List<String> dialogue() {
    return List.copyOf(dialogue);
  }

  /**
   * Returns the names that clients sent by SNI.
   *
   * @return as sent, in order
   */
  public List<String> sniSeen() {
    return List.copyOf(serverNames);
  }

  /** Starts the server in a daemon thread, because its own thread inherits that. */
  private MxServer start() {
    try {
      threads.submit(server::start).get();
      return this;
    } catch (ExecutionException e) {
      throw new IllegalStateException("MX host: expected it to start", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("MX host: expected it to start, found an interrupt", e);
    }
  }

  /** Stops listening and closes every connection. */
  @Override
  public void close() {
    server.stop();
    threads.shutdownNow();
  }

  private final class Transaction implements MessageHandler {
    private final MessageContext context;
    private final List<String> recipients = new ArrayList<>();
    private String sender = "";

    private Transaction(MessageContext context) {
      this.context = context;
    }

    @Override
    public void from(String from) {
      sender = from;
      dialogue.add("MAIL FROM:<" + from + ">");
    }

    @Override
    public void recipient(String recipient) throws RejectException {
      dialogue.add("RCPT TO:<" + recipient + ">");
      Refusal refusal = refusals.get(recipient);
      if (refusal != null) {
        throw new RejectException(refusal.code(), refusal.text());
      }
      recipients.add(recipient);
    }

    @Override
    public String data(InputStream data) throws IOException {
      dialogue.add("DATA");
      boolean tls = context instanceof Session session && session.isTLSStarted();
      messages.add(new ReceivedMail(sender, recipients, data.readAllBytes(), tls));
      return "received";
    }

    @Override
    public void done() {
      // Each command has been recorded already.
    }
  }

  /**
   * Does not offer STARTTLS again under TLS, as SubEtha's EHLO does. RFC 3207 §4.2
   *
   * <p>SubEtha has no public way to change a reply, hence the internal class.
   */
  private static final class Ehlo extends BaseCommand {
    private final Command offersStartTls = new EhloCommand();

    private Ehlo() {
      super("EHLO", "Greets the server.", "<host name>");
    }

    @Override
    public void execute(String line, Session session) throws IOException, DropConnectionException {
      String[] words = getArgs(line);
      if (!session.isTLSStarted() || words.length < 2) {
        offersStartTls.execute(line, session);
        return;
      }
      session.resetMailTransaction();
      session.setHelo(words[1]);
      session.sendResponse(
          "250-"
              + session.getServer().getHostName()
              + "\r\n250-8BITMIME\r\n250-CHUNKING\r\n250 SMTPUTF8");
    }
  }

  private record Refusal(int code, String text) {}

  /** The configuration of an {@link MxServer}; not thread-safe. */
  public static final class Builder {
    private final Map<String, TestCertificate> byName = new HashMap<>();
    private final Map<String, Refusal> refusals = new HashMap<>();
    private Optional<TestCertificate> fallback = Optional.empty();
    private String hostName = "mx.example";
    private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private Builder() {}

    /**
     * Offers STARTTLS.
     *
     * @param certificate the certificate, unless {@link #certificateFor} has one for the SNI
     * @return this
     */
    public Builder certificate(TestCertificate certificate) {
      fallback = Optional.of(certificate);
      return this;
    }

    /**
     * Presents another certificate for one SNI; needs {@link #certificate(TestCertificate)} too,
     * for all others.
     *
     * @param serverName the name in the client's SNI
     * @param certificate the certificate to present
     * @return this
     */
    public Builder certificateFor(String serverName, TestCertificate certificate) {
      byName.put(serverName.toLowerCase(Locale.ROOT), certificate);
      return this;
    }

    /**
     * Sets the name in the greeting; the default is {@code mx.example}.
     *
     * @param name a host name
     * @return this
     */
    public Builder hostName(String name) {
      hostName = name;
      return this;
    }

    /**
     * Refuses a recipient.
     *
     * @param recipient the address in RCPT TO
     * @param code the reply to that command, such as 550
     * @param text the text after the code, such as {@code 5.1.1 no such user}
     * @return this
     */
    public Builder refuse(String recipient, int code, String text) {
      refusals.put(recipient, new Refusal(code, text));
      return this;
    }

    /**
     * Sets the address to listen on; the default is an ephemeral port of 127.0.0.1.
     *
     * @param where an address of this machine; port 0 for an ephemeral one
     * @return this
     */
    public Builder address(InetSocketAddress where) {
      address = where;
      return this;
    }

    /**
     * Starts the host.
     *
     * @return it, listening
     */
    public MxServer start() {
      return new MxServer(this).start();
    }
  }
}
