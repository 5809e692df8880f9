package io.github.mtasts.examples.cli;

import picocli.CommandLine.Option;

/** How results are shown. */
final class OutputOptions {
  @Option(
      names = "--json",
      description = "Write one JSON object a line, and nothing else, to stdout.")
  boolean json;
}
