// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SetResponse;
import org.xbill.DNS.Type;
import org.xbill.DNS.Zone;

/**
 * Holds the records of all domains in one root zone, and answers from them like a recursive
 * resolver.
 *
 * <p>Safe for use by several threads: every method is synchronized.
 */
final class DnsData {
  private static final Name SERVER = Name.fromConstantString("ns.invalid.");
  private static final int[] TYPES = {Type.TXT, Type.A, Type.AAAA, Type.MX, Type.CNAME};

  private final Zone zone;
  private BiFunction<Name, Integer, List<Record>> fallback = (name, type) -> List.of();
  private Optional<SOARecord> negativeSoa;

  DnsData() {
    negativeSoa = Optional.of(soa(300, 300));
    try {
      zone = new Zone(Name.root, soa(300, 300), new NSRecord(Name.root, DClass.IN, 300, SERVER));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  synchronized void add(Record record) {
    zone.addRecord(record);
  }

  synchronized void remove(Name name) {
    for (int type : TYPES) {
      zone.removeRRset(name, type);
    }
  }

  synchronized void fallback(BiFunction<Name, Integer, List<Record>> records) {
    fallback = records;
  }

  synchronized void negativeTtl(int soaTtl, int minimum) {
    negativeSoa = Optional.of(soa(soaTtl, minimum));
  }

  synchronized void noNegativeTtl() {
    negativeSoa = Optional.empty();
  }

  /** Fills a reply: the records and the CNAMEs that lead to them, or a negative answer. */
  synchronized void answer(Message reply) {
    Name name = reply.getQuestion().getName();
    int type = reply.getQuestion().getType();
    Set<Name> seen = new HashSet<>();
    while (seen.add(name)) {
      SetResponse found = zone.findRecords(name, type);
      if (found.isCNAME()) {
        CNAMERecord link = found.getCNAME();
        reply.addRecord(link, Section.ANSWER);
        name = link.getTarget();
      } else {
        addRecords(reply, found, name, type);
        return;
      }
    }
  }

  /** Makes a reply negative. */
  synchronized void nothing(Message reply, int rcode) {
    reply.getHeader().setRcode(rcode);
    negativeSoa.ifPresent(soa -> reply.addRecord(soa, Section.AUTHORITY));
  }

  private void addRecords(Message reply, SetResponse found, Name name, int type) {
    List<Record> records = new ArrayList<>();
    if (found.isSuccessful()) {
      found.answers().forEach(set -> records.addAll(set.rrs(false)));
    } else if (found.isNXDOMAIN()) {
      records.addAll(fallback.apply(name, type));
    }
    records.forEach(record -> reply.addRecord(record, Section.ANSWER));
    if (records.isEmpty()) {
      nothing(reply, found.isNXDOMAIN() ? Rcode.NXDOMAIN : Rcode.NOERROR);
    }
  }

  /** Starts the reply to a query: same id and question, flags of a recursive resolver. */
  static Message replyTo(Message query) {
    Message reply = new Message(query.getHeader().getID());
    reply.getHeader().setFlag(Flags.QR);
    reply.getHeader().setFlag(Flags.RD);
    reply.getHeader().setFlag(Flags.RA);
    reply.addRecord(query.getQuestion(), Section.QUESTION);
    return reply;
  }

  private static SOARecord soa(int ttl, int minimum) {
    return new SOARecord(Name.root, DClass.IN, ttl, SERVER, SERVER, 1, 3600, 600, 86_400, minimum);
  }
}
