// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Splits octets into lines, and keeps no more of a line than the limit. */
final class OctetLines {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final InputStream in;
  private final int most;
  private long number;

  /**
   * Starts before the first line.
   *
   * @param in the input, read octet by octet
   * @param most the longest line in octets
   */
  OctetLines(InputStream in, int most) {
    this.in = in;
    this.most = most;
  }

  /**
   * A line without its end.
   *
   * @param number from 1
   * @param octets its first octets, at most one more than the limit
   * @param isTooLong whether it has more octets than the limit
   */
  record Line(long number, ByteArrayOutputStream octets, boolean isTooLong) {

    boolean isBlank() {
      return !isTooLong && octets.toString(StandardCharsets.UTF_8).isBlank();
    }

    /** Returns the text; empty if it is not UTF-8. */
    Optional<String> text() {
      try {
        String text =
            StandardCharsets.UTF_8
                .newDecoder() // throws for invalid octets, unlike the constructors of String
                .decode(ByteBuffer.wrap(octets.toByteArray()))
                .toString();
        boolean hasMark = number == 1 && text.startsWith(BYTE_ORDER_MARK);
        return Optional.of(hasMark ? text.substring(BYTE_ORDER_MARK.length()) : text);
      } catch (CharacterCodingException notUtf8) {
        return Optional.empty();
      }
    }
  }

  /** Returns the next line; empty at the end. */
  Optional<Line> next() throws IOException {
    int octet = in.read();
    if (octet < 0) {
      return Optional.empty();
    }
    number++;
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    while (octet >= 0 && octet != '\n') {
      if (octets.size() <= most) {
        octets.write(octet);
      }
      octet = in.read();
    }
    return Optional.of(new Line(number, octets, octets.size() > most));
  }
}
