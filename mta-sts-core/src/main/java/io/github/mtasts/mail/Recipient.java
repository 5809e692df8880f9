// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import jakarta.mail.Address;
import jakarta.mail.internet.InternetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One recipient of one message. Not changed after it is made, although mail addresses are mutable.
 *
 * @param given the caller's own object, for results
 * @param onTheWire the address with its domain as A-labels, for RCPT TO
 * @param needsUtf8 whether this address, the sender or a header is not ASCII, which only a server
 *     with SMTPUTF8 accepts. RFC 6531 §3.2
 */
record Recipient(Address given, InternetAddress onTheWire, boolean needsUtf8) {
  /** Case-sensitive: {@code Bob} and {@code bob} may be two people. RFC 5321 §2.4 */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Recipient recipient
        && onTheWire.getAddress().equals(recipient.onTheWire.getAddress())
        && given.equals(recipient.given);
  }

  @Override
  public int hashCode() {
    return onTheWire.getAddress().hashCode();
  }

  static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }
}
