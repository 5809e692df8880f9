package io.github.mtasts.fetch;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The addresses of a policy host that are tried, and why others are not. Immutable, hence
 * thread-safe.
 *
 * @param addresses vetted, in the order to be tried, {@value OkHttpPolicyFetcher#MAX_ADDRESSES} at
 *     most
 * @param refusals what the guard said of the others
 */
record Candidates(List<InetAddress> addresses, List<String> refusals) {
  Candidates {
    addresses = List.copyOf(addresses);
    refusals = List.copyOf(refusals);
  }

  static Candidates of(List<InetAddress> found, AddressGuard guard) {
    List<InetAddress> vetted = new ArrayList<>();
    List<String> refusals = new ArrayList<>();
    for (InetAddress address : found) {
      Optional<String> refusal = guard.refusal(address);
      refusal.ifPresentOrElse(refusals::add, () -> vetted.add(address));
    }
    List<InetAddress> tried =
        alternating(vetted).stream().distinct().limit(OkHttpPolicyFetcher.MAX_ADDRESSES).toList();
    return new Candidates(tried, refusals);
  }

  /**
   * So that the cut leaves both families, if there are two: one may not lead anywhere from here.
   */
  private static List<InetAddress> alternating(List<InetAddress> addresses) {
    Iterator<InetAddress> ipv6 =
        addresses.stream().filter(Inet6Address.class::isInstance).iterator();
    Iterator<InetAddress> ipv4 =
        addresses.stream().filter(address -> !(address instanceof Inet6Address)).iterator();
    List<InetAddress> ordered = new ArrayList<>();
    while (ipv6.hasNext() || ipv4.hasNext()) {
      if (ipv6.hasNext()) {
        ordered.add(ipv6.next());
      }
      if (ipv4.hasNext()) {
        ordered.add(ipv4.next());
      }
    }
    return ordered;
  }
}
