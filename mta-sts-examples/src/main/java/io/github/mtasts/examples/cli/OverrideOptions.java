package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyResolverBuilder;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What the operator has to say against what domains publish. */
final class OverrideOptions {
  @Option(
      names = "--overrides",
      paramLabel = "FILE",
      description = "Heed the operator's overrides in this file.")
  private Optional<Path> overrides = Optional.empty();

  @Option(names = "--shadow", description = "Block nothing, and tell what would be blocked.")
  private boolean shadow;

  PolicyResolverBuilder addTo(PolicyResolverBuilder builder) throws Complaint {
    if (overrides.isPresent()) {
      read(builder, overrides.get());
    }
    return shadow ? builder.shadow() : builder;
  }

  private static void read(PolicyResolverBuilder builder, Path file) throws Complaint {
    try {
      builder.overridesFile(file);
    } catch (IllegalArgumentException broken) {
      throw Complaint.usage(String.valueOf(broken.getMessage()));
    }
  }
}
