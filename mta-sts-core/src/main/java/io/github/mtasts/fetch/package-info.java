/**
 * Fetching policies over HTTPS. RFC 8461 §3.3
 *
 * <p>A TXT record only says that there is a policy; the policy itself is the file at {@code
 * https://mta-sts.<domain>/.well-known/mta-sts.txt}, and it is believed because of the certificate
 * of the host that serves it. A fetch is therefore less than what an HTTP client does by itself (no
 * redirect, no cache, no second request) and more (DNS names of the SAN only, one deadline over
 * everything, an error where a body is too large). And since whoever publishes a TXT record chooses
 * where the request goes, {@link io.github.mtasts.fetch.AddressGuard} keeps it on the public
 * Internet. Every failure is a {@link io.github.mtasts.fetch.FetchResult}, with the result type of
 * RFC 8460 §4.3 and with words that the policy host's postmaster can act on.
 */
@NullMarked
package io.github.mtasts.fetch;

import org.jspecify.annotations.NullMarked;
