// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Decodes a policy file and splits it into lines.
 *
 * <p>Does not use {@code String.lines()}, which also ends a line at a lone CR, or {@code new
 * String(bytes, UTF_8)}, which replaces ill-formed octets instead of rejecting them.
 */
final class PolicyText {
  private PolicyText() {}

  /**
   * Decodes UTF-8; ill-formed octets are an error that names the line, never a replacement
   * character.
   */
  static String decode(byte[] body) throws PolicySyntaxException {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports errors by default
    ByteBuffer octets = ByteBuffer.wrap(body);
    CharBuffer text = CharBuffer.allocate(body.length); // at most one char per octet
    CoderResult result = decoder.decode(octets, text, true);
    if (result.isError()) {
      throw illFormed(body, octets.position());
    }
    return text.flip().toString();
  }

  private static PolicySyntaxException illFormed(byte[] body, int position) {
    int line = 1;
    for (int i = 0; i < position; i++) {
      if (body[i] == '\n') {
        line++;
      }
    }
    String found = String.format("octet 0x%02X", body[position] & 0xff);
    return new PolicySyntaxException(
        line,
        found,
        "RFC 8461 §3.2",
        "policy, line " + line + ": expected UTF-8, found " + found + "; save the file as UTF-8");
  }

  /**
   * Splits at LF or CRLF. The last line may have no terminator (RFC 8461 §3.2); if it has one, no
   * empty line follows. A CR elsewhere stays in its line, where the parser rejects it.
   */
  static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      boolean crlf = end > start && text.charAt(end - 1) == '\r';
      lines.add(text.substring(start, crlf ? end - 1 : end));
      start = end + 1;
    }
    if (start < text.length()) {
      lines.add(text.substring(start));
    }
    return lines;
  }
}
