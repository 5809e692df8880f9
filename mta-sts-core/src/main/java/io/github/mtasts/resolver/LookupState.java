// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.resolver;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.FetchHistory;
import io.github.mtasts.cache.LastUse;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.Suspicion;
import io.github.mtasts.discovery.record.DiscoveredRecord;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.RecordAnswer;
import io.github.mtasts.policy.RecordAnswer.Status;
import io.github.mtasts.policy.StsRecord;
import io.github.mtasts.stored.StoreGateway;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a lookup has found out so far, and the rules for when a fetch is due.
 *
 * @param domain the policy domain
 * @param before the cached or stored entry when the lookup started; null if there was none
 * @param storeUnknown why the store could not say whether it has a policy; empty if it could, or
 *     was not asked
 * @param found the DNS answer; unavailable until there is one
 * @param whyUnanswered the kind of trouble if nothing was found out
 * @param wanted false once the lookup is abandoned; it then reports no events
 * @param nowNanos the time by the ticker
 */
record LookupState(
    DomainName domain,
    @Nullable CacheEntry before,
    Optional<StoreGateway.Answer.Unknown> storeUnknown,
    DiscoveredRecord found,
    Cause whyUnanswered,
    BooleanSupplier wanted,
    long nowNanos) {

  /** The state before anything was asked. */
  static LookupState start(
      DomainName domain, @Nullable CacheEntry before, BooleanSupplier wanted, long nowNanos) {
    DiscoveredRecord nothing = noAnswer("DNS: not asked");
    return new LookupState(
        domain, before, Optional.empty(), nothing, Cause.DNS_UNAVAILABLE, wanted, nowNanos);
  }

  private static DiscoveredRecord noAnswer(String detail) {
    return new DiscoveredRecord(RecordAnswer.unavailable(detail), Duration.ZERO);
  }

  /** Returns the same state at a later time. */
  LookupState at(long laterNanos) {
    return new LookupState(domain, before, storeUnknown, found, whyUnanswered, wanted, laterNanos);
  }

  /** Returns the same state with the answer of DNS. */
  LookupState answered(DiscoveredRecord record) {
    return new LookupState(domain, before, storeUnknown, record, whyUnanswered, wanted, nowNanos);
  }

  /** Returns the same state if nothing was found out: DNS or the policy host was not asked. */
  LookupState unanswered(Cause cause, String detail) {
    return new LookupState(domain, before, storeUnknown, noAnswer(detail), cause, wanted, nowNanos);
  }

  /** Returns the same state if the store could not say whether it has a policy. */
  LookupState withoutStore(StoreGateway.Answer.Unknown unknown) {
    return new LookupState(
        domain, before, Optional.of(unknown), found, whyUnanswered, wanted, nowNanos);
  }

  /** Returns the same state with the policy of the store, unless it has one. */
  LookupState orStored(Optional<CacheEntry> stored) {
    return stored.isEmpty() || policy().isPresent()
        ? this
        : new LookupState(
            domain, stored.get(), Optional.empty(), found, whyUnanswered, wanted, nowNanos);
  }

  Status status() {
    return found.answer().status();
  }

  /** The unexpired policy. */
  Optional<Resolution.InForce> policy() {
    return before == null ? Optional.empty() : before.policyAt(nowNanos);
  }

  /** The beginning of an unbroken series of undetermined answers. */
  Optional<Instant> undeterminedSince() {
    return before != null && before.resolution() instanceof Resolution.Undetermined undetermined
        ? Optional.of(undetermined.since())
        : Optional.empty();
  }

  /** The entry, where the caller has checked that there is one. */
  CacheEntry entry() {
    return Objects.requireNonNull(before, "before");
  }

  boolean isNoPolicyUntilRecordEnds() {
    return before != null && before.isNoPolicyUntilRecordEnds(nowNanos);
  }

  FetchHistory history() {
    return before == null ? FetchHistory.NONE : before.history();
  }

  /** When a message last needed the domain; now, if there was no entry. */
  LastUse lastUse() {
    return before == null ? new LastUse(nowNanos) : before.lastUse();
  }

  Set<Suspicion> reported() {
    return before == null ? Set.of() : before.reported();
  }

  /** The id in DNS, if it differs from the policy's. RFC 8461 §3.1: ids have no order. */
  Optional<String> newId() {
    return idInDns().filter(id -> policy().filter(policy -> policy.id().equals(id)).isEmpty());
  }

  /** Whether DNS has the same id as the unexpired policy. */
  boolean isConfirmed() {
    return idInDns().isPresent() && newId().isEmpty();
  }

  /** The id to fetch under, if DNS has a new one and a fetch is allowed. */
  Optional<String> idToFetch() {
    return newId().filter(id -> history().allows(id, nowNanos));
  }

  /**
   * The id to fetch under when a delivery is about to fail. A cached policy is fetched again
   * whatever DNS says, because an attacker may have forged the DNS answer; but at most once in five
   * minutes.
   */
  Optional<String> idToRecheck() {
    Optional<String> untried = newId().filter(id -> history().failureOf(id).isEmpty());
    return untried
        .filter(id -> history().allows(id, nowNanos))
        .or(() -> currentId().filter(id -> history().allowsRepeat(id, nowNanos)));
  }

  /** The id to fetch under when an unexpired policy is renewed, whatever DNS says. */
  Optional<String> idToRefresh() {
    return policy().flatMap(policy -> currentId()).filter(id -> history().allows(id, nowNanos));
  }

  /** The id in DNS, or else that of the unexpired policy. */
  Optional<String> currentId() {
    return idInDns().or(() -> policy().map(Resolution.InForce::id));
  }

  private Optional<String> idInDns() {
    return found.answer().record().map(StsRecord::id);
  }
}
