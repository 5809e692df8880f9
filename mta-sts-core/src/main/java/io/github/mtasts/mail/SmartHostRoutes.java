// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import io.github.mtasts.decision.DomainNames;
import jakarta.mail.MessagingException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The domains whose mail goes to a smart host, as the properties of a session say. RFC 8461 §3.4
 *
 * <p>Immutable, hence thread-safe.
 */
final class SmartHostRoutes {
  private static final String OF_DOMAIN = TransportOptions.ROUTE + ".";

  private final Map<String, NextHop> byDomain;
  private final Optional<NextHop> forAllDomains;
  private final int port;

  private SmartHostRoutes(
      Map<String, NextHop> byDomain, Optional<NextHop> forAllDomains, int port) {
    this.byDomain = byDomain;
    this.forAllDomains = forAllDomains;
    this.port = port;
  }

  static SmartHostRoutes of(Properties properties, int port) throws MessagingException {
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
    return new SmartHostRoutes(
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

  /** Returns the route of the domain, else the route for all domains, else the domain itself. */
  NextHop of(NextHop domain) {
    NextHop routed = byDomain.get(domain.policyDomain());
    return routed != null ? routed : forAllDomains.orElse(domain);
  }

  int port() {
    return port;
  }
}
