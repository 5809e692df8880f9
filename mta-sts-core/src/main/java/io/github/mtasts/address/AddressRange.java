// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.address;

import io.github.mtasts.policy.Excerpt;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * A block of IPv4 or IPv6 addresses, such as {@code 10.0.0.0/8} or {@code fd00::/8}.
 *
 * <p>Use it to allow addresses that an {@link AddressGuard} refuses by default. An IPv4-mapped IPv6
 * address (RFC 4291 §2.5.5.2) counts as the IPv4 address inside it.
 *
 * <p>Immutable, hence thread-safe.
 */
public final class AddressRange {
  private static final int SHOWN = 60;

  private final byte[] network;
  private final int prefixLength;

  private AddressRange(byte[] network, int prefixLength) {
    this.network = network;
    this.prefixLength = prefixLength;
  }

  /**
   * Parses a range; uses no DNS.
   *
   * @param text an address literal, a slash and the prefix length in bits; a literal alone is the
   *     range of that one address
   * @return the range
   * @throws IllegalArgumentException if the text is not a range, or if bits beyond the prefix are
   *     set; the message says what was expected
   */
  public static AddressRange parse(String text) {
    Objects.requireNonNull(text, "text");
    int slash = text.indexOf('/');
    byte[] address = literal(slash < 0 ? text : text.substring(0, slash), text);
    int bits = address.length * Byte.SIZE;
    int prefixLength = slash < 0 ? bits : prefixLength(text.substring(slash + 1), bits, text);
    byte[] network = masked(address, prefixLength);
    if (!Arrays.equals(network, address)) {
      throw refused(
          "no bits set beyond the prefix, as in " + shown(network) + "/" + prefixLength, text);
    }
    return new AddressRange(network, prefixLength);
  }

  /**
   * Parses one address literal; uses no DNS.
   *
   * @param literal four decimal numbers separated by dots, or an IPv6 address without a zone
   * @return the address; empty if the text is not an address literal
   */
  public static Optional<InetAddress> address(String literal) {
    byte[] octets = literal.indexOf(':') < 0 ? ipv4(literal) : ipv6(literal);
    try {
      return octets.length == 0 ? Optional.empty() : Optional.of(InetAddress.getByAddress(octets));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // cannot happen: always 4 or 16 octets
    }
  }

  /**
   * Returns whether this range contains an address.
   *
   * @param address any address
   * @return true if the address begins with this range's prefix; always false for an address of the
   *     other family
   */
  public boolean contains(InetAddress address) {
    return contains(octets(address));
  }

  boolean contains(byte[] address) {
    return address.length == network.length
        && Arrays.equals(masked(address, prefixLength), network);
  }

  /** The octets of an address: 4 for IPv4 and for IPv4-mapped addresses, otherwise 16. */
  static byte[] octets(InetAddress address) {
    byte[] octets = address.getAddress();
    return isMapped(octets) ? Arrays.copyOfRange(octets, 12, 16) : octets;
  }

  private static boolean isMapped(byte[] octets) {
    if (octets.length != 16 || octets[10] != (byte) 0xff || octets[11] != (byte) 0xff) {
      return false;
    }
    for (int i = 0; i < 10; i++) {
      if (octets[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static byte[] masked(byte[] address, int prefixLength) {
    byte[] masked = new byte[address.length];
    int whole = prefixLength / Byte.SIZE;
    System.arraycopy(address, 0, masked, 0, whole);
    if (whole < masked.length) {
      masked[whole] = (byte) (address[whole] & (0xff00 >> (prefixLength % Byte.SIZE)));
    }
    return masked;
  }

  private static byte[] literal(String literal, String text) {
    byte[] octets = literal.indexOf(':') < 0 ? ipv4(literal) : ipv6(literal);
    if (octets.length == 0) {
      throw refused("an IPv4 or IPv6 address, such as 10.0.0.0/8 or fd00::/8", text);
    }
    return octets;
  }

  /** Four decimal numbers only: the other forms of inet_aton are too easy to misread in a list. */
  private static byte[] ipv4(String literal) {
    String[] parts = literal.split("\\.", -1);
    byte[] octets = new byte[4];
    if (parts.length != octets.length) {
      return new byte[0];
    }
    for (int i = 0; i < octets.length; i++) {
      int number = decimal(parts[i], 255);
      if (number < 0) {
        return new byte[0];
      }
      octets[i] = (byte) number;
    }
    return octets;
  }

  private static byte[] ipv6(String literal) {
    for (int i = 0; i < literal.length(); i++) {
      if ("0123456789abcdefABCDEF:.".indexOf(literal.charAt(i)) < 0) {
        return new byte[0]; // in particular no zone: a range is not bound to an interface
      }
    }
    try {
      // The JDK parses a text with a colon as a literal or refuses it; it does no lookup.
      InetAddress address = InetAddress.getByName(literal);
      // The JDK turns an IPv4-mapped literal into IPv4; the prefix length would then be wrong.
      return address instanceof Inet6Address ? address.getAddress() : new byte[0];
    } catch (UnknownHostException e) {
      return new byte[0];
    }
  }

  private static int prefixLength(String digits, int max, String text) {
    int length = decimal(digits, max);
    if (length < 0) {
      throw refused("a prefix length from 0 to " + max, text);
    }
    return length;
  }

  /** The number, or -1 if the text is no number, is above the maximum, or has a leading zero. */
  private static int decimal(String digits, int max) {
    if (digits.isEmpty()
        || digits.length() > 3
        || (digits.length() > 1 && digits.startsWith("0"))) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + c - '0';
    }
    return number <= max ? number : -1;
  }

  private static IllegalArgumentException refused(String expected, String text) {
    return new IllegalArgumentException(
        "address range: expected " + expected + ", found \"" + Excerpt.of(text, SHOWN) + "\"");
  }

  private static String shown(byte[] network) {
    try {
      return InetAddress.getByAddress(network).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // cannot happen: always 4 or 16 octets
    }
  }

  /** Returns whether the other object is the same range. */
  @Override
  public boolean equals(Object other) {
    return other instanceof AddressRange range
        && range.prefixLength == prefixLength
        && Arrays.equals(range.network, network);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(network) + prefixLength;
  }

  /** Returns the range in the form that {@link #parse} accepts. */
  @Override
  public String toString() {
    return shown(network) + "/" + prefixLength;
  }
}
