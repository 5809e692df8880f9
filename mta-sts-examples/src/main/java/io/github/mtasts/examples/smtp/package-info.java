/**
 * A small SMTP client: just enough to hand one message to one MX host.
 *
 * <p>Mail between domains travels by SMTP: the sender looks up the MX hosts of the recipient's
 * domain, connects to port 25 of one of them, greets with EHLO and learns what the server can do.
 * If it offers STARTTLS, the sender says so, the server answers 220, and both shake hands over the
 * very same connection; after that everything starts anew with EHLO, for what was said in clear
 * could have been anybody's (RFC 3207 §4.2). Only then the message is handed over. MTA-STS decides
 * whether that handshake is a matter of taste or the condition for saying MAIL FROM at all.
 *
 * <p>The command line, the lab and the recipes share this client. It has deadlines, which a client
 * in the hands of an attacker needs, and nothing else.
 */
@NullMarked
package io.github.mtasts.examples.smtp;

import org.jspecify.annotations.NullMarked;
