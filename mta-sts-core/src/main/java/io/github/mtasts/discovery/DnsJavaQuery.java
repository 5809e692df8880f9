// SPDX-License-Identifier: Apache-2.0
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
 * A query, and the CNAME records that led to it.
 *
 * @param name absolute, so that no search list applies
 * @param type the record type
 * @param aliases the names followed so far, in order
 * @param ttl the smallest TTL of the CNAME records followed, in seconds
 */
record DnsJavaQuery(Name name, int type, List<Name> aliases, long ttl) {
  /** The maximum number of CNAME records to follow; more than any normal domain has. */
  static final int MAX_ALIASES = 8;

  private static final long MAX_TTL = Integer.MAX_VALUE;

  static DnsJavaQuery of(DomainName name, int type) {
    try {
      return new DnsJavaQuery(Name.fromString(name.value() + "."), type, List.of(), MAX_TTL);
    } catch (TextParseException e) {
      throw new IllegalArgumentException("name: expected a DNS name, found " + name, e);
    }
  }

  /** Creates a message with a new random id. */
  Message toMessage() {
    return Message.newQuery(Record.newRecord(name, type, DClass.IN));
  }

  /** Returns whether to follow one more alias: no loop, and not too many. */
  boolean canFollow(CNAMERecord alias) {
    return aliases.size() < MAX_ALIASES
        && !alias.getTarget().equals(name)
        && !aliases.contains(alias.getTarget());
  }

  DnsJavaQuery follow(CNAMERecord alias) {
    List<Name> followed = new ArrayList<>(aliases);
    followed.add(name);
    return new DnsJavaQuery(
        alias.getTarget(), type, List.copyOf(followed), Math.min(ttl, seconds(alias.getTTL())));
  }

  /** Returns a TTL in seconds; by RFC 2181 it is zero if its highest bit is set. */
  static long seconds(long ttl) {
    return ttl > MAX_TTL ? 0 : ttl;
  }

  /** Returns for example {@code TXT _mta-sts.example.com}. */
  @Override
  public String toString() {
    return Type.string(type) + " " + name.toString(true);
  }
}
