// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyResolverBuilder;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options for the operator's overrides. */
final class OverrideOptions {
  @Option(
      names = "--overrides",
      paramLabel = "FILE",
      description = "Apply the operator's overrides in this file.")
  private Optional<Path> overrides = Optional.empty();

  @Option(names = "--shadow", description = "Block nothing, but report what would be blocked.")
  private boolean shadow;

  private Optional<OverridesWarnings> warnings = Optional.empty();

  /** Adds the options to a builder; with several builders, a problem is reported once. */
  PolicyResolverBuilder addTo(PolicyResolverBuilder builder, Terminal terminal)
      throws CommandException {
    if (overrides.isPresent()) {
      warnings = warnings.or(() -> overrides.map(file -> new OverridesWarnings(file, terminal)));
      warnings.ifPresent(builder::listener);
      read(builder, overrides.get());
    }
    return shadow ? builder.shadow() : builder;
  }

  private static void read(PolicyResolverBuilder builder, Path file) throws CommandException {
    try {
      builder.overridesFile(file);
    } catch (IllegalArgumentException invalid) {
      throw CommandException.usage(String.valueOf(invalid.getMessage()));
    }
  }
}
