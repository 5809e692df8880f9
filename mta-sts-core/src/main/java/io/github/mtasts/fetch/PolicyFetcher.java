package io.github.mtasts.fetch;

import io.github.mtasts.policy.DomainName;
import java.util.concurrent.CompletableFuture;

/**
 * Fetches {@code https://mta-sts.<domain>/.well-known/mta-sts.txt}. RFC 8461 §3.3
 *
 * <p>A fetcher remembers nothing: what is cached, and when to fetch again, is the resolver's
 * affair. {@link OkHttpPolicyFetcher} is the real one. Implementations are safe for use by several
 * threads.
 */
public interface PolicyFetcher extends AutoCloseable {
  /**
   * Fetches a policy, once and anew.
   *
   * @param domain the policy domain, not the policy host
   * @return the outcome, within the deadline and never exceptional (unless the caller cancels it)
   */
  CompletableFuture<FetchResult> fetch(DomainName domain);

  /** Cancels what is under way and ends every thread it started. */
  @Override
  void close();
}
