// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.policy.Reading;
import picocli.CommandLine.Option;

/** How strictly records and policies are parsed. */
final class ReadingOptions {
  @Option(
      names = "--strict",
      description = "Parse exactly by the RFC's grammar; tolerate no deviation.")
  boolean strict;

  Reading reading() {
    return strict ? Reading.STRICT : Reading.TOLERANT;
  }
}
