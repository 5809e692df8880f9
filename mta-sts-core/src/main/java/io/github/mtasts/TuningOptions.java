// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.decision.WhenUnavailable;
import java.time.Duration;
import java.util.Objects;

/**
 * The options of {@link PolicyResolverBuilder} that are times, numbers and choices for times of
 * trouble, with their defaults.
 *
 * <p>Users see these members as the builder's own.
 */
abstract sealed class TuningOptions permits PolicyResolverBuilder {
  /** {@value} seconds for one DNS query. */
  public static final int DEFAULT_DNS_DEADLINE_SECONDS = 5;

  /** {@value} seconds for one fetch, everything included. RFC 8461 §3.3 */
  public static final int DEFAULT_FETCH_DEADLINE_SECONDS = 60;

  /** {@value} seconds between two checks of a TXT record at least. */
  public static final int DEFAULT_RECORD_FLOOR_SECONDS = 60;

  /** {@value} seconds between two checks of the TXT record of a domain with a policy at most. */
  public static final int DEFAULT_RECORD_CEILING_SECONDS = 3_600;

  /** {@value} seconds in which "no record" is cached at least. */
  public static final int DEFAULT_NEGATIVE_LEAST_SECONDS = 60;

  /** {@value} seconds in which "no record" is cached at most. */
  public static final int DEFAULT_NEGATIVE_MOST_SECONDS = 1_800;

  /** {@value} seconds until the first retry of a failed fetch. RFC 8461 §3.3 */
  public static final int DEFAULT_BACK_OFF_LEAST_SECONDS = 300;

  /** {@value} seconds between retries of a failed fetch at most. */
  public static final int DEFAULT_BACK_OFF_MOST_SECONDS = 3_600;

  /** {@value} cache entries for policies in mode enforce. */
  public static final int DEFAULT_ENFORCE_POLICIES = 100_000;

  /** {@value} cache entries for policies in mode testing or none. */
  public static final int DEFAULT_OTHER_POLICIES = 50_000;

  /** {@value} cache entries for domains without a policy. */
  public static final int DEFAULT_NEGATIVE_ANSWERS = 50_000;

  /** {@value} domains looked up at the same time. */
  public static final int DEFAULT_CONCURRENT_LOOKUPS = 10_000;

  /** {@value} fetches at the same time. */
  public static final int DEFAULT_CONCURRENT_FETCHES = 1_024;

  /** {@value} milliseconds for one call to the store. */
  public static final int DEFAULT_STORE_DEADLINE_MILLIS = 2_000;

  /** {@value} minutes for which mail waits while the store does not answer. */
  public static final int DEFAULT_STORE_UNAVAILABLE_MINUTES = 15;

  /** {@value} days after its last use, a policy is no longer renewed. */
  public static final int DEFAULT_REFRESH_USED_WITHIN_DAYS = 30;

  /** {@value} renewals per second. */
  public static final int DEFAULT_REFRESHES_PER_SECOND = 10;

  /** {@value}: the port of HTTPS. */
  public static final int DEFAULT_POLICY_HOST_PORT = 443;

  final ResolverOptions options = new ResolverOptions();

  /** {@return this builder} */
  abstract PolicyResolverBuilder self();

  /**
   * Sets the timeout of one DNS query, its time in the queue included; default {@value
   * #DEFAULT_DNS_DEADLINE_SECONDS} s.
   *
   * @param deadline above 0, to 1 day
   * @return this builder
   * @throws IllegalArgumentException if out of range
   */
  public PolicyResolverBuilder dnsDeadline(Duration deadline) {
    ResolverOptions.deadline("dnsDeadline", deadline);
    options.dnsDeadline = options.once("dnsDeadline", deadline);
    return self();
  }

  /**
   * Sets the wall-clock timeout of one policy fetch: DNS, connecting, handshake, headers and body;
   * default {@value #DEFAULT_FETCH_DEADLINE_SECONDS} s. RFC 8461 §3.3
   *
   * @param deadline above 0, to 1 day
   * @return this builder
   * @throws IllegalArgumentException if out of range
   */
  public PolicyResolverBuilder fetchDeadline(Duration deadline) {
    ResolverOptions.deadline("fetchDeadline", deadline);
    options.fetchDeadline = options.once("fetchDeadline", deadline);
    return self();
  }

  /**
   * Sets how many domains are looked up at the same time at most; default {@value
   * #DEFAULT_CONCURRENT_LOOKUPS}. Above it, only the store is asked; mail for a domain that is not
   * there waits.
   *
   * @param most at least 1
   * @return this builder
   * @throws IllegalArgumentException if less than 1
   */
  public PolicyResolverBuilder concurrentLookups(int most) {
    ResolverOptions.atLeastOne("concurrentLookups", most);
    options.concurrentLookups = options.once("concurrentLookups", most);
    return self();
  }

  /**
   * Sets how many policies are fetched at the same time at most; default {@value
   * #DEFAULT_CONCURRENT_FETCHES}. Each running fetch uses a thread; the others wait, within their
   * timeout.
   *
   * <p>A policy host that does not answer uses one of them until the timeout, so with a small
   * number a few hostile domains delay the others.
   *
   * @param most at least 1
   * @return this builder
   * @throws IllegalArgumentException if less than 1
   */
  public PolicyResolverBuilder concurrentFetches(int most) {
    ResolverOptions.atLeastOne("concurrentFetches", most);
    options.concurrentFetches = options.once("concurrentFetches", most);
    return self();
  }

  /**
   * Sets the shortest time between two checks of a TXT record, whatever its TTL; default {@value
   * #DEFAULT_RECORD_FLOOR_SECONDS} s.
   *
   * <p>With zero, every message starts a check in the background. RFC 8461 §5.1 allows either. A
   * floor above {@link #recordRecheckCeiling} wins.
   *
   * @param floor 0 to 365 days
   * @return this builder
   * @throws IllegalArgumentException if out of range
   */
  public PolicyResolverBuilder recordRecheckFloor(Duration floor) {
    ResolverOptions.lifetime("recordRecheckFloor", floor);
    options.recordFloor = options.once("recordRecheckFloor", floor);
    return self();
  }

  /**
   * Sets the longest time between two checks of the TXT record of a domain with a policy, whatever
   * its TTL; default {@value #DEFAULT_RECORD_CEILING_SECONDS} s.
   *
   * @param ceiling 0 to 365 days
   * @return this builder
   * @throws IllegalArgumentException if out of range
   */
  public PolicyResolverBuilder recordRecheckCeiling(Duration ceiling) {
    ResolverOptions.lifetime("recordRecheckCeiling", ceiling);
    options.recordCeiling = options.once("recordRecheckCeiling", ceiling);
    return self();
  }

  /**
   * Sets the bounds for how long "no record" is cached; within them, the TTL of DNS decides.
   * Default {@value #DEFAULT_NEGATIVE_LEAST_SECONDS} s to {@value #DEFAULT_NEGATIVE_MOST_SECONDS}
   * s.
   *
   * @param least 0 to 365 days
   * @param most {@code least} to 365 days
   * @return this builder
   * @throws IllegalArgumentException if out of range
   */
  public PolicyResolverBuilder negativeTtl(Duration least, Duration most) {
    ResolverOptions.lifetime("negativeTtl", least);
    ResolverOptions.ordered("negativeTtl", least, most);
    options.once("negativeTtl", least + " to " + most);
    options.negativeLeast = least;
    options.negativeMost = most;
    return self();
  }

  /**
   * Sets how long a failed fetch is not repeated under the same id: {@code least} after the first
   * failure, doubled with each failure up to {@code most}. Default {@value
   * #DEFAULT_BACK_OFF_LEAST_SECONDS} s to {@value #DEFAULT_BACK_OFF_MOST_SECONDS} s. RFC 8461 §3.3
   * asks for at least five minutes.
   *
   * <p>Renewals wait as long, but at most a twentieth of the policy's lifetime, or {@code least} if
   * that is longer.
   *
   * @param least 0 to 365 days
   * @param most {@code least} to 365 days
   * @return this builder
   * @throws IllegalArgumentException if out of range
   */
  public PolicyResolverBuilder fetchBackOff(Duration least, Duration most) {
    ResolverOptions.lifetime("fetchBackOff", least);
    ResolverOptions.ordered("fetchBackOff", least, most);
    options.once("fetchBackOff", least + " to " + most);
    options.backOffLeast = least;
    options.backOffMost = most;
    return self();
  }

  /**
   * Sets the size of the cache in entries; default {@value #DEFAULT_ENFORCE_POLICIES}, {@value
   * #DEFAULT_OTHER_POLICIES} and {@value #DEFAULT_NEGATIVE_ANSWERS}.
   *
   * <p>The budgets are separate, so that a flood of random domains evicts no policy. Policies with
   * more than 8 KiB of text have another budget, a hundredth of the first one.
   *
   * @param enforcePolicies policies in mode enforce, also by an override, that at least two
   *     messages needed, and as many again that one message needed; at least 1
   * @param otherPolicies policies in mode testing or none; at least 1
   * @param negativeAnswers domains without a policy; at least 1
   * @return this builder
   * @throws IllegalArgumentException if one is less than 1
   */
  public PolicyResolverBuilder memory(int enforcePolicies, int otherPolicies, int negativeAnswers) {
    ResolverOptions.atLeastOne("memory: enforcePolicies", enforcePolicies);
    ResolverOptions.atLeastOne("memory: otherPolicies", otherPolicies);
    ResolverOptions.atLeastOne("memory: negativeAnswers", negativeAnswers);
    options.once("memory", enforcePolicies + ", " + otherPolicies + ", " + negativeAnswers);
    options.enforcePolicies = enforcePolicies;
    options.otherPolicies = otherPolicies;
    options.negativeAnswers = negativeAnswers;
    return self();
  }

  /**
   * Sets which policies are renewed before they expire, whether mail is sent or not: those that a
   * message needed within this time; default {@value #DEFAULT_REFRESH_USED_WITHIN_DAYS} days. RFC
   * 8461 §10.2
   *
   * <p>Each is fetched at a random time between 62 and 72 % of its lifetime, or about once a day if
   * it lives longer. A policy that no message needed for thirty of its own lifetimes is not
   * renewed.
   *
   * @param usedWithin 0 to 365 days; zero renews nothing
   * @return this builder
   * @throws IllegalArgumentException if out of range
   */
  public PolicyResolverBuilder refreshUsedWithin(Duration usedWithin) {
    ResolverOptions.lifetime("refreshUsedWithin", usedWithin);
    options.refreshUsedWithin = options.once("refreshUsedWithin", usedWithin);
    return self();
  }

  /**
   * Sets how many renewals start per second at most; default {@value
   * #DEFAULT_REFRESHES_PER_SECOND}, which is enough for 800,000 policies.
   *
   * @param most at least 1
   * @return this builder
   * @throws IllegalArgumentException if less than 1
   */
  public PolicyResolverBuilder refreshesPerSecond(int most) {
    ResolverOptions.atLeastOne("refreshesPerSecond", most);
    options.refreshesPerSecond = options.once("refreshesPerSecond", most);
    return self();
  }

  /**
   * Sets the timeout of one call to the store; default {@value #DEFAULT_STORE_DEADLINE_MILLIS} ms.
   *
   * <p>The time before a call starts does not count. After three failures in a row, messages do not
   * wait for the store until it recovers; see {@link PolicyResolverBuilder#whenStoreUnavailable}.
   *
   * @param deadline above 0, to 1 day
   * @return this builder
   * @throws IllegalArgumentException if out of range
   */
  public PolicyResolverBuilder storeDeadline(Duration deadline) {
    ResolverOptions.deadline("storeDeadline", deadline);
    options.storeDeadline = options.once("storeDeadline", deadline);
    return self();
  }

  /**
   * Sets what to do when DNS does not answer about a domain of which nothing is cached or stored;
   * default {@link WhenUnavailable#PROCEED}.
   *
   * @param choice {@link WhenUnavailable#deferFor} counts from the first failure for the domain
   * @return this builder
   */
  public PolicyResolverBuilder whenDnsUnavailable(WhenUnavailable choice) {
    options.whenDnsUnavailable =
        options.once("whenDnsUnavailable", Objects.requireNonNull(choice, "choice"));
    return self();
  }

  /**
   * Sets what to do when the store does not answer, so that it may have a policy, and DNS and HTTPS
   * show none; default {@link WhenUnavailable#deferFor} {@value #DEFAULT_STORE_UNAVAILABLE_MINUTES}
   * minutes.
   *
   * @param choice {@link WhenUnavailable#deferFor} counts from the beginning of the store's trouble
   * @return this builder
   */
  public PolicyResolverBuilder whenStoreUnavailable(WhenUnavailable choice) {
    options.whenStoreUnavailable =
        options.once("whenStoreUnavailable", Objects.requireNonNull(choice, "choice"));
    return self();
  }
}
