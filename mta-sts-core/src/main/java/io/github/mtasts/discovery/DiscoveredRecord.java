package io.github.mtasts.discovery;

import io.github.mtasts.policy.RecordAnswer;
import java.time.Duration;

/**
 * What {@code _mta-sts.<domain>} said, and for how long that may be believed.
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param answer the judgement
 * @param ttl the DNS TTL of the answer, not clamped; zero when unavailable or unknown
 */
public record DiscoveredRecord(RecordAnswer answer, Duration ttl) {}
