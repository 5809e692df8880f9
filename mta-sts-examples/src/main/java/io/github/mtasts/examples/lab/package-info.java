// SPDX-License-Identifier: Apache-2.0
/**
 * A simulated network that shows what MTA-STS protects against.
 *
 * <p>The lab has a DNS server, policy hosts, MX hosts that receive real mail over real sockets, two
 * certificate authorities (one that every sender trusts, and the attacker's), and a clock that can
 * be advanced. The attacker is on the path: the attacker can forge DNS answers, block HTTPS and
 * replace any MX host. In each scenario a small mailer sends one message. Each scenario states the
 * expected result. The lab reads the actual result from the mailer and from the mailboxes of both
 * sides.
 *
 * <p>All servers come from the test kit of the library. They listen on loopback, on free ports. The
 * lab uses no other network.
 */
@NullMarked
package io.github.mtasts.examples.lab;

import org.jspecify.annotations.NullMarked;
