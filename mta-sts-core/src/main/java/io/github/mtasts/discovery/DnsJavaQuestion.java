package io.github.mtasts.discovery;

import io.github.mtasts.policy.DomainName;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * What is to be asked next, and the aliases that led there.
 *
 * @param name absolute, so that no search list is ever applied
 * @param type the record type
 * @param aliases the names already passed, in order
 * @param ttl the smallest TTL of the CNAME records passed, in seconds
 */
record DnsJavaQuestion(Name name, int type, List<Name> aliases, long ttl) {
  /** How many CNAME records are followed: enough for any honest set-up, and an end to the rest. */
  static final int MAX_ALIASES = 8;

  private static final long MAX_TTL = Integer.MAX_VALUE;

  static DnsJavaQuestion of(DomainName name, int type) {
    try {
      return new DnsJavaQuestion(Name.fromString(name.value() + "."), type, List.of(), MAX_TTL);
    } catch (TextParseException e) {
      throw new IllegalArgumentException("name: expected a DNS name, found " + name, e);
    }
  }

  /** Makes a message with a new random id. */
  Message toMessage() {
    return Message.newQuery(Record.newRecord(name, type, DClass.IN));
  }

  /** Whether one more alias is acceptable. */
  boolean canFollow(CNAMERecord alias) {
    return aliases.size() < MAX_ALIASES
        && !alias.getTarget().equals(name)
        && !aliases.contains(alias.getTarget());
  }

  DnsJavaQuestion follow(CNAMERecord alias) {
    List<Name> passed = new ArrayList<>(aliases);
    passed.add(name);
    return new DnsJavaQuestion(
        alias.getTarget(), type, List.copyOf(passed), Math.min(ttl, seconds(alias.getTTL())));
  }

  /** Reads a TTL; one with the sign bit set counts as zero, as RFC 2181 has it. */
  static long seconds(long ttl) {
    return ttl > MAX_TTL ? 0 : ttl;
  }

  /** Returns for example {@code TXT _mta-sts.example.com}. */
  @Override
  public String toString() {
    return Type.string(type) + " " + name.toString(true);
  }
}
