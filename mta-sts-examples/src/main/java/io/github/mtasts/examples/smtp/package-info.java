// SPDX-License-Identifier: Apache-2.0
/**
 * A small SMTP client that delivers one message to one MX host.
 *
 * <p>The sender looks up the MX hosts of the recipient domain, connects to port 25 of one of them,
 * sends EHLO and reads the server's extensions. If the server offers STARTTLS, the sender sends
 * STARTTLS, the server replies 220, and both do the TLS handshake over the same connection. Then
 * the sender sends EHLO again, because an attacker could have changed everything before the
 * handshake (RFC 3207 §4.2). Only then the sender delivers the message. MTA-STS decides whether TLS
 * with a trusted certificate is optional or required before MAIL FROM.
 *
 * <p>The command line, the lab and the recipes share this client. It has deadlines, because an
 * attacker can control the server, and no other features.
 */
@NullMarked
package io.github.mtasts.examples.smtp;

import org.jspecify.annotations.NullMarked;
