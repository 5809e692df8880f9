package io.github.mtasts.fetch;

import io.github.mtasts.policy.DomainName;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where a policy host is; the resolver hands in its own DNS client here. */
@FunctionalInterface
public interface HostAddresses {
  /**
   * Looks up the addresses.
   *
   * @param host the policy host
   * @return the addresses, never an empty list; completes exceptionally with an {@link
   *     java.net.UnknownHostException} whose message a postmaster can read if there are none or DNS
   *     is unavailable
   */
  CompletableFuture<List<InetAddress>> of(DomainName host);
}
