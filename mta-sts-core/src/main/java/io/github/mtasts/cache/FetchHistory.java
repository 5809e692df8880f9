// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The recent fetches of one domain: which ids are in back-off, and when the policy host was asked.
 *
 * <p>RFC 8461 §3.3 allows an immediate fetch for a new id. A forged or hostile zone that shows
 * another id each time must not cause unlimited fetches: the last few failed ids are kept, and a
 * domain gets at most {@value #MOST_FETCHES} fetches in five minutes under any ids.
 *
 * @param failures the back-off of each id whose last fetch failed, latest first
 * @param failuresInARow how many fetches have failed since the last success, under any ids
 * @param fetchedNanos when the policy host was asked, by the ticker, latest first
 */
public record FetchHistory(List<BackOff> failures, int failuresInARow, List<Long> fetchedNanos) {
  public static final FetchHistory NONE = new FetchHistory(List.of(), 0, List.of());

  /** The most fetches of one domain within {@link #WINDOW}, under any ids. */
  public static final int MOST_FETCHES = 3;

  /** RFC 8461 §3.3: five minutes or more between fetches under one id. */
  public static final Duration WINDOW = Duration.ofMinutes(5);

  private static final int MOST_IDS = 4;

  public FetchHistory {
    failures = List.copyOf(failures);
    fetchedNanos = List.copyOf(fetchedNanos);
  }

  /** The back-off of an id, over or not. */
  public Optional<BackOff> failureOf(String id) {
    return failures.stream().filter(failure -> failure.id().equals(id)).findFirst();
  }

  /** Whether a fetch is allowed now under an id that is not the cached policy's. */
  public boolean allows(String id, long nowNanos) {
    boolean exhausted =
        fetchedNanos.size() >= MOST_FETCHES
            && nowNanos - fetchedNanos.get(MOST_FETCHES - 1) < WINDOW.toNanos();
    return !exhausted && failureOf(id).filter(failure -> failure.isWaiting(nowNanos)).isEmpty();
  }

  /** As {@link #allows}, and the last fetch, successful or not, was at least five minutes ago. */
  public boolean allowsRepeat(String id, long nowNanos) {
    return allows(id, nowNanos)
        && (fetchedNanos.isEmpty() || nowNanos - fetchedNanos.get(0) >= WINDOW.toNanos());
  }

  /** The latest failure whose back-off is not over. */
  public Optional<BackOff> lastWaiting(long nowNanos) {
    return failures.stream().filter(failure -> failure.isWaiting(nowNanos)).findFirst();
  }

  /** The latest failure since the last success. */
  public Optional<BackOff> lastFailure() {
    return failures.stream().findFirst();
  }

  /** Returns the history with one more failed fetch. */
  public FetchHistory failed(BackOff failure, long nowNanos) {
    Stream<BackOff> others = failures.stream().filter(other -> !other.id().equals(failure.id()));
    return new FetchHistory(
        Stream.concat(Stream.of(failure), others).limit(MOST_IDS).toList(),
        failuresInARow + 1,
        withFetchAt(nowNanos));
  }

  /** Returns the history after a successful fetch: no id is in back-off. */
  public FetchHistory succeeded(long nowNanos) {
    return new FetchHistory(List.of(), 0, withFetchAt(nowNanos));
  }

  private List<Long> withFetchAt(long nowNanos) {
    return Stream.concat(Stream.of(nowNanos), fetchedNanos.stream()).limit(MOST_FETCHES).toList();
  }
}
