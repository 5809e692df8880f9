package io.github.mtasts.fetch;

import io.github.mtasts.policy.DomainName;
import java.util.concurrent.CompletableFuture;

/** Fetches {@code https://mta-sts.<domain>/.well-known/mta-sts.txt}. RFC 8461 §3.3 */
public interface PolicyFetcher extends AutoCloseable {
  /**
   * Fetches once; never completes exceptionally, and always within the deadline.
   *
   * @param domain the policy domain (not the policy host)
   */
  CompletableFuture<FetchResult> fetch(DomainName domain);

  /** Cancels what is under way and ends every thread it started. */
  @Override
  void close();
}
