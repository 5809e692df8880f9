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
 * What one message means as the answer to one question.
 *
 * <p>Only records of the name asked for, and of the names its CNAME records lead to, are looked at.
 * Whatever else a message carries was not asked for, and nobody vouches for it.
 */
sealed interface DnsJavaReply {
  /** Records of the type, under the name at the end of the aliases. */
  record Records(List<Record> records, long ttl) implements DnsJavaReply {}

  /** An alias whose target the message does not hold: ask for the target. */
  record Alias(DnsJavaQuestion next) implements DnsJavaReply {}

  /** Nothing there, and the server knows it. */
  record Nothing(DnsAnswer.Status status, long ttl) implements DnsJavaReply {}

  /** Nothing learnt; another server may know more. */
  record Useless(String why) implements DnsJavaReply {}

  /** Reads a message. */
  static DnsJavaReply read(Message message, DnsJavaQuestion asked) {
    Optional<String> flaw = flaw(message, asked);
    if (flaw.isPresent()) {
      return new Useless(flaw.get());
    }
    DnsJavaQuestion at = asked;
    while (true) {
      List<Record> records = answers(message, at.name(), at.type());
      if (!records.isEmpty()) {
        return new Records(records, smallestTtl(records, at.ttl()));
      }
      List<Record> aliases = answers(message, at.name(), Type.CNAME);
      if (aliases.isEmpty()) {
        return nothingAt(message, at, asked);
      }
      CNAMERecord alias = (CNAMERecord) aliases.get(0);
      if (!at.canFollow(alias)) {
        return new Useless(
            "expected at most "
                + DnsJavaQuestion.MAX_ALIASES
                + " CNAME records in a row, found more or a loop at "
                + at.name().toString(true));
      }
      at = at.follow(alias);
    }
  }

  private static Optional<String> flaw(Message message, DnsJavaQuestion asked) {
    Record question = message.getQuestion();
    if (!message.getHeader().getFlag(Flags.QR)) {
      return Optional.of("expected a response, found a query");
    }
    if (message.getRcode() != Rcode.NOERROR && message.getRcode() != Rcode.NXDOMAIN) {
      return Optional.of("expected an answer, found " + Rcode.string(message.getRcode()));
    }
    if (question == null
        || !question.getName().equals(asked.name())
        || question.getType() != asked.type()
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
        .mapToLong(record -> DnsJavaQuestion.seconds(record.getTTL()))
        .reduce(ttl, Math::min);
  }

  private static DnsJavaReply nothingAt(
      Message message, DnsJavaQuestion at, DnsJavaQuestion asked) {
    Optional<SOARecord> soa = soa(message, at.name());
    long ttl = soa.map(found -> negativeTtl(found, at.ttl())).orElse(0L);
    if (message.getRcode() == Rcode.NXDOMAIN) {
      return new Nothing(DnsAnswer.Status.NO_DOMAIN, ttl);
    }
    if (soa.isEmpty() && !at.name().equals(asked.name())) {
      return new Alias(at);
    }
    if (soa.isEmpty() && namesOtherServers(message)) {
      return new Useless(
          "expected the answer of a recursive server, found a referral to other servers");
    }
    return new Nothing(DnsAnswer.Status.NO_DATA, ttl);
  }

  /** RFC 2308 §2.2: beside an SOA they mean nothing, without one they make a referral. */
  private static boolean namesOtherServers(Message message) {
    return message.getSection(Section.AUTHORITY).stream()
        .anyMatch(record -> record.getType() == Type.NS);
  }

  /** Finds the SOA of a zone that the name can lie in. */
  private static Optional<SOARecord> soa(Message message, Name name) {
    return message.getSection(Section.AUTHORITY).stream()
        .filter(record -> record.getType() == Type.SOA && name.subdomain(record.getName()))
        .map(SOARecord.class::cast)
        .findFirst();
  }

  /** RFC 2308 §5: the smaller of the SOA's own TTL and its MINIMUM field. */
  private static long negativeTtl(SOARecord soa, long chainTtl) {
    long own = DnsJavaQuestion.seconds(soa.getTTL());
    long minimum = DnsJavaQuestion.seconds(soa.getMinimum());
    return Math.min(chainTtl, Math.min(own, minimum));
  }
}
