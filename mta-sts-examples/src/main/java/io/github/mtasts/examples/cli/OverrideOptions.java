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

  private Optional<OverridesAlarm> alarm = Optional.empty();

  /** To as many builders as need be: what is wrong with the file is told once. */
  PolicyResolverBuilder addTo(PolicyResolverBuilder builder, Terminal terminal) throws Complaint {
    if (overrides.isPresent()) {
      alarm = alarm.or(() -> overrides.map(file -> new OverridesAlarm(file, terminal)));
      alarm.ifPresent(builder::listener);
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
