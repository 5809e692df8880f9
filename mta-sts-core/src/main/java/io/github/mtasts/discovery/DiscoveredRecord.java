package io.github.mtasts.discovery;

import io.github.mtasts.policy.RecordAnswer;
import java.time.Duration;

/**
 * What {@code _mta-sts.<domain>} said, and for how long that may be believed.
 *
 * @param answer the judgement
 * @param ttl the DNS TTL of the answer, not clamped; zero when unavailable
 */
public record DiscoveredRecord(RecordAnswer answer, Duration ttl) {}
