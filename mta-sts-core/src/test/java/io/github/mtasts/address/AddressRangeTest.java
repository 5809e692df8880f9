// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0, true",
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.0/8, 9.255.255.255, false",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.128/25, 192.0.2.128, true",
    "172.16.0.0/12, 172.31.255.255, true",
    "172.16.0.0/12, 172.32.0.0, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7/32, 192.0.2.6, false",
    "0.0.0.0/0, 255.255.255.255, true",
    "0.0.0.0/0, ::1, false",
    "::/0, 127.0.0.1, false",
    "::/0, 2001:db8::1, true",
    "fd00::/8, fdff::1, true",
    "fd00::/8, fc00::1, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::, false",
    "2001:db8::7, 2001:db8::7, true",
  })
  void containsAddressesWithItsPrefix(String range, String address, boolean expected)
      throws UnknownHostException {
    assertThat(AddressRange.parse(range).contains(InetAddress.getByName(address)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/08",
        "10.0.0.0/8/8",
        "10.0.0.0/٨",
        "10.0.0/8",
        "10/8",
        "10.0.0.0.0/8",
        "010.0.0.0/8",
        "0x0a.0.0.0/8",
        "256.0.0.0/8",
        "167772160/8",
        "localhost",
        "localhost/8",
        "example.com/8",
        "::/129",
        ":::/8",
        "fe80::1%lo/128",
        "[::1]",
        "::ffff:10.0.0.0/104",
        "2001:db8::g",
        " 10.0.0.0/8",
      })
  void refusesTextThatIsNotARange(String text) {
    assertThatThrownBy(() -> AddressRange.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("address range: expected ")
        .hasMessageEndingWith("found \"" + text + "\"");
  }

  @Test
  void suggestsARangeWhenBitsAreSetBeyondThePrefix() {
    assertThatThrownBy(() -> AddressRange.parse("10.1.2.3/8"))
        .hasMessage(
            "address range: expected no bits set beyond the prefix, as in 10.0.0.0/8, found"
                + " \"10.1.2.3/8\"");
  }

  @Test
  void treatsAMappedAddressAsIpv4() throws UnknownHostException {
    byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 1, 2, 3};

    assertThat(
            AddressRange.parse("10.0.0.0/8")
                .contains(Inet6Address.getByAddress("mapped", mapped, -1)))
        .isTrue();
  }

  @Test
  void comparesByValue() {
    AddressRange range = AddressRange.parse("10.0.0.0/8");

    assertThat(range)
        .isEqualTo(AddressRange.parse("10.0.0.0/8"))
        .hasSameHashCodeAs(AddressRange.parse("10.0.0.0/8"))
        .isNotEqualTo(AddressRange.parse("10.0.0.0/9"))
        .isNotEqualTo(AddressRange.parse("11.0.0.0/8"))
        .hasToString("10.0.0.0/8");
  }
}
