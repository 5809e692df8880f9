// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.address.AddressGuard;
import io.github.mtasts.policy.DomainName;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Looks up the addresses of policy hosts.
 *
 * <p>The resolver passes its own DNS client, so that records and addresses come from the same
 * servers; a test passes a lambda. An {@link AddressGuard} checks the result, so it need not be
 * trustworthy. Implementations are thread-safe and do not block.
 */
@FunctionalInterface
public interface HostAddresses {
  /**
   * Looks up the addresses of a policy host, CNAMEs followed.
   *
   * @param host the policy host, such as {@code mta-sts.example.com}
   * @return the IPv4 and IPv6 addresses in the order to try them, never an empty list; completes
   *     exceptionally with an {@link java.net.UnknownHostException} if DNS answers that there are
   *     none, and with a {@link LookupUnavailableException} if DNS does not answer, both with a
   *     message for a postmaster. Do not confuse them: the first is a fault of the policy host, the
   *     second can be caused by an attacker on the path. A {@link
   *     java.util.concurrent.RejectedExecutionException} says that this sender is too busy to ask;
   *     any other exception counts as a failure on our side
   */
  CompletableFuture<List<InetAddress>> of(DomainName host);
}
