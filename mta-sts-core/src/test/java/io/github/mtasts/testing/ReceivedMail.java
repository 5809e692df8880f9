// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** A message that an MX host of the kit received; immutable, hence thread-safe. */
public final class ReceivedMail {
  private final String from;
  private final List<String> recipients;
  private final byte[] content;
  private final boolean overTls;

  ReceivedMail(String from, List<String> recipients, byte[] content, boolean overTls) {
    this.from = from;
    this.recipients = List.copyOf(recipients);
    this.content = content.clone();
    this.overTls = overTls;
  }

  /**
   * Returns the sender of the envelope.
   *
   * @return the address without angle brackets; empty for the null sender
   */
  public String from() {
    return from;
  }

  /**
   * Returns the recipients of the envelope.
   *
   * @return addresses without angle brackets, in order
   */
  public List<String> recipients() {
    return recipients;
  }

  /**
   * Returns the message.
   *
   * @return all octets between DATA and the final dot, dots unstuffed
   */
  public byte[] content() {
    return content.clone();
  }

  /**
   * Returns the message as text.
   *
   * @return {@link #content()} read as UTF-8
   */
  public String text() {
    return new String(content, StandardCharsets.UTF_8);
  }

  /**
   * Returns whether it came over TLS.
   *
   * @return false if it came in clear
   */
  public boolean isOverTls() {
    return overTls;
  }

  @Override
  public String toString() {
    return "mail from <" + from + "> to " + recipients + (overTls ? " under TLS" : " in clear");
  }
}
