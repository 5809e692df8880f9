// SPDX-License-Identifier: Apache-2.0
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
 * Delivers directly to the MX hosts of each recipient's domain, under MTA-STS.
 *
 * <p>For programs that call {@link Transport#send} and have no mail server to relay through.
 * Register it once for a session with {@link #register}, and set {@code
 * mail.transport.protocol.rfc822=mta-sts}; or create one for a resolver and keep it connected for
 * several messages. Needs Jakarta Mail and Angus Mail, which the application must add.
 *
 * <p>For each domain the transport looks up the policy, then tries the MX hosts in the order of RFC
 * 5321 §5.1, each at all its addresses. A host that the policy does not list is skipped. Nothing is
 * sent to a host without the TLS that the policy requires, MAIL FROM included (RFC 8461 §5).
 * Without a policy, TLS is used where it is offered, and clear text where TLS is not offered or
 * fails (RFC 7435 §3). If the policy blocked a host and recipients are left, the transport checks
 * for a newer policy, and tries all hosts once more if there is one (RFC 8461 §5.1); a policy that
 * was in force during the delivery is not replaced by "no policy". Then the message is
 * <em>deferred</em>: the caller keeps it and retries later. It is also deferred, with status 4.4.3
 * for DNS and 4.3.x for trouble of this sender, if it could not be found out whether there is a
 * policy and mail waits for that. Only a 5xx reply, under the TLS that the policy requires, fails a
 * recipient permanently; and, for a domain that has no policy, an answer from DNS that the domain
 * does not exist or accepts no mail.
 *
 * <p>Properties of the session, all optional except the first:
 *
 * <ul>
 *   <li>{@code mail.mta-sts.resolver}: the {@link PolicyResolver}
 *   <li>{@code mail.mta-sts.dns}: a {@link DnsClient} for MX lookups, which the transport does not
 *       close; default: each transport makes a client for the system's servers
 *   <li>{@code mail.mta-sts.port}: the port of MX hosts; default {@value #DEFAULT_PORT}
 *   <li>{@code mail.mta-sts.connectiontimeout}: for each address; default {@value
 *       #DEFAULT_CONNECTION_TIMEOUT_MILLIS} ms
 *   <li>{@code mail.mta-sts.timeout}: for each reply, and twice as long for the reply to a whole
 *       message; default {@value #DEFAULT_TIMEOUT_MILLIS} ms
 *   <li>{@code mail.mta-sts.deliverytimeout}: for each domain, whatever its servers do, while the
 *       policy lookup has its own deadlines; default {@value #DEFAULT_DELIVERY_TIMEOUT_MILLIS} ms
 *   <li>{@code mail.mta-sts.localhost}: the name in EHLO; default: this system's name, or its
 *       address
 *   <li>{@code mail.mta-sts.ownhosts}: MX hosts that are this system, separated by commas; the EHLO
 *       name is always one
 *   <li>{@code mail.mta-sts.allowedaddresses}: ranges such as {@code 10.0.0.0/8}, separated by
 *       commas, in which MX hosts may be although they are not public
 *   <li>{@code mail.mta-sts.route} and {@code mail.mta-sts.route.<domain>}: a smart host for all
 *       domains or for one. {@code relay.example} means its MX hosts, {@code
 *       [mx.relay.example]:587} the host itself. Its name is the policy domain (RFC 8461 §3.4). No
 *       passwords
 * </ul>
 *
 * <p>Of {@code mail.smtp.*} only properties of the message apply ({@code from}, {@code dsn.*},
 * {@code allow8bitmime}, {@code submitter}, {@code mailextension}), and {@code
 * mail.mime.allowutf8}; properties of hosts, sockets and TLS are ignored. Session debugging shows
 * the SMTP dialogue.
 *
 * <p>A message with a sender, recipient or header that is not ASCII goes only to hosts that offer
 * SMTPUTF8 (RFC 6531 §3.2), and is deferred if the host does not. The headers of its parts are not
 * checked.
 *
 * <p>Safe for use by several threads, but each message waits for the one before: use a transport
 * for each thread, with one resolver and one DNS client for all.
 */
@SuppressWarnings("exports") // callers have Jakarta Mail
public final class MtaStsTransport extends Transport {
  /** The name of the protocol for {@link Session#getTransport(String)}: {@value}. */
  public static final String PROTOCOL = "mta-sts";

  /** The default port of MX hosts: {@value}. */
  public static final int DEFAULT_PORT = 25;

  /** The default timeout for a connection to each address: {@value} ms. */
  public static final int DEFAULT_CONNECTION_TIMEOUT_MILLIS = 30_000;

  /** The default timeout for each reply: {@value} ms. RFC 5321 §4.5.3.2 */
  public static final int DEFAULT_TIMEOUT_MILLIS = 300_000;

  /** The default timeout for the delivery to one domain: {@value} ms. */
  public static final int DEFAULT_DELIVERY_TIMEOUT_MILLIS = 900_000;

  private static final Logger LOG = System.getLogger(MtaStsTransport.class.getName());

  private final @Nullable PolicyResolver given;
  private final Object deliveryLock = new Object();
  private final Object state = new Object();
  private @Nullable Connected connected; // guarded by state
  private @Nullable Deadline current; // guarded by state

  /** What exists from connect to close. */
  private record Connected(
      DomainDeliverer deliverer,
      SmartHostRoutes routes,
      TransportOptions options,
      IdleConnections idle,
      @Nullable DnsClient ownDns) {}

  /**
   * Creates a transport for a session in which a resolver is registered. {@link
   * Session#getTransport(String)} calls this. Does not use the network.
   *
   * @param session with {@code mail.mta-sts.resolver} among its properties
   * @param urlName as the session passes it
   */
  public MtaStsTransport(Session session, @Nullable URLName urlName) {
    super(session, urlName);
    given = null;
  }

  /**
   * Creates a transport for a resolver. Does not use the network.
   *
   * @param session the session whose properties apply
   * @param resolver the caller closes it
   */
  public MtaStsTransport(Session session, PolicyResolver resolver) {
    super(session, new URLName(PROTOCOL, null, -1, null, null, null));
    given = Objects.requireNonNull(resolver, "resolver");
  }

  /**
   * Registers the transport and its resolver in a session, for {@code getTransport("mta-sts")}.
   *
   * @param session the session
   * @param resolver one for the whole application; the caller closes it
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
   * Reads the properties. Connections are made later, for each message, so the arguments are not
   * used.
   *
   * @throws MessagingException if a property is not valid
   */
  @Override
  protected boolean protocolConnect(
      @Nullable String host, int port, @Nullable String user, @Nullable String password)
      throws MessagingException {
    TransportOptions options = TransportOptions.of(session.getProperties(), given);
    SmartHostRoutes routes = SmartHostRoutes.of(session.getProperties(), options.port());
    DnsClient own =
        options.dns().isPresent() ? null : DnsJavaClient.system(DnsJavaClient.DEFAULT_DEADLINE);
    DnsClient dns = own != null ? own : options.dns().orElseThrow();
    IdleConnections idle = new IdleConnections();
    DomainDeliverer deliverer =
        new DomainDeliverer(
            options,
            new MxHosts(dns, options),
            new MxConnector(new SmtpSessions(session, options), options),
            idle);
    synchronized (state) {
      connected = new Connected(deliverer, routes, options, idle, own);
    }
    return true;
  }

  /**
   * Delivers, one domain after the other.
   *
   * @param message a MIME message with its changes saved
   * @param addresses the recipients
   * @throws SendFailedException if the message was not delivered to every recipient: the valid sent
   *     addresses have it, the valid unsent ones are to be retried, the invalid ones are not; the
   *     next exceptions are a {@link DomainDeliveryException} for each such domain. Also thrown if
   *     the message cannot be read, whatever its content throws, including errors such as {@link
   *     NoClassDefFoundError}: the content is streamed, so this is found only during delivery
   * @throws VirtualMachineError if one was thrown and no server may have the message yet; otherwise
   *     it is logged, and the recipients without the message are deferred
   * @throws MessagingException if the message cannot be sent to any recipient
   * @throws IllegalStateException if this is not connected
   */
  @Override
  public void sendMessage(Message message, Address[] addresses) throws MessagingException {
    List<DomainDelivery> deliveries = deliver(message, addresses);
    Address[] sent = all(deliveries, DomainDelivery::delivered);
    Address[] unsent = all(deliveries, DomainDelivery::deferred);
    Address[] invalid = all(deliveries, DomainDelivery::failed);
    boolean complete = unsent.length == 0 && invalid.length == 0;
    int event =
        complete
            ? TransportEvent.MESSAGE_DELIVERED
            : sent.length > 0
                ? TransportEvent.MESSAGE_PARTIALLY_DELIVERED
                : TransportEvent.MESSAGE_NOT_DELIVERED;
    try {
      notifyTransportListeners(event, sent, unsent, invalid, message);
    } catch (RuntimeException | Error e) {
      // The executor in mail.event.executor is shut down; the caller still needs the result.
      LOG.log(Level.ERROR, "transport listeners were not notified of a message", e);
    }
    if (!complete) {
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
            + (causes.size() > 1 ? " (and " + (causes.size() - 1) + " more domains)" : ""),
        causes.get(0),
        sent,
        unsent,
        invalid);
  }

  /**
   * Delivers as {@link #sendMessage} does, but returns the results and notifies no listener.
   *
   * @param message a MIME message with its changes saved
   * @param recipients at least one
   * @return the result for each domain, in the order of the recipients, after a result for each
   *     recipient that is not a usable mail address
   * @throws MessagingException if the message cannot be sent to any recipient: it is not a MIME
   *     message, its headers cannot be read, or its sender is missing or not usable; never for what
   *     the network or a server did
   * @throws VirtualMachineError if one was thrown and no server may have the message yet
   * @throws IllegalStateException if this is not connected
   */
  public List<DomainDelivery> deliver(Message message, Address... recipients)
      throws MessagingException {
    MimeMessage mime = checked(message, recipients);
    synchronized (deliveryLock) {
      Connected now = connected();
      MessageEnvelope envelope = MessageEnvelope.of(mime, session, now.options());
      RecipientsByDomain byDomain =
          RecipientsByDomain.of(envelope, recipients, now.routes(), now.options());
      if (byDomain.isEmpty()) {
        throw noRecipients(); // only groups without members
      }
      List<DomainDelivery> deliveries = new ArrayList<>(byDomain.undeliverable());
      for (RecipientGroup group : byDomain.groups()) {
        deliveries.add(deliver(now, mime, group, deliveries));
      }
      return List.copyOf(deliveries);
    }
  }

  /** If a server may have the message already, the caller gets results and no error. */
  private DomainDelivery deliver(
      Connected now, MimeMessage message, RecipientGroup group, List<DomainDelivery> before) {
    try {
      return deliver(now, message, group);
    } catch (VirtualMachineError e) {
      if (before.stream().noneMatch(DomainDelivery::mayHaveBeenAccepted)) {
        throw e;
      }
      LOG.log(Level.ERROR, "delivery to " + group.domain() + " failed unexpectedly", e);
      return new RecipientOutcomes(group).interruptedBy(e);
    }
  }

  private DomainDelivery deliver(Connected now, MimeMessage message, RecipientGroup group) {
    try (Deadline deadline = new Deadline(now.options().deliveryTimeout())) {
      setCurrent(deadline);
      return now.deliverer().deliver(message, group, deadline);
    } finally {
      synchronized (state) {
        current = null;
      }
    }
  }

  /** Lets close() end the delivery. */
  private void setCurrent(Deadline deadline) {
    boolean closed;
    synchronized (state) {
      current = deadline;
      closed = connected == null;
    }
    if (closed) {
      deadline.expire();
    }
  }

  private Connected connected() {
    synchronized (state) {
      if (connected == null) {
        throw new IllegalStateException(
            "transport: expected it connected, found it not; call connect()");
      }
      return connected;
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

  /** Ends a running delivery, and closes all connections and the DNS client made by default. */
  @Override
  public synchronized void close() throws MessagingException {
    Connected ended;
    Deadline running;
    synchronized (state) {
      ended = connected;
      running = current;
      connected = null;
    }
    if (running != null) {
      running.expire();
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
