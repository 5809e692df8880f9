// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.address.AddressGuard;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The addresses of a policy host that will be tried, and why the others are refused. Immutable,
 * hence thread-safe.
 *
 * @param accepted the addresses to try, in this order; at most {@value
 *     OkHttpPolicyFetcher#MAX_ADDRESSES}
 * @param refusals the guard's reasons for refusing the others
 */
record VettedAddresses(List<InetAddress> accepted, List<String> refusals) {
  VettedAddresses {
    accepted = List.copyOf(accepted);
    refusals = List.copyOf(refusals);
  }

  static VettedAddresses of(List<InetAddress> found, AddressGuard guard) {
    List<InetAddress> accepted = new ArrayList<>();
    List<String> refusals = new ArrayList<>();
    for (InetAddress address : found) {
      Optional<String> refusal = guard.refusal(address);
      refusal.ifPresentOrElse(refusals::add, () -> accepted.add(address));
    }
    List<InetAddress> tried =
        alternating(accepted).stream().distinct().limit(OkHttpPolicyFetcher.MAX_ADDRESSES).toList();
    return new VettedAddresses(tried, refusals);
  }

  /** So that the limit leaves both families, if there are two: one may be unreachable from here. */
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
