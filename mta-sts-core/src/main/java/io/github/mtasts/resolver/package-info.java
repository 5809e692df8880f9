// SPDX-License-Identifier: Apache-2.0
/**
 * Internal: one lookup per domain at a time, from DNS to the cache.
 *
 * <p>The way of one domain name through the code. An indented line is called by the line above it;
 * each line names the class and the rule that it holds.
 *
 * <pre>
 * PolicyResolver.resolve(domain)              the public API; OverridingResolver applies overrides
 *  +- CachingPolicyResolver                   answers from the cache; waits with a deadline
 *      +- DomainNames                         normalises the name; no domain, no policy
 *      +- PolicyCache.get                     hit: an unexpired policy, or a fresh negative answer
 *      |   +- CacheEntry.answersAt, isFresh   hit past its TTL: answered, looked up in background
 *      +- InFlightLookups.lookUp              miss: one lookup per domain, bounded in number;
 *          |                                  the only writer of the cache
 *          +- LookupFlow.run                  the order of the steps
 *          |   +- StoreGateway.find           first, if no policy is cached (package stored)
 *          |   |   +- StoreCalls, StoreMapper deadline, circuit breaker; which rows are believed
 *          |   +- RecordDiscovery.discover    TxtRecordDiscovery: the TXT record and its id
 *          |   +- LookupState                 is a fetch due, and under which id?
 *          |   |   +- FetchHistory.allows     no id in back-off, not too many fetches
 *          |   +- FleetFetch.fetch            has another node fetched it meanwhile?
 *          |   |   +- PolicyFetcher.fetch     OkHttpPolicyFetcher: the policy over HTTPS
 *          |   +- LookupResults               the answer and the new entry
 *          |   |   +- BackOff.Schedule.after  the fetch failed: when is the next one?
 *          |   |   +- TtlBounds               how long the answer is fresh, the policy valid
 *          |   |   +- UndeterminedAnswers     nothing could be found out: does mail wait?
 *          |   +- TransitionEvents            events for ResolverListener, suspicions included
 *          |   +- FleetFetch.publish          saves the policy or the failure in the store
 *          +- CacheTier.of, PolicyCache.put   the new CacheEntry, under the budget of its tier
 * Resolution.decide(mx)                       what the answer means for one MX host
 * </pre>
 *
 * <p>Where to change what: how long to wait after a failure, in {@link
 * io.github.mtasts.cache.BackOff}; when a fetch is due, in {@code LookupState}; when a policy is
 * renewed, in {@link io.github.mtasts.refresh.RefreshSchedule}; which events are reported, in
 * {@code TransitionEvents}. Renewals and rechecks take the same way; {@code LookupFlow.Purpose}
 * says why. Package {@code events} calls the listeners.
 */
@NullMarked
package io.github.mtasts.resolver;

import org.jspecify.annotations.NullMarked;
