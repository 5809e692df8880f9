// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.ResolverListener;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Reports problems of an overrides file once, for several resolvers. Safe for several threads. */
final class OverridesWarnings implements ResolverListener {
  /** The library's logger, silenced: this class prints the warnings. The field keeps it from GC. */
  private static final Logger LIBRARY = Logger.getLogger(PolicyResolver.class.getName());

  private final Path file;
  private final Terminal terminal;
  private List<PolicyOverride> reported = List.of();

  OverridesWarnings(Path file, Terminal terminal) {
    this.file = file;
    this.terminal = terminal;
    LIBRARY.setLevel(Level.SEVERE);
  }

  @Override
  public void overridesUnreadable(String detail) {
    terminal.error(detail + "; the last valid overrides stay active");
  }

  @Override
  public synchronized void overridesEnded(List<PolicyOverride> ended) {
    if (!ended.equals(reported)) {
      reported = ended;
      ended.forEach(
          override ->
              terminal.error(file + ": this override has ended and has no effect: " + override));
    }
  }
}
