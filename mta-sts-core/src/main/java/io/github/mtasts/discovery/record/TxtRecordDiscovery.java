// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery.record;

import static java.util.Objects.requireNonNull;

import io.github.mtasts.discovery.DnsAnswer;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.policy.RecordAnswer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Looks up the TXT records at {@code _mta-sts.<domain>} in DNS and checks them.
 *
 * <p>It queries only that one name, never a parent domain: a policy applies only to the domain that
 * publishes it (RFC 8461 §3.4).
 *
 * <p>Safe for use by several threads, as its client is.
 */
public final class TxtRecordDiscovery implements RecordDiscovery {
  /** The prefix of the queried name; the policy domain follows it. RFC 8461 §3.1 */
  public static final String PREFIX = "_mta-sts.";

  private static final Duration LASTING_TTL = Duration.ofDays(1);

  private final DnsClient dns;
  private final Reading reading;

  /**
   * Creates a discovery; the caller closes the client.
   *
   * @param dns sends the queries
   * @param reading how strictly to read the records
   */
  public TxtRecordDiscovery(DnsClient dns, Reading reading) {
    this.dns = requireNonNull(dns, "dns");
    this.reading = requireNonNull(reading, "reading");
  }

  @Override
  public CompletableFuture<DiscoveredRecord> discover(DomainName domain) {
    if (PREFIX.length() + domain.value().length() > DomainName.MAX_LENGTH) {
      return CompletableFuture.completedFuture(tooLong(domain));
    }
    try {
      return requireNonNull(
              dns.txt(DomainName.of(PREFIX + domain.value())), "future of the DNS client")
          .thenApply(this::check);
    } catch (RuntimeException | Error e) { // a client of the user
      return CompletableFuture.failedFuture(e);
    }
  }

  private DiscoveredRecord check(DnsAnswer<String> answer) {
    RecordAnswer record =
        switch (answer.status()) {
          case FOUND -> RecordAnswer.evaluate(answer.records(), reading);
          case NO_DATA, NO_DOMAIN -> absent(answer.detail());
          case UNAVAILABLE -> RecordAnswer.unavailable(answer.detail());
        };
    return new DiscoveredRecord(record, answer.ttl());
  }

  /** The name with its prefix is too long for DNS, so no record can exist. */
  private static DiscoveredRecord tooLong(DomainName domain) {
    String detail =
        "expected a domain of at most "
            + (DomainName.MAX_LENGTH - PREFIX.length())
            + " characters, found "
            + domain.value().length()
            + "; it cannot announce a policy";
    return new DiscoveredRecord(absent(detail), LASTING_TTL);
  }

  private static RecordAnswer absent(String detail) {
    return new RecordAnswer(RecordAnswer.Status.ABSENT, Optional.empty(), detail);
  }
}
