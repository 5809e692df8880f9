// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.mtasts.policy.DomainName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** For any input the matcher agrees with a simple version of the rules, and never throws. */
final class DnsIdMatcherFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void agreesWithTheRulesReadNaively(byte[] hostAndPresentedName) {
    String text = new String(hostAndPresentedName, StandardCharsets.UTF_8);
    int newline = text.indexOf('\n');
    String host = newline < 0 ? text : text.substring(0, newline);
    String presented = newline < 0 ? text : text.substring(newline + 1);
    DomainName reference;
    try {
      reference = DomainName.of(host);
    } catch (IllegalArgumentException notAName) {
      return;
    }
    assertThat(DnsIdMatcher.matches(presented, reference))
        .isEqualTo(naively(presented, reference.value()));
  }

  /** The rules of RFC 9525 §6.3, one after the other. */
  private static boolean naively(String presented, String host) {
    List<String> names = new ArrayList<>(List.of(presented.split("\\.", -1)));
    List<String> expected = new ArrayList<>(List.of(host.split("\\.", -1)));
    if (names.size() != expected.size()) {
      return false;
    }
    boolean wildcard = names.get(0).equals("*") && names.size() > 1;
    for (int i = 0; i < names.size(); i++) {
      if (wildcard && i == 0) {
        continue;
      }
      if (names.get(i).contains("*") || !folded(names.get(i)).equals(folded(expected.get(i)))) {
        return false;
      }
    }
    return true;
  }

  private static String folded(String label) {
    return label
        .chars()
        .map(c -> "ABCDEFGHIJKLMNOPQRSTUVWXYZ".indexOf(c) < 0 ? c : c + 32)
        .collect(StringBuilder::new, (text, c) -> text.append((char) c), StringBuilder::append)
        .toString();
  }
}
