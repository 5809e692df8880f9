// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.decision.DomainNames;
import io.github.mtasts.discovery.DnsAnswer;
import io.github.mtasts.discovery.MxHost;
import io.github.mtasts.discovery.MxLookup;
import io.github.mtasts.examples.cli.DomainCheck.Host;
import io.github.mtasts.examples.cli.DomainCheck.MxHosts;
import java.util.List;
import java.util.Optional;

/** Finds the MX hosts of a domain. RFC 5321 §5.1 */
@FunctionalInterface
interface MxHostLookup {
  MxHosts hostsOf(String domain);

  /** Returns the host that the operator named, without a lookup. */
  static MxHostLookup fixed(String mxHost) {
    return domain ->
        new MxHosts(List.of(new Host(Optional.empty(), mxHost)), Optional.empty(), ExitStatus.FINE);
  }

  /** Looks up MX records in DNS. */
  static MxHostLookup in(MxLookup lookup) {
    return domain -> {
      if (domain.startsWith("[")) {
        return none("address literal: mail is delivered to this address", ExitStatus.FINE);
      }
      try {
        return hosts(domain, lookup.lookup(DomainNames.parse(domain)).join());
      } catch (IllegalArgumentException notAName) {
        return none("no MX lookup: " + notAName.getMessage(), ExitStatus.WRONG);
      }
    };
  }

  private static MxHosts hosts(String domain, DnsAnswer<MxHost> answer) {
    return switch (answer.status()) {
      case FOUND -> found(domain, answer.records());
      case NO_DATA, NO_DOMAIN -> none("the domain " + domain + " does not exist", ExitStatus.WRONG);
      case UNAVAILABLE -> none("MX lookup: " + answer.detail(), ExitStatus.TEMPORARY);
    };
  }

  private static MxHosts found(String domain, List<MxHost> records) {
    if (records.stream().anyMatch(MxHost::isNullMx)) {
      return none(domain + " does not accept mail (null MX)", ExitStatus.WRONG);
    }
    List<Host> hosts =
        records.stream().map(mx -> new Host(Optional.of(mx.preference()), mx.host())).toList();
    return new MxHosts(hosts, Optional.empty(), ExitStatus.FINE);
  }

  private static MxHosts none(String why, ExitStatus status) {
    return new MxHosts(List.of(), Optional.of(why), status);
  }
}
