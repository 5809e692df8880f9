// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

import io.github.mtasts.policy.PolicyMode;
import java.util.List;
import java.util.stream.Collectors;

/** The text of policies. */
final class PolicyTexts {
  static final int WEEK_SECONDS = 604_800;

  private PolicyTexts() {}

  static String of(PolicyMode mode, String... mx) {
    return of(mode, WEEK_SECONDS, List.of(mx));
  }

  private static String of(PolicyMode mode, int maxAge, List<String> mx) {
    String hosts = mx.stream().map(host -> "mx: " + host + "\r\n").collect(Collectors.joining());
    return "version: STSv1\r\nmode: "
        + mode.label()
        + "\r\n"
        + hosts
        + "max_age: "
        + maxAge
        + "\r\n";
  }
}
