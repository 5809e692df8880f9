// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.address;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Decides which addresses may be connected to: public ones, and the ranges that you allow.
 *
 * <p>The owner of a domain chooses where a sender's connections go. Without a guard, the target can
 * be the sender's own loopback interface, its private network, or the metadata service of its
 * cloud. Use {@link #publicOnly()}, the default for policy hosts and MX hosts, and add {@link
 * #allowing} where such hosts are on a network of your own.
 *
 * <p>The guard refuses the special-purpose ranges of IPv4 and IPv6 (RFC 6890 §2.2): loopback,
 * private, link-local, shared, benchmarking, documentation, multicast, reserved and everything that
 * is not global unicast. Two forms of IPv6 address carry an IPv4 address and lead to it; the guard
 * checks the IPv4 address: IPv4-mapped addresses, and {@code 64:ff9b::/96} (RFC 6052 §2.1), which a
 * network with DNS64 uses to reach ordinary IPv4 hosts. Teredo, 6to4 and IPv4-compatible addresses
 * are refused too: public hosts do not use them.
 *
 * <p>Immutable, hence thread-safe.
 */
public final class AddressGuard {
  private static final AddressGuard PUBLIC_ONLY = new AddressGuard(List.of());
  private static final AddressRange TRANSLATED = AddressRange.parse("64:ff9b::/96");

  private final List<AddressRange> allowed;

  private AddressGuard(List<AddressRange> allowed) {
    this.allowed = allowed;
  }

  /**
   * Returns the guard that accepts only public addresses.
   *
   * @return the same instance at each call
   */
  public static AddressGuard publicOnly() {
    return PUBLIC_ONLY;
  }

  /**
   * Returns a guard that accepts these ranges in addition to what this guard accepts.
   *
   * <p>Allow the narrowest ranges that work: anybody who publishes a DNS record can make the sender
   * connect to an address in them.
   *
   * @param ranges the ranges to allow although they are special; may be empty
   * @return a new guard; this guard does not change
   */
  public AddressGuard allowing(List<AddressRange> ranges) {
    List<AddressRange> all = new ArrayList<>(allowed);
    all.addAll(ranges);
    return new AddressGuard(List.copyOf(all));
  }

  /**
   * Returns the reason why an address is refused.
   *
   * @param address the address of a policy host or an MX host
   * @return the reason, for example {@code 127.0.0.1 is in 127.0.0.0/8 (loopback)}; empty if the
   *     address is accepted
   */
  public Optional<String> refusal(InetAddress address) {
    Objects.requireNonNull(address, "address");
    return special(AddressRange.octets(address))
        .map(special -> address.getHostAddress() + " is in " + special);
  }

  private Optional<SpecialRange> special(byte[] address) {
    for (AddressRange range : allowed) {
      if (range.contains(address)) {
        return Optional.empty();
      }
    }
    if (TRANSLATED.contains(address)) {
      return special(Arrays.copyOfRange(address, 12, 16));
    }
    return SpecialRange.containing(address);
  }
}
