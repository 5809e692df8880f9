// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
  private final AddressGuard publicOnly = AddressGuard.publicOnly();

  private static InetAddress address(String literal) throws UnknownHostException {
    return InetAddress.getByName(literal);
  }

  /** The first and the last address of every special range, and its name. RFC 6890 §2.2 */
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 0.255.255.255, 0.0.0.0/8 (this network)",
    "10.0.0.0, 10.255.255.255, 10.0.0.0/8 (private)",
    "100.64.0.0, 100.127.255.255, 100.64.0.0/10 (shared by carrier-grade NAT)",
    "127.0.0.0, 127.255.255.255, 127.0.0.0/8 (loopback)",
    "169.254.0.0, 169.254.255.255, 169.254.0.0/16 (link-local)",
    "172.16.0.0, 172.31.255.255, 172.16.0.0/12 (private)",
    "192.0.0.0, 192.0.0.255, 192.0.0.0/24 (IETF protocol assignments)",
    "192.0.2.0, 192.0.2.255, 192.0.2.0/24 (documentation)",
    "192.88.99.0, 192.88.99.255, 192.88.99.0/24 (6to4 relays)",
    "192.168.0.0, 192.168.255.255, 192.168.0.0/16 (private)",
    "198.18.0.0, 198.19.255.255, 198.18.0.0/15 (benchmarking)",
    "198.51.100.0, 198.51.100.255, 198.51.100.0/24 (documentation)",
    "203.0.113.0, 203.0.113.255, 203.0.113.0/24 (documentation)",
    "224.0.0.0, 239.255.255.255, 224.0.0.0/4 (multicast)",
    "240.0.0.0, 255.255.255.254, 240.0.0.0/4 (reserved)",
    "255.255.255.255, 255.255.255.255, 255.255.255.255/32 (broadcast)",
    "::, ::, ::/128 (unspecified)",
    "::1, ::1, ::1/128 (loopback)",
    "::2, ::ffff:ffff, ::/96 (IPv4-compatible)",
    "64:ff9b:1::, 64:ff9b:1:ffff:ffff:ffff:ffff:ffff, 64:ff9b:1::/48 (local IPv4/IPv6 translation)",
    "100::, 100::ffff:ffff:ffff:ffff, 100::/64 (discard only)",
    "100:0:0:1::, 100:0:0:1:ffff:ffff:ffff:ffff, 100:0:0:1::/64 (dummy prefix)",
    "2001::, 2001:0:ffff:ffff:ffff:ffff:ffff:ffff, 2001::/32 (Teredo)",
    "2001:1::, 2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff, 2001::/23 (IETF protocol assignments)",
    "2001:db8::, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, 2001:db8::/32 (documentation)",
    "2002::, 2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 2002::/16 (6to4)",
    "3fff::, 3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff, 3fff::/20 (documentation)",
    "5f00::, 5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 5f00::/16 (segment routing)",
    "fc00::, fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, fc00::/7 (unique local)",
    "fe80::, febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff, fe80::/10 (link-local)",
    "fec0::, feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, fec0::/10 (site-local)",
    "ff00::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ff00::/8 (multicast)",
    "4000::, fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, '::/0 (outside 2000::/3, global unicast)'",
  })
  void refusesEverySpecialRangeByName(String first, String last, String range)
      throws UnknownHostException {
    assertThat(publicOnly.refusal(address(first))).get().asString().endsWith(" is in " + range);
    assertThat(publicOnly.refusal(address(last))).get().asString().endsWith(" is in " + range);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2000::",
        "2001:200::",
        "2003::1",
        "2606:4700::1111",
        "3ffe:ffff::1",
      })
  void acceptsPublicAddresses(String address) throws UnknownHostException {
    assertThat(publicOnly.refusal(address(address))).isEmpty();
  }

  @Test
  void checksTheIpv4AddressInsideAMappedAddress() throws UnknownHostException {
    assertThat(publicOnly.refusal(mapped(127, 0, 0, 1))).isPresent();
    assertThat(publicOnly.refusal(mapped(1, 1, 1, 1))).isEmpty();
  }

  private static Inet6Address mapped(int... ipv4) throws UnknownHostException {
    byte[] octets = new byte[16];
    octets[10] = -1;
    octets[11] = -1;
    for (int i = 0; i < ipv4.length; i++) {
      octets[12 + i] = (byte) ipv4[i];
    }
    return Inet6Address.getByAddress("mapped.example", octets, -1);
  }

  @ParameterizedTest
  @CsvSource({
    "64:ff9b::101:101, ''",
    "64:ff9b::7f00:1, 127.0.0.0/8 (loopback)",
    "64:ff9b::a9fe:a9fe, 169.254.0.0/16 (link-local)",
    "64:ff9b::a01:203, 10.0.0.0/8 (private)",
  })
  void checksTheIpv4AddressInsideATranslatedAddress(String address, String range)
      throws UnknownHostException {
    String refusal = publicOnly.refusal(address(address)).orElse("");

    assertThat(refusal).endsWith(range);
    assertThat(refusal.isEmpty()).isEqualTo(range.isEmpty());
  }

  @Test
  void acceptsAllowedRangesAndNoOthers() throws UnknownHostException {
    AddressGuard guard =
        publicOnly
            .allowing(List.of(AddressRange.parse("10.1.0.0/16")))
            .allowing(List.of(AddressRange.parse("fd00::/8")));

    assertThat(guard.refusal(address("10.1.2.3"))).isEmpty();
    assertThat(guard.refusal(address("fd12::1"))).isEmpty();
    assertThat(guard.refusal(mapped(10, 1, 2, 3))).isEmpty();
    assertThat(guard.refusal(address("64:ff9b::a01:203"))).isEmpty();
    assertThat(guard.refusal(address("10.2.2.3"))).contains("10.2.2.3 is in 10.0.0.0/8 (private)");
    assertThat(publicOnly.refusal(address("10.1.2.3"))).isPresent();
  }
}
