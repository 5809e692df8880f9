// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.realservers;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.DnsJavaClient;
import io.github.mtasts.mail.DomainDelivery;
import io.github.mtasts.mail.MtaStsTransport;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.X509TrustManager;

/** A mailer with an empty policy cache, configured for the real servers. */
final class Sender implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.0/8";

  final PolicyResolver resolver;
  private final List<TlsSession> tlsSessions = Collections.synchronizedList(new ArrayList<>());
  private final DnsClient dns;

  Sender(RealServers servers) throws IOException, GeneralSecurityException {
    X509TrustManager trust = servers.trust();
    dns = DnsJavaClient.of(List.of(servers.dns()), Duration.ofSeconds(5));
    resolver =
        PolicyResolver.builder()
            .dnsClient(dns)
            .policyHostPort(servers.httpsPort())
            .policyHostTrust(trust)
            .mxHostTrust(trust)
            .allowPolicyHostAddresses(LOOPBACK)
            .listener(
                new ResolverListener() {
                  @Override
                  public void tlsSessionEnded(TlsSession session) {
                    tlsSessions.add(session);
                  }
                })
            .build();
  }

  /** Closes the resolver, which delivers the events that wait, and returns all TLS sessions. */
  List<TlsSession> tlsSessionsAtEnd() {
    resolver.close();
    return List.copyOf(tlsSessions);
  }

  /** Returns a session as for {@link Transport#send}. */
  Session session(PostfixHost mx) {
    Properties properties = new Properties();
    properties.put("mail.mta-sts.dns", dns);
    properties.setProperty("mail.mta-sts.port", String.valueOf(mx.port()));
    properties.setProperty("mail.mta-sts.allowedaddresses", LOOPBACK + ",::1");
    properties.setProperty("mail.mta-sts.localhost", "sender.test");
    properties.setProperty("mail.mta-sts.deliverytimeout", "60000");
    properties.setProperty("mail.transport.protocol.rfc822", MtaStsTransport.PROTOCOL);
    Session session = Session.getInstance(properties);
    MtaStsTransport.register(session, resolver);
    return session;
  }

  /** Delivers to bob in this domain, whose MX hosts have the same port as this one. */
  DomainDelivery deliver(TestMessage message, String domain, PostfixHost mx)
      throws MessagingException {
    Session session = session(mx);
    try (Transport transport = session.getTransport(MtaStsTransport.PROTOCOL)) {
      transport.connect();
      return ((MtaStsTransport) transport)
          .deliver(message.toMimeMessage(session), bobAt(domain))
          .get(0);
    }
  }

  static Address bobAt(String domain) throws MessagingException {
    return new InternetAddress("bob@" + domain);
  }

  @Override
  public void close() {
    resolver.close();
    dns.close();
  }
}
