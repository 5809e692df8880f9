// SPDX-License-Identifier: Apache-2.0
/**
 * Certificate code that the HTTPS fetch and the SMTP TLS check share.
 *
 * <p>Both sides verify a server by the same rules: a chain to a trust anchor (RFC 5280 §6.1), and a
 * DNS-ID in the subjectAltName that is the expected host name (RFC 9525 §6.3). The common name is
 * never used. When a handshake fails, JSSE wraps the reason in several exceptions; {@link
 * io.github.mtasts.x509.CauseChain} lists them, and {@link io.github.mtasts.x509.ChainFault} says
 * what is wrong with the certificate chain, by exception class and never by message text. {@link
 * io.github.mtasts.x509.ServerNames} makes the SNI entry for names that the JDK does not accept.
 * Result types and messages for operators belong to the packages that use this one.
 */
@NullMarked
package io.github.mtasts.x509;

import org.jspecify.annotations.NullMarked;
