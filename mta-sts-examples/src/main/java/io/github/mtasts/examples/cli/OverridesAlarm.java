package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.ResolverListener;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Complains about an overrides file, once however many read it. Safe for several threads. */
final class OverridesAlarm implements ResolverListener {
  /** Held, or its level is forgotten. What it warns of is told here, in one line. */
  private static final Logger LIBRARY = Logger.getLogger(PolicyResolver.class.getName());

  private final Path file;
  private final Terminal terminal;
  private List<PolicyOverride> told = List.of();

  OverridesAlarm(Path file, Terminal terminal) {
    this.file = file;
    this.terminal = terminal;
    LIBRARY.setLevel(Level.SEVERE);
  }

  @Override
  public void overridesUnreadable(String detail) {
    terminal.complain(detail + "; the overrides read last stay in force");
  }

  @Override
  public synchronized void overridesEnded(List<PolicyOverride> ended) {
    if (!ended.equals(told)) {
      told = ended;
      ended.forEach(one -> terminal.complain(file + ": this has ended, without effect: " + one));
    }
  }
}
