package io.github.mtasts.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
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
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.subethamail.smtp.MessageContext;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.server.SMTPServer;
import org.subethamail.smtp.server.Session;

/**
 * An honest MX host: receives mail, in clear or under STARTTLS, and remembers all of it.
 *
 * <p>Runs on SubEtha SMTP, an SMTP server that is not ours. Listens on loopback and an ephemeral
 * port unless told otherwise; holds daemon threads only, and {@link #close()} ends them. For hosts
 * that misbehave take {@link ScriptedMx}. Thread-safe.
 */
public final class MxServer implements AutoCloseable {
  private final SMTPServer server;
  private final InetAddress bindAddress;
  private final ExecutorService threads;
  private final List<ReceivedMail> messages = new CopyOnWriteArrayList<>();
  private final List<String> dialogue = new CopyOnWriteArrayList<>();
  private final SniWitness witness = new SniWitness();
  private final Map<String, Refusal> refusals;

  private MxServer(Builder builder) {
    refusals = Map.copyOf(builder.refusals);
    bindAddress = builder.address.getAddress();
    threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "mta-sts-mx-" + builder.hostName);
              thread.setDaemon(true);
              return thread;
            });
    Optional<SSLContext> context = builder.fallback.map(builder::serverContext);
    SMTPServer.Builder settings =
        SMTPServer.port(builder.address.getPort())
            .bindAddress(bindAddress)
            .hostName(builder.hostName)
            .executorService(threads)
            .insertReceivedHeaders(false)
            .messageHandlerFactory(Transaction::new);
    if (context.isPresent()) {
      settings
          .enableTLS()
          .startTlsSocketFactory(
              socket -> {
                dialogue.add("STARTTLS");
                return witness.serverSocket(context.get(), socket);
              });
    }
    server = settings.build();
  }

  /**
   * Starts a host that offers STARTTLS.
   *
   * @param certificate what it presents, whatever name is asked for
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
   * Begins a host.
   *
   * @return a builder for one without STARTTLS
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns where it listens.
   *
   * @return an address of loopback, unless it was given another
   */
  public InetSocketAddress address() {
    return new InetSocketAddress(bindAddress, server.getPortAllocated());
  }

  /**
   * Returns what was received.
   *
   * @return messages in order
   */
  public List<ReceivedMail> messages() {
    return List.copyOf(messages);
  }

  /**
   * Returns the commands that had a consequence, over all connections: {@code STARTTLS}, {@code
   * MAIL FROM:<…>}, {@code RCPT TO:<…>} and {@code DATA}.
   *
   * @return in order
   */
  public List<String> dialogue() {
    return List.copyOf(dialogue);
  }

  /**
   * Returns the names that clients have asked for by SNI.
   *
   * @return as sent, in order
   */
  public List<String> sniSeen() {
    return witness.seen();
  }

  /** From a thread of ours, because the server's own thread is a daemon only if its parent is. */
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

  /** Stops listening and breaks off every connection. */
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
      // Every transaction is recorded as it goes.
    }
  }

  private record Refusal(int code, String text) {}

  /** What an {@link MxServer} is like; for one thread. */
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
     * @param certificate what to present unless another is meant for the name asked for
     * @return this
     */
    public Builder certificate(TestCertificate certificate) {
      fallback = Optional.of(certificate);
      return this;
    }

    /**
     * Presents another certificate to clients that ask for a name; needs {@link
     * #certificate(TestCertificate)} too, for those who ask for none.
     *
     * @param serverName the name in the client's SNI
     * @param certificate what to present
     * @return this
     */
    public Builder certificateFor(String serverName, TestCertificate certificate) {
      byName.put(serverName.toLowerCase(Locale.ROOT), certificate);
      return this;
    }

    /**
     * Says what the host calls itself in its greeting.
     *
     * @param name a host name
     * @return this
     */
    public Builder hostName(String name) {
      hostName = name;
      return this;
    }

    /**
     * Takes no mail for a recipient.
     *
     * @param recipient an address as it stands in RCPT TO
     * @param code the reply to that command, such as 550
     * @param text what follows the code, such as {@code 5.1.1 no such user}
     * @return this
     */
    public Builder refuse(String recipient, int code, String text) {
      refusals.put(recipient, new Refusal(code, text));
      return this;
    }

    /**
     * Says where to listen, instead of an ephemeral port of 127.0.0.1.
     *
     * @param where an address of this machine; port 0 is an ephemeral one
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

    private SSLContext serverContext(TestCertificate certificate) {
      try {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {new SniKeys(certificate, byName)}, null, null);
        return context;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("MX host: expected a TLS context from the JDK", e);
      }
    }
  }
}
