package io.github.mtasts.mail;

import jakarta.mail.Address;
import jakarta.mail.internet.InternetAddress;

/**
 * One recipient. Not changed after it is made, though mail addresses could be.
 *
 * @param given the caller's own object, for results
 * @param onTheWire the address with its domain as A-labels, for RCPT TO
 */
record Recipient(Address given, InternetAddress onTheWire) {
  /** RFC 6531 §3.3: beyond ASCII, which only a server with SMTPUTF8 takes. */
  static boolean needsUtf8(String address) {
    return !address.chars().allMatch(c -> c < 0x80);
  }

  boolean needsUtf8() {
    return needsUtf8(onTheWire.getAddress());
  }
}
