// SPDX-License-Identifier: Apache-2.0
/**
 * IP addresses that a sender must not connect to.
 *
 * <p>With MTA-STS, other people choose where a sender connects: the owner of a domain names the
 * policy host and the MX hosts, and DNS gives their addresses. Those addresses can point into the
 * sender's own network: at its loopback interface, at private hosts, or at the metadata service of
 * its cloud (server-side request forgery). {@link io.github.mtasts.address.AddressGuard} refuses
 * such addresses; it knows the special-purpose ranges of IPv4 and IPv6 (RFC 6890 §2.2). An {@link
 * io.github.mtasts.address.AddressRange} allows what the guard refuses by default, for example a
 * private network with a policy host of your own. Nothing here uses DNS or the network.
 */
@NullMarked
package io.github.mtasts.address;

import org.jspecify.annotations.NullMarked;
