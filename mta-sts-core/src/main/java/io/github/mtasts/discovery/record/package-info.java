// SPDX-License-Identifier: Apache-2.0
/**
 * Does a domain announce a policy? The TXT record at {@code _mta-sts.<domain>}, looked up and
 * checked.
 *
 * <p>Internal: the module does not export this package. {@link
 * io.github.mtasts.discovery.record.TxtRecordDiscovery} sends one TXT query by a {@link
 * io.github.mtasts.discovery.DnsClient} and has {@link io.github.mtasts.policy.RecordAnswer} check
 * what comes back. The result is a {@link io.github.mtasts.discovery.record.DiscoveredRecord}: the
 * record's status and the TTL of the DNS answer.
 */
@NullMarked
package io.github.mtasts.discovery.record;

import org.jspecify.annotations.NullMarked;
