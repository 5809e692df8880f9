// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.address.AddressGuard;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which of a policy host's addresses are tried, and in what order. */
class VettedAddressesTest {
  private static VettedAddresses of(List<String> literals) {
    return VettedAddresses.of(
        literals.stream().map(FetchFixture::address).toList(), AddressGuard.publicOnly());
  }

  private static List<String> tried(List<String> literals) {
    return of(literals).accepted().stream().map(InetAddress::getHostAddress).toList();
  }

  private static List<String> many(String prefix) {
    return IntStream.rangeClosed(1, 60).mapToObj(i -> prefix + i).toList();
  }

  @Test
  void areAtMostSix() {
    assertThat(tried(many("1.1.1."))).isEqualTo(many("1.1.1.").subList(0, 6));
  }

  @Test
  void alternateBetweenFamiliesBeforeTheLimit() {
    List<String> both = new ArrayList<>(many("1.1.1."));
    both.addAll(many("2606:4700:0:0:0:0:0:"));

    assertThat(tried(both))
        .containsExactly(
            "2606:4700:0:0:0:0:0:1",
            "1.1.1.1",
            "2606:4700:0:0:0:0:0:2",
            "1.1.1.2",
            "2606:4700:0:0:0:0:0:3",
            "1.1.1.3");
  }

  @Test
  void fillUpWithTheFamilyThatHasMore() {
    assertThat(tried(List.of("1.1.1.1", "1.1.1.2", "1.1.1.3", "2606:4700:0:0:0:0:0:1")))
        .containsExactly("2606:4700:0:0:0:0:0:1", "1.1.1.1", "1.1.1.2", "1.1.1.3");
  }

  @Test
  void doNotCountAddressesThatTheGuardRefuses() {
    List<String> literals = new ArrayList<>(many("10.0.0."));
    literals.add("1.1.1.1");

    VettedAddresses vetted = of(literals);

    assertThat(vetted.accepted()).containsExactly(FetchFixture.address("1.1.1.1"));
    assertThat(vetted.refusals()).hasSize(60).first().asString().startsWith("10.0.0.1 is in ");
  }

  @Test
  void areTriedOnlyOnceEach() {
    assertThat(tried(List.of("1.1.1.1", "1.1.1.1", "1.1.1.2")))
        .containsExactly("1.1.1.1", "1.1.1.2");
  }
}
