/**
 * A small internet inside this process, to see what MTA-STS is good for.
 *
 * <p>It has a DNS server, policy hosts, MX hosts that take real mail over real sockets, two
 * certificate authorities (one that everybody trusts, and the attacker's), a clock that can be put
 * forward by a week, and an attacker on the path, who can answer in DNS, cut HTTPS and take the
 * place of any MX host. A mailer of thirty lines sends one message in each scenario. Every scenario
 * says beforehand what should become of the message; what did become of it is asked of the mailer
 * and of the mailboxes on both sides.
 *
 * <p>All servers are those of the test kit that comes with the library. They listen on loopback, on
 * ports that happen to be free, and nothing outside of the process is touched.
 */
@NullMarked
package io.github.mtasts.examples.lab;

import org.jspecify.annotations.NullMarked;
