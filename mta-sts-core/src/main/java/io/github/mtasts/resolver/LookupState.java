// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.resolver;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.FetchHistory;
import io.github.mtasts.cache.LastUse;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Suspicion;
import io.github.mtasts.discovery.record.DiscoveredRecord;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.RecordAnswer;
import io.github.mtasts.policy.RecordAnswer.Status;
import io.github.mtasts.policy.StsRecord;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a walk stands once DNS has answered: what was known, what DNS says, and what time it is.
 *
 * @param domain the policy domain
 * @param before what memory held when the walk began; null if nothing
 * @param found what DNS said
 * @param wanted whether anybody still waits for this walk; one that was given up tells nobody
 * @param nowNanos the ticker
 */
record LookupState(
    DomainName domain,
    @Nullable CacheEntry before,
    DiscoveredRecord found,
    BooleanSupplier wanted,
    long nowNanos) {

  LookupState at(long laterNanos) {
    return new LookupState(domain, before, found, wanted, laterNanos);
  }

  /** The same, where the record is of no use because nobody could be asked about its policy. */
  LookupState unanswered(String detail) {
    return new LookupState(
        domain,
        before,
        new DiscoveredRecord(RecordAnswer.unavailable(detail), Duration.ZERO),
        wanted,
        nowNanos);
  }

  Status status() {
    return found.answer().status();
  }

  /** The policy in force at this moment. */
  Optional<Resolution.InForce> policy() {
    return before == null ? Optional.empty() : before.policyAt(nowNanos);
  }

  /** What was known, for those who have just seen that there was something. */
  CacheEntry known() {
    return Objects.requireNonNull(before, "nothing was known");
  }

  FetchHistory history() {
    return before == null ? FetchHistory.NONE : before.history();
  }

  /** When a message last needed it; now, if nothing was known. */
  LastUse usage() {
    return before == null ? new LastUse(nowNanos) : before.usage();
  }

  Set<Suspicion> told() {
    return before == null ? Set.of() : before.told();
  }

  /** The id that DNS shows, unless the policy in force has it. RFC 8461 §3.1: ids have no order. */
  Optional<String> newId() {
    return shownId().filter(id -> policy().filter(policy -> policy.id().equals(id)).isEmpty());
  }

  /** Whether DNS shows the very id of the policy in force. */
  boolean isConfirmed() {
    return shownId().isPresent() && newId().isEmpty();
  }

  /** The id to fetch under, if a fetch is due: DNS shows one that is new, and nothing forbids. */
  Optional<String> idToFetch() {
    return newId().filter(id -> history().allows(id, nowNanos));
  }

  /**
   * The id to fetch under when a delivery is about to be given up. A policy that is known is
   * fetched anew whatever DNS says, because the attacker on the path is who says it; but not more
   * often than once in five minutes.
   */
  Optional<String> idToFetchAnew() {
    Optional<String> untried = newId().filter(id -> history().failureOf(id).isEmpty());
    return untried
        .filter(id -> history().allows(id, nowNanos))
        .or(() -> idAtHand().filter(id -> history().allowsAnew(id, nowNanos)));
  }

  /** The id to fetch under when a policy in force is to be renewed whatever DNS says. */
  Optional<String> idToRefresh() {
    return policy().flatMap(policy -> idAtHand()).filter(id -> history().allowsAnew(id, nowNanos));
  }

  /** The id that DNS shows, or else that of the policy in force. */
  Optional<String> idAtHand() {
    return shownId().or(() -> policy().map(Resolution.InForce::id));
  }

  private Optional<String> shownId() {
    return found.answer().record().map(StsRecord::id);
  }
}
