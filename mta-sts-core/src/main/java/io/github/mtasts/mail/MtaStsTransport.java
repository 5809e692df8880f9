package io.github.mtasts.mail;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.DnsJavaClient;
import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Provider;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.URLName;
import jakarta.mail.event.TransportEvent;
import jakarta.mail.internet.MimeMessage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Delivers straight to the MX hosts of each recipient's domain, under MTA-STS.
 *
 * <p>For programs that call {@link Transport#send} and have no mail server of their own to hand
 * mail to. Register it once for a session with {@link #register}, and set {@code
 * mail.transport.protocol.rfc822=mta-sts}; or make one for a resolver and keep it connected over
 * several messages. Needs Jakarta Mail and Angus Mail, which the library does not bring along.
 *
 * <p>For each domain: the policy, then the MX hosts in the order of RFC 5321 §5.1, each at all its
 * addresses. A host that the policy does not list is passed over, and to one that does not show the
 * TLS that the policy asks nothing is sent, MAIL FROM included (RFC 8461 §5). Without a policy TLS
 * is used where it is offered, and clear text where it is not or cannot be used (RFC 7435 §3). When
 * the policy stood in the way everywhere, a newer one is looked for, and if there is one all is
 * tried once more (RFC 8461 §5.1). Then the message is <em>deferred</em>: it is the caller's to
 * keep and to try again. Nothing but a 5xx reply, under the TLS that the policy asks, fails it for
 * good; and, for a domain without a policy, DNS that says there is no such mail domain.
 *
 * <p>Properties of the session, all optional but the first: {@code mail.mta-sts.resolver} (the
 * {@link PolicyResolver}), {@code .dns} (a {@link DnsClient} for MX hosts, left open; default: the
 * system's servers, asked by a client of each transport's own), {@code .port} ({@value
 * #DEFAULT_PORT}), {@code .connectiontimeout} ({@value #DEFAULT_CONNECTION_TIMEOUT_MILLIS} ms for
 * each address), {@code .timeout} ({@value #DEFAULT_TIMEOUT_MILLIS} ms for each reply, and twice as
 * long for the one to a whole message), {@code .deliverytimeout} ({@value
 * #DEFAULT_DELIVERY_TIMEOUT_MILLIS} ms for each domain, whatever its servers do; the look-up of the
 * policy has deadlines of its own), {@code .localhost} (the name in EHLO; default: this system's,
 * or its address), {@code .ownhosts} (MX hosts that are this system, with commas between; the EHLO
 * name is one), {@code .allowedaddresses} (ranges such as {@code 10.0.0.0/8} that MX hosts may be
 * in although they are not public), {@code .route} and {@code .route.<domain>} (a smart host for
 * all or for one domain: {@code relay.example} by its MX hosts, {@code [mx.relay.example]:587}
 * itself; its name is the policy domain, RFC 8461 §3.4; no passwords). Of {@code mail.smtp.*} those
 * that speak of the message are honoured ({@code from}, {@code dsn.*}, {@code allow8bitmime},
 * {@code submitter}, {@code mailextension}), and {@code mail.mime.allowutf8}; none that speaks of
 * hosts, sockets or TLS. Debugging of the session shows the SMTP dialogue.
 *
 * <p>A message from or to an address beyond ASCII, or with a header of its own beyond ASCII, goes
 * only to hosts that offer SMTPUTF8 (RFC 6531 §3.2), and is deferred where there is none. The
 * headers of its parts are not looked at.
 *
 * <p>Safe for use by several threads, but each message waits for the one before: take a transport
 * for each thread, with one resolver and one DNS client for all.
 */
@SuppressWarnings("exports") // who uses this has Jakarta Mail
public final class MtaStsTransport extends Transport {
  /** The name to ask a session for: {@value}. */
  public static final String PROTOCOL = "mta-sts";

  /** The port of MX hosts: {@value}. */
  public static final int DEFAULT_PORT = 25;

  /** {@value} ms for a connection to each address. */
  public static final int DEFAULT_CONNECTION_TIMEOUT_MILLIS = 30_000;

  /** {@value} ms for each reply. RFC 5321 §4.5.3.2 */
  public static final int DEFAULT_TIMEOUT_MILLIS = 300_000;

  /** {@value} ms for the whole delivery to one domain. */
  public static final int DEFAULT_DELIVERY_TIMEOUT_MILLIS = 900_000;

  private static final Logger LOG = System.getLogger(MtaStsTransport.class.getName());

  private final @Nullable PolicyResolver given;
  private final Object delivering = new Object();
  private final Object state = new Object();
  private @Nullable Work work; // guarded by state
  private @Nullable Deadline current; // guarded by state

  /** What lives from connect to close. */
  private record Work(
      DomainCourier courier,
      Routes routes,
      TransportOptions options,
      IdleConnections idle,
      @Nullable DnsClient ownDns) {}

  /**
   * Makes a transport for a session in which a resolver is registered; what {@link
   * Session#getTransport(String)} calls. Touches no network.
   *
   * @param session with {@code mail.mta-sts.resolver} among its properties
   * @param urlName as the session has it
   */
  public MtaStsTransport(Session session, @Nullable URLName urlName) {
    super(session, urlName);
    given = null;
  }

  /**
   * Makes a transport for a resolver. Touches no network.
   *
   * @param session whose properties count
   * @param resolver stays the caller's to close
   */
  public MtaStsTransport(Session session, PolicyResolver resolver) {
    super(session, new URLName(PROTOCOL, null, -1, null, null, null));
    given = Objects.requireNonNull(resolver, "resolver");
  }

  /**
   * Makes {@code session.getTransport("mta-sts")} work, with this resolver.
   *
   * @param session the session
   * @param resolver one for the whole application; stays the caller's to close
   */
  public static void register(Session session, PolicyResolver resolver) {
    session
        .getProperties()
        .put(TransportOptions.RESOLVER, Objects.requireNonNull(resolver, "resolver"));
    session.addProvider(
        new Provider(
            Provider.Type.TRANSPORT,
            PROTOCOL,
            MtaStsTransport.class.getName(),
            "MTA-STS for Java",
            null));
  }

  /**
   * Reads the properties; connections are made when there is mail, to wherever it goes, so nothing
   * that is passed counts.
   *
   * @throws MessagingException if a property is not as expected
   */
  @Override
  protected boolean protocolConnect(
      @Nullable String host, int port, @Nullable String user, @Nullable String password)
      throws MessagingException {
    TransportOptions options = TransportOptions.of(session.getProperties(), given);
    Routes routes = Routes.of(session.getProperties(), options.port());
    DnsClient own =
        options.dns().isPresent() ? null : DnsJavaClient.system(DnsJavaClient.DEFAULT_DEADLINE);
    DnsClient dns = own != null ? own : options.dns().orElseThrow();
    IdleConnections idle = new IdleConnections();
    DomainCourier courier =
        new DomainCourier(
            options,
            new MxHosts(dns, options),
            new MxDialer(new SmtpSessions(session, options), options),
            idle);
    synchronized (state) {
      work = new Work(courier, routes, options, idle, own);
    }
    return true;
  }

  /**
   * Delivers, domain by domain.
   *
   * @param message a MIME message with its changes saved
   * @param addresses the recipients
   * @throws SendFailedException if some recipient's copy was not delivered: the valid sent
   *     addresses have the message, the valid unsent ones are to be tried again, the invalid ones
   *     never will; the next exceptions are a {@link DomainDeliveryException} for each such domain.
   *     So too if the message cannot be read, whatever its content throws: an exception, or an
   *     error such as that of a class which is missing. It is streamed, and nobody knows before
   * @throws VirtualMachineError if there is one and nobody has the message yet; else it is logged,
   *     and whoever has not got the message is to be tried again
   * @throws MessagingException if the message cannot be sent to anybody
   * @throws IllegalStateException if this is not connected
   */
  @Override
  public void sendMessage(Message message, Address[] addresses) throws MessagingException {
    List<DomainDelivery> deliveries = deliver(message, addresses);
    Address[] sent = all(deliveries, DomainDelivery::delivered);
    Address[] unsent = all(deliveries, DomainDelivery::deferred);
    Address[] invalid = all(deliveries, DomainDelivery::failed);
    boolean whole = unsent.length == 0 && invalid.length == 0;
    int event =
        whole
            ? TransportEvent.MESSAGE_DELIVERED
            : sent.length > 0
                ? TransportEvent.MESSAGE_PARTIALLY_DELIVERED
                : TransportEvent.MESSAGE_NOT_DELIVERED;
    try {
      notifyTransportListeners(event, sent, unsent, invalid, message);
    } catch (RuntimeException | Error e) {
      // The executor in mail.event.executor takes no more; the caller must learn who was sent.
      LOG.log(Level.ERROR, "no listener was told what became of a message", e);
    }
    if (!whole) {
      throw failure(deliveries, sent, unsent, invalid);
    }
  }

  private static Address[] all(
      List<DomainDelivery> deliveries, Function<DomainDelivery, List<Address>> which) {
    return deliveries.stream().map(which).flatMap(Collection::stream).toArray(Address[]::new);
  }

  private static SendFailedException failure(
      List<DomainDelivery> deliveries, Address[] sent, Address[] unsent, Address[] invalid) {
    List<DomainDeliveryException> causes =
        deliveries.stream()
            .filter(d -> d.disposition() != DomainDelivery.Disposition.DELIVERED)
            .map(DomainDeliveryException::new)
            .toList();
    for (int i = 1; i < causes.size(); i++) {
      causes.get(i - 1).setNextException(causes.get(i));
    }
    return new SendFailedException(
        causes.get(0).getMessage()
            + (causes.size() > 1 ? " (and " + (causes.size() - 1) + " domains more)" : ""),
        causes.get(0),
        sent,
        unsent,
        invalid);
  }

  /**
   * Delivers as {@link #sendMessage} does, but says the outcome by values and tells no listener.
   *
   * @param message a MIME message with its changes saved
   * @param recipients at least one
   * @return what became of it, for each domain in the order of the recipients; first those that are
   *     no mail addresses
   * @throws MessagingException if the message cannot be sent to anybody: it is no MIME message, or
   *     has no sender that can be written; never for what the network or a server did
   * @throws VirtualMachineError if there is one and nobody has the message yet
   * @throws IllegalStateException if this is not connected
   */
  public List<DomainDelivery> deliver(Message message, Address... recipients)
      throws MessagingException {
    MimeMessage mime = checked(message, recipients);
    synchronized (delivering) {
      Work now = working();
      Letterhead letterhead = Letterhead.of(mime, session, now.options());
      Envelope envelope = Envelope.of(letterhead, recipients, now.routes(), now.options());
      if (envelope.isEmpty()) {
        throw noRecipients(); // groups, and nobody in them
      }
      List<DomainDelivery> deliveries = new ArrayList<>(envelope.undeliverable());
      for (Envelope.Group group : envelope.groups()) {
        deliveries.add(deliver(now, mime, group, deliveries));
      }
      return List.copyOf(deliveries);
    }
  }

  /** Whatever happens now, who has the message already is told to the caller. */
  private DomainDelivery deliver(
      Work now, MimeMessage message, Envelope.Group group, List<DomainDelivery> before) {
    try {
      return deliver(now, message, group);
    } catch (VirtualMachineError e) {
      if (before.stream().noneMatch(DomainDelivery::isWithSomebody)) {
        throw e;
      }
      LOG.log(Level.ERROR, "delivery to " + group.domain() + " broke off", e);
      return new Ledger(group).brokenOff(e);
    }
  }

  private DomainDelivery deliver(Work now, MimeMessage message, Envelope.Group group) {
    try (Deadline deadline = new Deadline(now.options().deliveryTimeout())) {
      enter(deadline);
      return now.courier().deliver(message, group, deadline);
    } finally {
      synchronized (state) {
        current = null;
      }
    }
  }

  /** So that close() can cut it. */
  private void enter(Deadline deadline) {
    boolean closed;
    synchronized (state) {
      current = deadline;
      closed = work == null;
    }
    if (closed) {
      deadline.cut();
    }
  }

  private Work working() {
    synchronized (state) {
      if (work == null) {
        throw new IllegalStateException(
            "transport: expected it connected, found it not; connect()");
      }
      return work;
    }
  }

  private MimeMessage checked(Message message, Address[] recipients) throws MessagingException {
    if (recipients.length == 0) {
      throw noRecipients();
    }
    if (!(message instanceof MimeMessage mime)) {
      throw new MessagingException(
          "message: expected a MimeMessage, found " + message.getClass().getName());
    }
    return mime;
  }

  private static SendFailedException noRecipients() {
    return new SendFailedException("recipients: expected at least one, found none");
  }

  /** Ends what is under way, closes every connection, and the DNS client if it is our own. */
  @Override
  public synchronized void close() throws MessagingException {
    Work ended;
    Deadline cut;
    synchronized (state) {
      ended = work;
      cut = current;
      work = null;
    }
    if (cut != null) {
      cut.cut();
    }
    if (ended != null) {
      ended.idle().close();
      if (ended.ownDns() != null) {
        ended.ownDns().close();
      }
    }
    super.close();
  }
}
