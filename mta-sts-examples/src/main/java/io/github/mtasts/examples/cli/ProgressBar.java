package io.github.mtasts.examples.cli;

/** How far a long command is, on the last line of a terminal; nothing anywhere else. */
final class ProgressBar {
  private static final int WIDTH = 30;
  private static final String ERASE = "\r\u001b[K";

  private final Terminal terminal;
  private final boolean isShown;

  /**
   * Begins with nothing.
   *
   * @param output under JSON there is no bar, for stdout may be the same terminal
   */
  ProgressBar(Terminal terminal, OutputOptions output) {
    this.terminal = terminal;
    this.isShown = terminal.ansi().enabled() && !output.json;
  }

  boolean isShown() {
    return isShown;
  }

  /** Draws the bar anew. */
  void show(int done, int of, String what) {
    if (isShown) {
      int filled = (int) ((long) done * WIDTH / of);
      terminal
          .err()
          .print(
              ERASE
                  + "["
                  + "#".repeat(filled)
                  + "-".repeat(WIDTH - filled)
                  + "] "
                  + done
                  + "/"
                  + of
                  + " "
                  + Terminal.visible(what));
      terminal.err().flush();
    }
  }

  /** Gives the line back. */
  void clear() {
    if (isShown) {
      terminal.err().print(ERASE);
      terminal.err().flush();
    }
  }
}
