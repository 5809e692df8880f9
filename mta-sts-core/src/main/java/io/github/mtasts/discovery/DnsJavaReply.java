// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import java.util.List;
import java.util.Optional;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * The meaning of one message as the reply to one query.
 *
 * <p>Uses only records of the queried name and of the names its CNAME records lead to. Ignores all
 * other records, because an attacker may have added them.
 */
sealed interface DnsJavaReply {
  /** Records of the queried type, under the name at the end of the CNAME chain. */
  record Records(List<Record> records, long ttl) implements DnsJavaReply {}

  /** A CNAME record without its target in the message: query the target. */
  record Alias(DnsJavaQuery next) implements DnsJavaReply {}

  /** The server says that there is no such record or name. */
  record Empty(DnsAnswer.Status status, long ttl) implements DnsJavaReply {}

  /** No usable answer; another server may have one. */
  record Unusable(String why) implements DnsJavaReply {}

  /** Evaluates a message. */
  static DnsJavaReply read(Message message, DnsJavaQuery query) {
    Optional<String> flaw = flaw(message, query);
    if (flaw.isPresent()) {
      return new Unusable(flaw.get());
    }
    DnsJavaQuery at = query;
    while (true) {
      List<Record> records = answers(message, at.name(), at.type());
      if (!records.isEmpty()) {
        return new Records(records, smallestTtl(records, at.ttl()));
      }
      List<Record> aliases = answers(message, at.name(), Type.CNAME);
      if (aliases.isEmpty()) {
        return emptyAt(message, at, query);
      }
      CNAMERecord alias = (CNAMERecord) aliases.get(0);
      if (!at.canFollow(alias)) {
        return new Unusable(
            "expected at most "
                + DnsJavaQuery.MAX_ALIASES
                + " CNAME records in a row, found more or a loop at "
                + at.name().toString(true));
      }
      at = at.follow(alias);
    }
  }

  private static Optional<String> flaw(Message message, DnsJavaQuery query) {
    Record question = message.getQuestion();
    if (!message.getHeader().getFlag(Flags.QR)) {
      return Optional.of("expected a response, found a query");
    }
    if (message.getRcode() != Rcode.NOERROR && message.getRcode() != Rcode.NXDOMAIN) {
      return Optional.of("expected an answer, found " + Rcode.string(message.getRcode()));
    }
    if (question == null
        || !question.getName().equals(query.name())
        || question.getType() != query.type()
        || question.getDClass() != DClass.IN) {
      return Optional.of("expected the question repeated, found another");
    }
    if (message.getHeader().getFlag(Flags.TC)) {
      return Optional.of("expected a complete answer, found a truncated one");
    }
    return Optional.empty();
  }

  private static List<Record> answers(Message message, Name name, int type) {
    return message.getSection(Section.ANSWER).stream()
        .filter(record -> record.getType() == type && record.getDClass() == DClass.IN)
        .filter(record -> record.getName().equals(name))
        .toList();
  }

  private static long smallestTtl(List<Record> records, long ttl) {
    return records.stream()
        .mapToLong(record -> DnsJavaQuery.seconds(record.getTTL()))
        .reduce(ttl, Math::min);
  }

  private static DnsJavaReply emptyAt(Message message, DnsJavaQuery at, DnsJavaQuery query) {
    Optional<SOARecord> soa = soa(message, at.name());
    long ttl = soa.map(found -> negativeTtl(found, at.ttl())).orElse(0L);
    if (message.getRcode() == Rcode.NXDOMAIN) {
      return new Empty(DnsAnswer.Status.NO_DOMAIN, ttl);
    }
    if (soa.isEmpty() && !at.name().equals(query.name())) {
      return new Alias(at);
    }
    if (soa.isEmpty() && namesOtherServers(message)) {
      return new Unusable(
          "expected the answer of a recursive server, found a referral to other servers");
    }
    return new Empty(DnsAnswer.Status.NO_DATA, ttl);
  }

  /** RFC 2308 §2.2: NS records without an SOA record are a referral. */
  private static boolean namesOtherServers(Message message) {
    return message.getSection(Section.AUTHORITY).stream()
        .anyMatch(record -> record.getType() == Type.NS);
  }

  /** Finds the SOA record of a zone that can contain the name. */
  private static Optional<SOARecord> soa(Message message, Name name) {
    return message.getSection(Section.AUTHORITY).stream()
        .filter(record -> record.getType() == Type.SOA && name.subdomain(record.getName()))
        .map(SOARecord.class::cast)
        .findFirst();
  }

  /** RFC 2308 §5: the smaller of the SOA's own TTL and its MINIMUM field. */
  private static long negativeTtl(SOARecord soa, long chainTtl) {
    long own = DnsJavaQuery.seconds(soa.getTTL());
    long minimum = DnsJavaQuery.seconds(soa.getMinimum());
    return Math.min(chainTtl, Math.min(own, minimum));
  }
}
