// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/**
 * The input and output of a command.
 *
 * <p>All output goes through this class. Names and texts come from the network and could contain
 * escape sequences: this class removes control characters, which must not reach a terminal.
 *
 * @param in stdin
 * @param out for results
 * @param err for errors
 * @param ansi whether to use colours
 */
record Terminal(InputStream in, PrintWriter out, PrintWriter err, Ansi ansi) {
  /** Also escapes the control characters of Latin-1; JSON itself escapes those of ASCII only. */
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private static final Pattern JDBC_URL = Pattern.compile("(?i)(jdbc:[a-z0-9]*+:?+)[^\\s…]\\S*");

  /** Writes the members of one JSON object. */
  @FunctionalInterface
  interface Members {
    void writeTo(JsonGenerator json) throws IOException;
  }

  /** Prints one line. */
  void line(String text) {
    out.println(text);
    out.flush();
  }

  /** Prints a label and a value in two columns. */
  void entry(String label, String value) {
    line("  " + padded(label, 10) + value);
  }

  /** Writes one JSON object on one line. */
  void json(Members members) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      members.writeTo(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter does not fail", e);
    }
    out.print(text);
    out.print('\n');
    out.flush();
  }

  /** Prints an error on one line of stderr; hides JDBC URLs, which may contain a password. */
  void error(String text) {
    err.println("mta-sts: " + JDBC_URL.matcher(visible(text)).replaceAll("$1…"));
    err.flush();
  }

  /** Prints one line of additional information on stderr. */
  void info(String text) {
    err.println(visible(text));
    err.flush();
  }

  String good(String text) {
    return styled(text, Style.fg_green);
  }

  String bad(String text) {
    return styled(text, Style.fg_red);
  }

  String warning(String text) {
    return styled(text, Style.fg_yellow);
  }

  String strong(String text) {
    return styled(text, Style.bold);
  }

  /** Returns the text on one line, without control characters. */
  static String visible(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> Character.isISOControl(c) || isFormatting(c) ? ' ' : c)
        .forEach(visible::appendCodePoint);
    return visible.toString();
  }

  static String padded(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }

  private String styled(String text, Style style) {
    String visible = visible(text);
    return ansi.enabled() ? style.on() + visible + Style.reset.on() : visible;
  }

  /** Line separators and marks that change the text direction. */
  private static boolean isFormatting(int c) {
    int type = Character.getType(c);
    return type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }
}
