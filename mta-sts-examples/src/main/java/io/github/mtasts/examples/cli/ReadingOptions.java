package io.github.mtasts.examples.cli;

import io.github.mtasts.policy.Reading;
import picocli.CommandLine.Option;

/** How strictly published text is read. */
final class ReadingOptions {
  @Option(
      names = "--strict",
      description = "Read by the RFC's grammar to the letter, and forgive nothing.")
  boolean strict;

  Reading reading() {
    return strict ? Reading.STRICT : Reading.TOLERANT;
  }
}
