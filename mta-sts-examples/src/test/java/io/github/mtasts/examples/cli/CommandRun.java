// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/**
 * One run of the command line.
 *
 * @param status the exit status
 * @param out the lines on stdout
 * @param err the lines on stderr
 */
record CommandRun(int status, List<String> out, List<String> err) {

  static CommandRun of(String... args) {
    return withInput("", args);
  }

  static CommandRun withInput(String stdin, String... args) {
    return run(Ansi.OFF, stdin, args);
  }

  static CommandRun inColour(String... args) {
    return run(Ansi.ON, "", args);
  }

  private static CommandRun run(Ansi ansi, String stdin, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
            new PrintWriter(out),
            new PrintWriter(err),
            ansi);
    int status = Main.run(terminal, args);
    return new CommandRun(status, out.toString().lines().toList(), err.toString().lines().toList());
  }

  /** The lines on stdout, each of which has to be one JSON object. */
  List<Map<String, @Nullable Object>> objects() {
    return out.stream().map(StrictJson::object).toList();
  }
}
