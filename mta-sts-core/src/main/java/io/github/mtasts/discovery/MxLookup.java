// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import static java.util.Objects.requireNonNull;

import io.github.mtasts.discovery.DnsAnswer.Status;
import io.github.mtasts.policy.DomainName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * Finds the MX hosts of a domain in the order to try them.
 *
 * <p>For programs that deliver directly to MX hosts, or that show what a sender would do. The
 * result is one of these:
 *
 * <ul>
 *   <li>FOUND with hosts, lower preferences first and equal ones in random order, each host once
 *   <li>FOUND with one host that {@link MxHost#isNullMx()}: the domain accepts no mail (RFC 7505
 *       §3)
 *   <li>FOUND with the domain itself, preference 0, if it has no MX record (RFC 5321 §5.1)
 *   <li>NO_DOMAIN: the domain does not exist
 *   <li>UNAVAILABLE: DNS did not answer; try later
 * </ul>
 *
 * <p>Thread-safe if its random generator is.
 */
public final class MxLookup {
  private final DnsClient dns;
  private final RandomGenerator random;

  /**
   * Creates a lookup; the caller closes the client.
   *
   * @param dns sends the queries
   */
  public MxLookup(DnsClient dns) {
    this(dns, new Random());
  }

  /**
   * Creates a lookup with a given random generator.
   *
   * @param dns sends the queries
   * @param random orders hosts of equal preference; must be thread-safe, as {@link Random} is
   */
  public MxLookup(DnsClient dns, RandomGenerator random) {
    this.dns = requireNonNull(dns, "dns");
    this.random = requireNonNull(random, "random");
  }

  /**
   * Looks up the hosts; follows CNAME records of the domain (RFC 5321 §5.1).
   *
   * @param domain the part of an address after its {@code @}
   * @return the result, with any number of hosts; never NO_DATA; completes exceptionally as {@link
   *     DnsClient} says, and mail must then wait
   */
  public CompletableFuture<DnsAnswer<MxHost>> lookup(DomainName domain) {
    return dns.mx(domain).thenApply(answer -> inOrder(domain, answer));
  }

  private DnsAnswer<MxHost> inOrder(DomainName domain, DnsAnswer<MxHost> answer) {
    return switch (answer.status()) {
      case FOUND -> found(sorted(withoutNullMx(answer.records())), answer, answer.detail());
      case NO_DATA -> implicit(domain, answer);
      case NO_DOMAIN, UNAVAILABLE -> answer;
    };
  }

  /**
   * RFC 5321 §5.1 choice: if the domain is an alias, the implicit MX has the name of the domain,
   * not of the alias's target. Both have the same addresses, and the owner of the domain would list
   * the domain's name in a policy.
   */
  private static DnsAnswer<MxHost> implicit(DomainName domain, DnsAnswer<MxHost> answer) {
    return found(
        List.of(new MxHost(0, domain.value())),
        answer,
        answer.detail() + "; the domain itself is used");
  }

  /**
   * RFC 7505 §3 choice: a null MX together with other MX records is a contradiction; mail goes to
   * the other hosts.
   */
  private static List<MxHost> withoutNullMx(List<MxHost> hosts) {
    List<MxHost> named = hosts.stream().filter(host -> !host.isNullMx()).toList();
    return named.isEmpty() ? hosts.subList(0, 1) : named;
  }

  private List<MxHost> sorted(List<MxHost> hosts) {
    List<MxHost> order = new ArrayList<>(hosts);
    for (int i = order.size() - 1; i > 0; i--) {
      Collections.swap(order, i, random.nextInt(i + 1));
    }
    order.sort(Comparator.comparingInt(MxHost::preference)); // stable: equal ones stay shuffled
    Set<String> seen = new HashSet<>();
    return order.stream().filter(host -> seen.add(host.host())).toList();
  }

  private static DnsAnswer<MxHost> found(
      List<MxHost> hosts, DnsAnswer<MxHost> answer, String detail) {
    return new DnsAnswer<>(Status.FOUND, hosts, answer.ttl(), detail);
  }
}
