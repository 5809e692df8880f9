// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.testing.TestInternet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Command lines that use a {@link TestInternet}. */
final class CommandLines {
  private CommandLines() {}

  /** Returns the options for DNS, policy hosts and trust; loopback addresses stay forbidden. */
  static List<String> options(TestInternet internet, Path directory) {
    try {
      Path ca = Files.writeString(directory.resolve("ca.pem"), internet.ca().certificatePem());
      return List.of(
          "--dns",
          "127.0.0.1:" + internet.dns().address().getPort(),
          "--https-port",
          "" + internet.policyHosts().port(),
          "--ca",
          ca.toString(),
          "--timeout",
          "20");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a command with these options and the port of the MX hosts. */
  static String[] arguments(TestInternet internet, Path directory, String command, String... more) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(options(internet, directory));
    all.addAll(List.of("--smtp-port", "" + internet.smtpPort()));
    Collections.addAll(all, more);
    return all.toArray(String[]::new);
  }

  /** Returns the same command, which may also connect to loopback addresses. */
  static String[] onLoopback(
      TestInternet internet, Path directory, String command, List<String> usual, String... more) {
    List<String> all = new ArrayList<>(usual);
    all.add("--allow-private-addresses");
    Collections.addAll(all, more);
    return arguments(internet, directory, command, all.toArray(String[]::new));
  }
}
