// SPDX-License-Identifier: Apache-2.0
/**
 * Fetching policies over HTTPS. RFC 8461 §3.3
 *
 * <p>A TXT record only says that a policy exists. The policy is the file at {@code
 * https://mta-sts.<domain>/.well-known/mta-sts.txt}, and it is trusted because of the certificate
 * of the host that serves it. A fetch does less than a normal HTTP request (no redirect, no cache,
 * no second request) and is stricter (DNS names of the SAN only, one deadline for everything, an
 * error if the body is too large). The owner of a domain chooses where the request goes, so an
 * {@link io.github.mtasts.address.AddressGuard} restricts it to public addresses. A failure is a
 * {@link io.github.mtasts.fetch.FetchResult} with a result type of RFC 8460 §4.3 and a message that
 * the policy host's postmaster can act on.
 */
@NullMarked
package io.github.mtasts.fetch;

import org.jspecify.annotations.NullMarked;
