package io.github.mtasts.discovery;

import static java.util.Objects.requireNonNull;

import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.policy.RecordAnswer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Asks DNS for the TXT records at {@code _mta-sts.<domain>} and judges them; the discovery that a
 * resolver uses by default.
 *
 * <p>Only that one name is asked for, never a parent domain's: a policy holds for exactly the
 * domain it is published under (RFC 8461 §3.4).
 *
 * <p>Safe for use by several threads, as its client is.
 */
public final class TxtRecordDiscovery implements RecordDiscovery {
  /** What stands before the policy domain in the name that is asked for. RFC 8461 §3.1 */
  public static final String PREFIX = "_mta-sts.";

  private static final Duration NEVER_CHANGES = Duration.ofDays(1);

  private final DnsClient dns;
  private final Reading reading;

  /**
   * Sets up a discovery; the client stays the caller's to close.
   *
   * @param dns whom to ask
   * @param reading how strictly the records are read
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
    return dns.txt(DomainName.of(PREFIX + domain.value())).thenApply(this::judge);
  }

  private DiscoveredRecord judge(DnsAnswer<String> answer) {
    RecordAnswer record =
        switch (answer.status()) {
          case FOUND -> RecordAnswer.judge(answer.records(), reading);
          case NO_DATA, NO_DOMAIN -> absent(answer.detail());
          case UNAVAILABLE -> RecordAnswer.unavailable(answer.detail());
        };
    return new DiscoveredRecord(record, answer.ttl());
  }

  /** DNS has no room for such a name, so it cannot have a record. */
  private static DiscoveredRecord tooLong(DomainName domain) {
    String detail =
        "expected a domain of at most "
            + (DomainName.MAX_LENGTH - PREFIX.length())
            + " characters, found "
            + domain.value().length()
            + "; it cannot announce a policy";
    return new DiscoveredRecord(absent(detail), NEVER_CHANGES);
  }

  private static RecordAnswer absent(String detail) {
    return new RecordAnswer(RecordAnswer.Status.ABSENT, Optional.empty(), detail);
  }
}
