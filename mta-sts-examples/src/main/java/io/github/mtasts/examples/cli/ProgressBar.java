// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

/** A progress bar on the last line of a terminal; shows nothing if output is not a terminal. */
final class ProgressBar {
  private static final int WIDTH = 30;
  private static final String ERASE = "\r\u001b[K";

  private final Terminal terminal;
  private final boolean isShown;

  /**
   * Creates a hidden bar.
   *
   * @param output no bar is shown for JSON: stdout may be the same terminal
   */
  ProgressBar(Terminal terminal, OutputOptions output) {
    this.terminal = terminal;
    this.isShown = terminal.ansi().enabled() && !output.json;
  }

  boolean isShown() {
    return isShown;
  }

  /** Redraws the bar. */
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

  /** Clears the line of the bar. */
  void clear() {
    if (isShown) {
      terminal.err().print(ERASE);
      terminal.err().flush();
    }
  }
}
