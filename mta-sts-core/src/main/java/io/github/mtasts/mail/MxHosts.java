// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import io.github.mtasts.discovery.DnsAnswer;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.MxHost;
import io.github.mtasts.discovery.MxLookup;
import io.github.mtasts.policy.DomainName;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Looks up the hosts of a next hop in order, and the addresses of each. RFC 5321 §5.1
 *
 * <p>Safe for use by several threads.
 */
final class MxHosts {
  private final DnsClient dns;
  private final MxLookup lookup;
  private final TransportOptions options;

  MxHosts(DnsClient dns, TransportOptions options) {
    this.dns = dns;
    this.lookup = new MxLookup(dns);
    this.options = options;
  }

  /**
   * The hosts, or why there are none.
   *
   * @param hosts names in the order to be tried
   * @param failure empty if there are hosts
   */
  record Found(List<String> hosts, Optional<DomainFailure> failure) {
    static Found failed(DomainFailure failure) {
      return new Found(List.of(), Optional.of(failure));
    }
  }

  /**
   * The addresses of a host.
   *
   * @param allowed those that may be connected to, IPv6 and IPv4 alternating
   * @param detail why there are none
   */
  record Addresses(List<InetAddress> allowed, String detail) {}

  CompletableFuture<Found> of(NextHop hop) {
    return hop.kind() == NextHop.Kind.MAIL_DOMAIN
        ? lookup.lookup(DomainName.of(hop.policyDomain())).thenApply(a -> found(hop, a))
        : CompletableFuture.completedFuture(
            new Found(List.of(hop.policyDomain()), Optional.empty()));
  }

  private Found found(NextHop hop, DnsAnswer<MxHost> answer) {
    String domain = hop.policyDomain();
    return switch (answer.status()) {
      case FOUND -> usable(domain, answer.records());
      case NO_DOMAIN, NO_DATA ->
          Found.failed(
              new DomainFailure(
                  true,
                  "1.2",
                  domain
                      + ": expected a mail domain, found none in DNS ("
                      + answer.detail()
                      + ")"));
      case UNAVAILABLE -> Found.failed(unavailable(domain, answer.detail()));
    };
  }

  static DomainFailure unavailable(String domain, String detail) {
    return new DomainFailure(
        false, "4.3", "MX hosts of " + domain + ": expected an answer from DNS, found " + detail);
  }

  private Found usable(String domain, List<MxHost> hosts) {
    if (hosts.get(0).isNullMx()) {
      return Found.failed(
          new DomainFailure(
              true,
              "1.10",
              domain + ": expected a domain that accepts mail, found a null MX (RFC 7505 §3)"));
    }
    // RFC 5321 §5.1: if this system is listed, only preferred hosts are tried, or mail would loop.
    int own =
        hosts.stream()
            .filter(host -> options.ownHosts().contains(host.host()))
            .mapToInt(MxHost::preference)
            .min()
            .orElse(Integer.MAX_VALUE);
    List<String> preferred =
        hosts.stream().filter(host -> host.preference() < own).map(MxHost::host).toList();
    return preferred.isEmpty()
        ? Found.failed(
            new DomainFailure(
                false,
                "4.6",
                domain
                    + ": expected an MX host preferred to this system, found this system first;"
                    + " deliver locally, or correct mail.mta-sts.ownhosts"))
        : new Found(preferred, Optional.empty());
  }

  Addresses addressesOf(String host, NextHop hop, Deadline deadline) {
    Optional<InetAddress> literal = hop.address();
    if (literal.isPresent()) {
      return allowed(host, List.of(literal.get()));
    }
    DomainName name;
    try {
      name = DomainName.of(host);
    } catch (IllegalArgumentException e) {
      return new Addresses(List.of(), String.valueOf(e.getMessage()));
    }
    DnsAnswer<InetAddress> answer =
        deadline.await(dns.addresses(name), DnsAnswer.unavailable("no answer in time"));
    return answer.status() == DnsAnswer.Status.FOUND
        ? allowed(host, answer.records())
        : new Addresses(
            List.of(), host + ": expected an address, found none (" + answer.detail() + ")");
  }

  private Addresses allowed(String host, List<InetAddress> addresses) {
    Deque<InetAddress> ipv6 = new ArrayDeque<>();
    Deque<InetAddress> ipv4 = new ArrayDeque<>();
    List<String> refusals = new ArrayList<>();
    for (InetAddress address : addresses) {
      Optional<String> refusal = options.guard().refusal(address);
      if (refusal.isPresent()) {
        refusals.add(refusal.get());
      } else {
        (address instanceof Inet6Address ? ipv6 : ipv4).add(address);
      }
    }
    List<InetAddress> alternating = new ArrayList<>();
    while (!ipv6.isEmpty() || !ipv4.isEmpty()) {
      Optional.ofNullable(ipv6.poll()).ifPresent(alternating::add);
      Optional.ofNullable(ipv4.poll()).ifPresent(alternating::add);
    }
    return new Addresses(
        List.copyOf(alternating),
        host
            + ": expected a public address, found: "
            + String.join(", ", refusals.subList(0, Math.min(4, refusals.size())))
            + "; allow the range with mail.mta-sts.allowedaddresses if the host is your own");
  }
}
