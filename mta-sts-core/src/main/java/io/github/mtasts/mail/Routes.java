package io.github.mtasts.mail;

import io.github.mtasts.decision.DomainNames;
import jakarta.mail.MessagingException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Which domains' mail goes to a smart host. RFC 8461 §3.4
 *
 * <p>Immutable, hence thread-safe.
 */
final class Routes {
  private static final String OF_DOMAIN = TransportOptions.ROUTE + ".";

  private final Map<String, NextHop> byDomain;
  private final Optional<NextHop> forAll;
  private final int port;

  private Routes(Map<String, NextHop> byDomain, Optional<NextHop> forAll, int port) {
    this.byDomain = byDomain;
    this.forAll = forAll;
    this.port = port;
  }

  static Routes of(Properties properties, int port) throws MessagingException {
    Map<String, NextHop> byDomain = new HashMap<>();
    for (String name : properties.stringPropertyNames()) {
      if (name.startsWith(OF_DOMAIN)) {
        try {
          byDomain.put(
              DomainNames.parse(name.substring(OF_DOMAIN.length())).value(),
              hop(name, properties.getProperty(name), port));
        } catch (IllegalArgumentException e) {
          throw new MessagingException(name + ": " + e.getMessage(), e);
        }
      }
    }
    String all = properties.getProperty(TransportOptions.ROUTE);
    return new Routes(
        Map.copyOf(byDomain),
        all == null ? Optional.empty() : Optional.of(hop(TransportOptions.ROUTE, all, port)),
        port);
  }

  private static NextHop hop(String name, String route, int port) throws MessagingException {
    try {
      return NextHop.ofRoute(route.strip(), port);
    } catch (IllegalArgumentException e) {
      throw new MessagingException(name + ": " + e.getMessage(), e);
    }
  }

  /** The route of the domain, else the one for all, else the domain itself. */
  NextHop of(NextHop domain) {
    NextHop routed = byDomain.get(domain.policyDomain());
    return routed != null ? routed : forAll.orElse(domain);
  }

  int port() {
    return port;
  }
}
