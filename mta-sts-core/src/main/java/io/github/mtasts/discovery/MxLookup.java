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
 * Finds the MX hosts of a domain in the order in which to try them.
 *
 * <p>For whoever delivers directly, and for whoever wants to see what a sender would do. What comes
 * back is one of these:
 *
 * <ul>
 *   <li>FOUND with hosts, lower preferences first and equal ones in random order, each host once
 *   <li>FOUND with one host that {@link MxHost#isNullMx()}: the domain takes no mail (RFC 7505 §3)
 *   <li>FOUND with the domain itself, preference 0, where it has no MX record (RFC 5321 §5.1)
 *   <li>NO_DOMAIN: there is no such domain
 *   <li>UNAVAILABLE: nothing is known, try later
 * </ul>
 *
 * <p>Safe for use by several threads if its random generator is.
 */
public final class MxLookup {
  private final DnsClient dns;
  private final RandomGenerator random;

  /**
   * Sets up a lookup; the client stays the caller's to close.
   *
   * @param dns whom to ask
   */
  public MxLookup(DnsClient dns) {
    this(dns, new Random());
  }

  /**
   * Sets up a lookup with a chosen source of randomness.
   *
   * @param dns whom to ask
   * @param random orders hosts of equal preference; must be safe for use by several threads, as
   *     {@link Random} is
   */
  public MxLookup(DnsClient dns, RandomGenerator random) {
    this.dns = requireNonNull(dns, "dns");
    this.random = requireNonNull(random, "random");
  }

  /**
   * Looks the hosts up; aliases of the domain are followed (RFC 5321 §5.1).
   *
   * @param domain the part of an address after its {@code @}
   * @return the outcome, any number of hosts; never NO_DATA, never completes exceptionally
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
   * RFC 5321 §5.1 choice: where the domain is an alias, the implicit MX is named as the domain and
   * not as the alias's target. Both have the same addresses, and the domain's is the name that its
   * owner would list in a policy.
   */
  private static DnsAnswer<MxHost> implicit(DomainName domain, DnsAnswer<MxHost> answer) {
    return found(
        List.of(new MxHost(0, domain.value())),
        answer,
        answer.detail() + "; the domain itself is taken");
  }

  /**
   * RFC 7505 §3 choice: a null MX beside others contradicts itself; mail goes to the others, since
   * somebody listed them.
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
