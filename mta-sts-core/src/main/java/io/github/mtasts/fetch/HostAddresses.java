package io.github.mtasts.fetch;

import io.github.mtasts.policy.DomainName;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Where policy hosts are.
 *
 * <p>The resolver hands in its own DNS client here, so that records and addresses come from the
 * same servers; a test hands in a lambda. What comes back is judged by an {@link AddressGuard} and
 * need not be trusted. Implementations are safe for use by several threads and do not block.
 */
@FunctionalInterface
public interface HostAddresses {
  /**
   * Looks up the addresses of a policy host, CNAMEs followed.
   *
   * @param host the policy host, such as {@code mta-sts.example.com}
   * @return the IPv4 and IPv6 addresses in the order to be tried, never an empty list; completes
   *     exceptionally with an {@link java.net.UnknownHostException} if DNS vouches that there are
   *     none, and with a {@link LookupUnavailableException} if it does not answer, either with a
   *     message that a postmaster can read. The two must not be confused: the first is a fault of
   *     the policy host, the second is what an attacker on the path can bring about. Anything else
   *     counts as a defect of ours, and so as the second
   */
  CompletableFuture<List<InetAddress>> of(DomainName host);
}
