package io.github.mtasts.examples.cli;

import io.github.mtasts.decision.DomainNames;
import io.github.mtasts.discovery.DnsAnswer;
import io.github.mtasts.discovery.MxHost;
import io.github.mtasts.discovery.MxLookup;
import io.github.mtasts.examples.cli.Examination.Host;
import io.github.mtasts.examples.cli.Examination.MailHosts;
import java.util.List;
import java.util.Optional;

/** Finds the MX hosts of a domain. RFC 5321 §5.1 */
@FunctionalInterface
interface MailHostLookup {
  MailHosts hostsOf(String domain);

  /** Looks nothing up, because the operator has named the host. */
  static MailHostLookup fixed(String mxHost) {
    return domain ->
        new MailHosts(
            List.of(new Host(Optional.empty(), mxHost)), Optional.empty(), ExitStatus.FINE);
  }

  /** Asks DNS. */
  static MailHostLookup in(MxLookup lookup) {
    return domain -> {
      if (domain.startsWith("[")) {
        return none("address literal: mail goes to that very address", ExitStatus.FINE);
      }
      try {
        return judge(domain, lookup.lookup(DomainNames.parse(domain)).join());
      } catch (IllegalArgumentException notAName) {
        return none("no MX lookup: " + notAName.getMessage(), ExitStatus.WRONG);
      }
    };
  }

  private static MailHosts judge(String domain, DnsAnswer<MxHost> answer) {
    return switch (answer.status()) {
      case FOUND -> found(domain, answer.records());
      case NO_DATA, NO_DOMAIN -> none("there is no domain " + domain, ExitStatus.WRONG);
      case UNAVAILABLE -> none("MX lookup: " + answer.detail(), ExitStatus.TEMPORARY);
    };
  }

  private static MailHosts found(String domain, List<MxHost> records) {
    if (records.stream().anyMatch(MxHost::isNullMx)) {
      return none(domain + " takes no mail (null MX)", ExitStatus.WRONG);
    }
    List<Host> hosts =
        records.stream().map(mx -> new Host(Optional.of(mx.preference()), mx.host())).toList();
    return new MailHosts(hosts, Optional.empty(), ExitStatus.FINE);
  }

  private static MailHosts none(String why, ExitStatus status) {
    return new MailHosts(List.of(), Optional.of(why), status);
  }
}
