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
 * Where to try a next hop, in order: hosts, and the addresses of each. RFC 5321 §5.1
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
   * @param trouble empty if there are hosts
   */
  record Found(List<String> hosts, Optional<Trouble> trouble) {
    static Found trouble(Trouble trouble) {
      return new Found(List.of(), Optional.of(trouble));
    }
  }

  /**
   * Why there is no host to try.
   *
   * @param lasting whether DNS vouches for it; if not, nothing is known and later may be better
   * @param status the last two parts of an enhanced status code
   * @param detail what was expected and what was found
   */
  record Trouble(boolean lasting, String status, String detail) {}

  /**
   * The addresses of a host.
   *
   * @param vetted those that may be dialled, IPv6 and IPv4 in turn
   * @param detail why there are none
   */
  record Addresses(List<InetAddress> vetted, String detail) {}

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
          Found.trouble(
              new Trouble(
                  true,
                  "1.2",
                  domain
                      + ": expected a mail domain, found none in DNS ("
                      + answer.detail()
                      + ")"));
      case UNAVAILABLE -> Found.trouble(unavailable(domain, answer.detail()));
    };
  }

  static Trouble unavailable(String domain, String detail) {
    return new Trouble(
        false, "4.3", "MX hosts of " + domain + ": expected an answer from DNS, found " + detail);
  }

  private Found usable(String domain, List<MxHost> hosts) {
    if (hosts.get(0).isNullMx()) {
      return Found.trouble(
          new Trouble(
              true,
              "1.10",
              domain + ": expected a domain that takes mail, found a null MX (RFC 7505 §3)"));
    }
    // RFC 5321 §5.1: where this system is listed, only better hosts are tried, or mail would loop.
    int own =
        hosts.stream()
            .filter(host -> options.ownHosts().contains(host.host()))
            .mapToInt(MxHost::preference)
            .min()
            .orElse(Integer.MAX_VALUE);
    List<String> better =
        hosts.stream().filter(host -> host.preference() < own).map(MxHost::host).toList();
    return better.isEmpty()
        ? Found.trouble(
            new Trouble(
                false,
                "4.6",
                domain
                    + ": expected an MX host better than this system, found that this system is the"
                    + " best; deliver locally, or mend mail.mta-sts.ownhosts"))
        : new Found(better, Optional.empty());
  }

  Addresses addressesOf(String host, NextHop hop, Deadline deadline) {
    Optional<InetAddress> literal = hop.address();
    if (literal.isPresent()) {
      return vetted(host, List.of(literal.get()));
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
        ? vetted(host, answer.records())
        : new Addresses(
            List.of(), host + ": expected an address, found none (" + answer.detail() + ")");
  }

  private Addresses vetted(String host, List<InetAddress> addresses) {
    Deque<InetAddress> six = new ArrayDeque<>();
    Deque<InetAddress> four = new ArrayDeque<>();
    List<String> refusals = new ArrayList<>();
    for (InetAddress address : addresses) {
      Optional<String> refusal = options.guard().refusal(address);
      if (refusal.isPresent()) {
        refusals.add(refusal.get());
      } else {
        (address instanceof Inet6Address ? six : four).add(address);
      }
    }
    List<InetAddress> inTurn = new ArrayList<>();
    while (!six.isEmpty() || !four.isEmpty()) {
      Optional.ofNullable(six.poll()).ifPresent(inTurn::add);
      Optional.ofNullable(four.poll()).ifPresent(inTurn::add);
    }
    return new Addresses(
        List.copyOf(inTurn),
        host
            + ": expected a public address, found: "
            + String.join(", ", refusals.subList(0, Math.min(4, refusals.size())))
            + "; allow the range by mail.mta-sts.allowedaddresses if the host is your own");
  }
}
