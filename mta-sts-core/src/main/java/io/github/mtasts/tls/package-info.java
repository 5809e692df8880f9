// SPDX-License-Identifier: Apache-2.0
/**
 * The certificate check inside the SMTP TLS handshake: is this server the MX host of the policy?
 *
 * <p>Without a policy, SMTP clients accept any certificate of an MX host. A policy requires more
 * (RFC 8461 §4.2): STARTTLS must be offered, the certificate must lead to a trust anchor, and one
 * of its DNS-IDs must be the name in the MX record. {@link io.github.mtasts.tls.MxTls} does that
 * check for one connection attempt. Sockets, engines and Jakarta Mail all use it through one trust
 * manager, because the JDK's own endpoint identification accepts the common name and partial
 * wildcards. For enforce a failed check ends the handshake; for testing the same check runs and its
 * {@link io.github.mtasts.tls.TlsVerdict} is only recorded; without a policy nothing is checked.
 */
@NullMarked
package io.github.mtasts.tls;

import org.jspecify.annotations.NullMarked;
