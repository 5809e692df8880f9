// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.address;

import java.util.List;
import java.util.Optional;

/**
 * A block of addresses that is not part of the public Internet, from the special-purpose registries
 * of RFC 6890 §2.2.
 *
 * <p>This is a table of prefixes because the predicates of {@link java.net.InetAddress} do not
 * cover shared, benchmarking, documentation, reserved and unique local addresses, nor IPv6
 * addresses that carry an IPv4 address. Immutable, hence thread-safe.
 *
 * @param range the addresses
 * @param text the range as the registry writes it
 * @param name the purpose of the range
 */
record SpecialRange(AddressRange range, String text, String name) {
  // A more specific range comes before the range around it, so that its name is reported.
  private static final List<SpecialRange> IPV4 =
      List.of(
          of("0.0.0.0/8", "this network"),
          of("10.0.0.0/8", "private"),
          of("100.64.0.0/10", "shared by carrier-grade NAT"),
          of("127.0.0.0/8", "loopback"),
          of("169.254.0.0/16", "link-local"),
          of("172.16.0.0/12", "private"),
          of("192.0.0.0/24", "IETF protocol assignments"),
          of("192.0.2.0/24", "documentation"),
          of("192.88.99.0/24", "6to4 relays"),
          of("192.168.0.0/16", "private"),
          of("198.18.0.0/15", "benchmarking"),
          of("198.51.100.0/24", "documentation"),
          of("203.0.113.0/24", "documentation"),
          of("224.0.0.0/4", "multicast"),
          of("255.255.255.255/32", "broadcast"),
          of("240.0.0.0/4", "reserved"));

  private static final List<SpecialRange> IPV6 =
      List.of(
          of("::/128", "unspecified"),
          of("::1/128", "loopback"),
          of("::/96", "IPv4-compatible"),
          of("64:ff9b:1::/48", "local IPv4/IPv6 translation"),
          of("100::/64", "discard only"),
          of("100:0:0:1::/64", "dummy prefix"),
          of("2001::/32", "Teredo"),
          of("2001::/23", "IETF protocol assignments"),
          of("2001:db8::/32", "documentation"),
          of("2002::/16", "6to4"),
          of("3fff::/20", "documentation"),
          of("5f00::/16", "segment routing"),
          of("fc00::/7", "unique local"),
          of("fe80::/10", "link-local"),
          of("fec0::/10", "site-local"),
          of("ff00::/8", "multicast"));

  private static final AddressRange GLOBAL_UNICAST = AddressRange.parse("2000::/3");
  private static final SpecialRange RESERVED = of("::/0", "outside 2000::/3, global unicast");

  private static SpecialRange of(String text, String name) {
    return new SpecialRange(AddressRange.parse(text), text, name);
  }

  /** The first range that contains the address (4 or 16 octets). */
  static Optional<SpecialRange> containing(byte[] address) {
    for (SpecialRange special : address.length == 4 ? IPV4 : IPV6) {
      if (special.range.contains(address)) {
        return Optional.of(special);
      }
    }
    // An unassigned address leads nowhere, or into a private network.
    boolean reserved = address.length == 16 && !GLOBAL_UNICAST.contains(address);
    return reserved ? Optional.of(RESERVED) : Optional.empty();
  }

  /** Returns for example {@code 127.0.0.0/8 (loopback)}. */
  @Override
  public String toString() {
    return text + " (" + name + ")";
  }
}
