/**
 * The check inside the handshake: is this server the MX host that the policy means?
 *
 * <p>SMTP clients take whatever certificate an MX host shows, because without a policy nobody says
 * that it should be a good one. A policy says so (RFC 8461 §4.2): STARTTLS must be offered, the
 * certificate must lead to a trust anchor, and one of its DNS-IDs must be the name in the MX
 * record. {@link io.github.mtasts.tls.MxTls} is that check for one connection attempt. Sockets,
 * engines and Jakarta Mail all reach it through one trust manager, since the JDK's own endpoint
 * identification falls back to the common name and takes partial wildcards. Under enforce a failed
 * check ends the handshake; in testing the same check runs and its {@link
 * io.github.mtasts.tls.TlsVerdict} is only recorded; without a policy nothing is judged.
 */
@NullMarked
package io.github.mtasts.tls;

import org.jspecify.annotations.NullMarked;
