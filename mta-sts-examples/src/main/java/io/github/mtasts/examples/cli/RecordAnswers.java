// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.discovery.DnsAnswer;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.MxHost;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.policy.RecordAnswer;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Records the DNS answers that a resolver gets, so that they need no second lookup. */
final class RecordAnswers implements DnsClient {
  private static final String PREFIX = "_mta-sts.";

  private final Map<String, RecordAnswer> answers = new ConcurrentHashMap<>();
  private final DnsClient dns;

  /** The caller closes the client. */
  RecordAnswers(DnsClient dns) {
    this.dns = dns;
  }

  Optional<RecordAnswer> of(String domain) {
    return Optional.ofNullable(answers.get(PREFIX + domain));
  }

  @Override
  public CompletableFuture<DnsAnswer<String>> txt(DomainName name) {
    return dns.txt(name)
        .thenApply(
            answer -> {
              answers.put(name.value(), read(answer));
              return answer;
            });
  }

  private static RecordAnswer read(DnsAnswer<String> answer) {
    return switch (answer.status()) {
      case FOUND -> RecordAnswer.evaluate(answer.records(), Reading.TOLERANT);
      case NO_DATA, NO_DOMAIN ->
          new RecordAnswer(RecordAnswer.Status.ABSENT, Optional.empty(), answer.detail());
      case UNAVAILABLE -> RecordAnswer.unavailable(answer.detail());
    };
  }

  @Override
  public CompletableFuture<DnsAnswer<InetAddress>> addresses(DomainName name) {
    return dns.addresses(name);
  }

  @Override
  public CompletableFuture<DnsAnswer<MxHost>> mx(DomainName name) {
    return dns.mx(name);
  }

  @Override
  public void close() {}
}
