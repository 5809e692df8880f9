// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What became of the fetches of one domain: which ids are to be left alone, and how often the
 * policy host was asked of late.
 *
 * <p>RFC 8461 §3.3 lets a new id be fetched at once. But who forges DNS, or owns a zone that shows
 * another id each time, must not make senders ask as often as he likes: the last few ids are
 * remembered, and whatever the ids, {@value #MOST_FETCHES} fetches in five minutes are enough.
 *
 * @param failures the ids under which the last fetch failed, latest first
 * @param fetchedNanos when the policy host was asked, by the ticker, latest first
 */
public record FetchHistory(List<BackOff> failures, List<Long> fetchedNanos) {
  public static final FetchHistory NONE = new FetchHistory(List.of(), List.of());

  /** Fetches of one domain within {@link #WINDOW}, whatever DNS shows. */
  public static final int MOST_FETCHES = 3;

  /** RFC 8461 §3.3: five minutes or more between fetches under one id. */
  public static final Duration WINDOW = Duration.ofMinutes(5);

  private static final int MOST_IDS = 4;

  public FetchHistory {
    failures = List.copyOf(failures);
    fetchedNanos = List.copyOf(fetchedNanos);
  }

  public Optional<BackOff> failureOf(String id) {
    return failures.stream().filter(failure -> failure.id().equals(id)).findFirst();
  }

  /** Whether nothing speaks against a fetch under an id that is not the one in force. */
  public boolean allows(String id, long nowNanos) {
    boolean exhausted =
        fetchedNanos.size() >= MOST_FETCHES
            && nowNanos - fetchedNanos.get(MOST_FETCHES - 1) < WINDOW.toNanos();
    return !exhausted && failureOf(id).filter(failure -> failure.isWaiting(nowNanos)).isEmpty();
  }

  /** As {@link #allows}, and the last fetch, of whatever outcome, is five minutes past. */
  public boolean allowsAnew(String id, long nowNanos) {
    return allows(id, nowNanos)
        && (fetchedNanos.isEmpty() || nowNanos - fetchedNanos.get(0) >= WINDOW.toNanos());
  }

  /** The latest failure after which the next fetch still has to wait. */
  public Optional<BackOff> lastWaiting(long nowNanos) {
    return failures.stream().filter(failure -> failure.isWaiting(nowNanos)).findFirst();
  }

  /** The latest failure since the last success. */
  public Optional<BackOff> lastNoted() {
    return failures.stream().findFirst();
  }

  /** How many fetches have failed since the last success, under whatever ids. */
  public int failuresInARow() {
    return failures.stream().mapToInt(BackOff::failures).sum();
  }

  public FetchHistory failed(BackOff failure, long nowNanos) {
    Stream<BackOff> others = failures.stream().filter(other -> !other.id().equals(failure.id()));
    return new FetchHistory(
        Stream.concat(Stream.of(failure), others).limit(MOST_IDS).toList(), with(nowNanos));
  }

  public FetchHistory succeeded(long nowNanos) {
    return new FetchHistory(List.of(), with(nowNanos));
  }

  private List<Long> with(long nowNanos) {
    return Stream.concat(Stream.of(nowNanos), fetchedNanos.stream()).limit(MOST_FETCHES).toList();
  }
}
