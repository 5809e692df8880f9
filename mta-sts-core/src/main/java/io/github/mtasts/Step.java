package io.github.mtasts;

import io.github.mtasts.discovery.DiscoveredRecord;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.RecordAnswer.Status;
import io.github.mtasts.policy.StsRecord;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a walk stands once DNS has answered: what was known, what DNS says, and what time it is.
 *
 * @param domain the policy domain
 * @param before what memory held when the walk began; null if nothing
 * @param found what DNS said
 * @param nowNanos the ticker
 */
record Step(DomainName domain, @Nullable Knowledge before, DiscoveredRecord found, long nowNanos) {

  Step at(long laterNanos) {
    return new Step(domain, before, found, laterNanos);
  }

  Status status() {
    return found.answer().status();
  }

  /** The policy in force at this moment. */
  Optional<Resolution.InForce> policy() {
    return before == null ? Optional.empty() : before.policyAt(nowNanos);
  }

  /** What was known, for those who have just seen that there was something. */
  Knowledge known() {
    return Objects.requireNonNull(before, "nothing was known");
  }

  @Nullable BackOff oldBackOff() {
    return before == null ? null : before.backOff();
  }

  /**
   * The failures under the very id that DNS shows now and that the policy in force does not have.
   */
  Optional<BackOff> backOffFor() {
    return newId().isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(oldBackOff()).filter(b -> b.id().equals(newId().get()));
  }

  /**
   * The id to fetch under, if a fetch is due: DNS shows one that is new, and no back-off forbids.
   */
  Optional<String> idToFetch() {
    return newId().filter(id -> before == null || !before.forbidsFetch(id, nowNanos));
  }

  /**
   * The id to fetch under when a delivery is about to be given up. A policy that is known is
   * fetched anew whatever DNS says, because the attacker on the path is who says it.
   */
  Optional<String> idToFetchAnew() {
    Optional<String> shown = found.answer().record().map(StsRecord::id);
    Optional<String> id = shown.or(() -> policy().map(Resolution.InForce::id));
    return id.filter(this::mayFetchAnew);
  }

  private boolean mayFetchAnew(String id) {
    Knowledge known = before;
    if (known == null || known.lastFetchNanos() == null) {
      return true;
    }
    boolean untried =
        newId().isPresent() && (known.backOff() == null || !known.backOff().id().equals(id));
    return untried
        || nowNanos - known.lastFetchNanos() >= PolicyFlow.RECHECK_FETCH_INTERVAL.toNanos();
  }

  /** The id that DNS shows, unless the policy in force has it. RFC 8461 §3.1: ids have no order. */
  private Optional<String> newId() {
    return found
        .answer()
        .record()
        .map(StsRecord::id)
        .filter(id -> policy().filter(policy -> policy.id().equals(id)).isEmpty());
  }
}
