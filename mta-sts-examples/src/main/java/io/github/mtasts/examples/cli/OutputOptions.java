// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import picocli.CommandLine.Option;

/** The output format. */
final class OutputOptions {
  @Option(
      names = "--json",
      description = "Write one JSON object per line, and nothing else, to stdout.")
  boolean json;
}
