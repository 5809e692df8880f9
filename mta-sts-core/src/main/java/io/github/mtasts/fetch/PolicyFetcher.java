// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.policy.DomainName;
import java.util.concurrent.CompletableFuture;

/**
 * Fetches {@code https://mta-sts.<domain>/.well-known/mta-sts.txt}. RFC 8461 §3.3
 *
 * <p>A fetcher has no cache: the resolver decides what is cached and when to fetch again. {@link
 * OkHttpPolicyFetcher} is the implementation. Implementations are thread-safe.
 */
public interface PolicyFetcher extends AutoCloseable {
  /**
   * Fetches a policy with one request, from no cache.
   *
   * @param domain the policy domain, not the policy host
   * @return the result, within the deadline; never exceptional unless the caller cancels it
   */
  CompletableFuture<FetchResult> fetch(DomainName domain);

  /** Cancels running fetches and ends every thread that the fetcher started. */
  @Override
  void close();
}
