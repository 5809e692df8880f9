// SPDX-License-Identifier: Apache-2.0
/**
 * Enforcement in Jakarta Mail: a transport that delivers to MX hosts, and properties that secure
 * Angus' own SMTP transport.
 *
 * <p>Angus Mail, the usual implementation, can require STARTTLS and compare certificate names, but
 * its comparison is too loose for RFC 8461 §4.2 and it does not know testing mode. There are two
 * ways to use MTA-STS with it:
 *
 * <ul>
 *   <li>{@link io.github.mtasts.mail.MtaStsTransport} delivers a message to the MX hosts of each
 *       recipient domain and returns a {@link io.github.mtasts.mail.DomainDelivery} for each.
 *   <li>{@link io.github.mtasts.mail.MailProperties} returns the session properties that secure one
 *       attempt at one MX host: a socket factory bound to one {@link io.github.mtasts.tls.MxTls},
 *       no name check by Angus, and whether STARTTLS is required.
 * </ul>
 *
 * <p>The transport, its results and its exception need Jakarta Mail and Angus Mail, which are
 * optional dependencies: the application adds them. {@code MailProperties} alone needs neither.
 */
@NullMarked
package io.github.mtasts.mail;

import org.jspecify.annotations.NullMarked;
