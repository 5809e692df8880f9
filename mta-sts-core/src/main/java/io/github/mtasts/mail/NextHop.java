// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import io.github.mtasts.address.AddressRange;
import io.github.mtasts.decision.DomainNames;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Excerpt;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;

/**
 * Where mail for a domain is sent next: its own MX hosts, or a smart host. The name of the next hop
 * is the policy domain.
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param policyDomain the domain whose policy applies. RFC 8461 §3.4
 * @param kind what the name is
 * @param port the TCP port
 */
record NextHop(String policyDomain, Kind kind, int port) {
  private static final String IPV6 = "ipv6:";

  /** What the name is. */
  enum Kind {
    /** A mail domain: its MX hosts are looked up. RFC 5321 §5.1 */
    MAIL_DOMAIN,
    /** A host: only its addresses are looked up. */
    HOST,
    /** An address in brackets. RFC 5321 §4.1.3 */
    ADDRESS
  }

  /**
   * Returns the next hop for the part of a mail address after its {@code @}.
   *
   * @throws IllegalArgumentException if it is neither a domain nor an address literal
   */
  static NextHop ofDomain(String domain, int port) {
    if (!domain.startsWith("[")) {
      return new NextHop(DomainNames.parse(domain).value(), Kind.MAIL_DOMAIN, port);
    }
    if (literal(domain).isEmpty()) {
      throw new IllegalArgumentException(
          "address literal: expected [192.0.2.1] or [IPv6:2001:db8::1], found \""
              + Excerpt.of(domain)
              + "\"");
    }
    return new NextHop(domain.toLowerCase(Locale.ROOT), Kind.ADDRESS, port);
  }

  /**
   * Returns the next hop for a route: {@code relay.example}, {@code relay.example:587}, {@code
   * [mx.relay.example]:587}.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  static NextHop ofRoute(String route, int defaultPort) {
    int colon = route.lastIndexOf(':');
    int port = defaultPort;
    String name = route;
    if (colon > route.lastIndexOf(']')) {
      port = port(route, colon);
      name = route.substring(0, colon);
    }
    if (name.startsWith("[") && literal(name).isEmpty()) {
      if (!name.endsWith("]")) {
        throw invalid(route);
      }
      DomainName host = DomainNames.parse(name.substring(1, name.length() - 1));
      return new NextHop(host.value(), Kind.HOST, port);
    }
    return ofDomain(name, port);
  }

  private static int port(String route, int colon) {
    String digits = route.substring(colon + 1);
    if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(Character::isDigit)) {
      throw invalid(route);
    }
    int port = Integer.parseInt(digits);
    if (port < 1 || port > 65535) {
      throw invalid(route);
    }
    return port;
  }

  private static IllegalArgumentException invalid(String route) {
    return new IllegalArgumentException(
        "route: expected a name or [name], optionally with a colon and a port from 1 to 65535,"
            + " found \""
            + Excerpt.of(route)
            + "\"");
  }

  /** Returns the address if the name is an address literal. */
  Optional<InetAddress> address() {
    return kind == Kind.ADDRESS ? literal(policyDomain) : Optional.empty();
  }

  private static Optional<InetAddress> literal(String bracketed) {
    if (!bracketed.startsWith("[") || !bracketed.endsWith("]")) {
      return Optional.empty();
    }
    String inner = bracketed.substring(1, bracketed.length() - 1);
    return inner.toLowerCase(Locale.ROOT).startsWith(IPV6)
        ? AddressRange.address(inner.substring(IPV6.length()))
            .filter(Inet6Address.class::isInstance)
        : AddressRange.address(inner).filter(Inet4Address.class::isInstance);
  }
}
