/**
 * DNS: does a domain announce a policy, and where are its hosts?
 *
 * <p>A domain that has a policy says so in one TXT record at {@code _mta-sts.<domain>}: {@code
 * v=STSv1; id=20240627092600;}. It does not hold the policy, which is fetched over HTTPS; its
 * {@code id} tells whether the one already known is current (RFC 8461 §3.1). One question suffices.
 *
 * <p>DNS is rarely authenticated, so whoever can forge or block it must gain nothing by doing so.
 * That hangs on four answers that are never confused: <em>found</em>; <em>absent</em>, where a
 * server vouches that there is no record; <em>invalid</em>, which counts as absent but deserves to
 * be told; and <em>unavailable</em>, where silence or SERVFAIL leaves everything unknown. Absent
 * means that an unknown domain takes no part; unavailable means that nobody knows. Neither ever
 * ends a policy that is remembered (RFC 8461 §5.1).
 *
 * <p>{@link io.github.mtasts.discovery.TxtRecordDiscovery} asks, {@link
 * io.github.mtasts.discovery.DnsClient} is what it asks through, and {@link
 * io.github.mtasts.discovery.DnsJavaClient} does the work.
 */
@NullMarked
package io.github.mtasts.discovery;

import org.jspecify.annotations.NullMarked;
