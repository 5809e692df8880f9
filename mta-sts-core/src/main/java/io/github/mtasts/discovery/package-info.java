// SPDX-License-Identifier: Apache-2.0
/**
 * DNS lookups: the TXT record that announces a policy, MX hosts, and addresses.
 *
 * <p>A domain that has a policy announces it with one TXT record at {@code _mta-sts.<domain>}:
 * {@code v=STSv1; id=20240627092600;}. The policy itself is fetched over HTTPS. The {@code id} says
 * whether a cached policy is current (RFC 8461 §3.1).
 *
 * <p>DNS is rarely authenticated, so an attacker who can forge or block answers must gain nothing.
 * Therefore four results are never confused: <em>found</em>; <em>absent</em>, where a server
 * answers that there is no record; <em>invalid</em>, which counts as absent but is reported; and
 * <em>unavailable</em>, where a timeout or SERVFAIL leaves the matter unknown. None of them ends a
 * cached policy (RFC 8461 §5.1). If DNS could not even be asked, for a reason on this side, there
 * is no result but an exception.
 *
 * <p>{@link io.github.mtasts.discovery.DnsClient} is the interface to DNS; {@link
 * io.github.mtasts.discovery.DnsJavaClient} implements it. {@link
 * io.github.mtasts.discovery.MxLookup} finds the MX hosts of a domain in the order to try.
 */
@NullMarked
package io.github.mtasts.discovery;

import org.jspecify.annotations.NullMarked;
