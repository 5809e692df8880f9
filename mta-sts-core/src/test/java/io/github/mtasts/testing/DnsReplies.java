// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import io.github.mtasts.testing.TestDns.Fault;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** Builds the reply to one query, correct or faulty. Stateless, hence thread-safe. */
final class DnsReplies {
  private static final int PLAIN_UDP_SIZE = 512;
  private static final int OUR_UDP_SIZE = 1232;
  private static final Name STRAY = Name.fromConstantString("stray.invalid.");

  private DnsReplies() {}

  /** Returns the reply; empty if the server must stay silent. */
  static Optional<byte[]> reply(
      Message query, DnsSockets.Transport transport, DnsData data, Optional<Fault> fault) {
    Message reply = DnsData.replyTo(query);
    if (fault.isEmpty()) {
      data.answer(reply);
      return Optional.of(wire(query, reply, transport));
    }
    return switch (fault.get()) {
      case SILENT -> Optional.empty();
      case SERVFAIL -> Optional.of(coded(query, reply, transport, Rcode.SERVFAIL));
      case REFUSED -> Optional.of(coded(query, reply, transport, Rcode.REFUSED));
      case NXDOMAIN -> {
        data.nothing(reply, Rcode.NXDOMAIN);
        yield Optional.of(wire(query, reply, transport));
      }
      case TRUNCATED -> Optional.of(truncated(query, reply, transport, data));
      case GARBAGE -> Optional.of(garbage(reply));
      case CHAIN_CUT -> {
        data.answer(reply);
        cutChain(reply);
        yield Optional.of(wire(query, reply, transport));
      }
      case WRONG_ID -> {
        data.answer(reply);
        reply.getHeader().setID(query.getHeader().getID() ^ 1);
        yield Optional.of(wire(query, reply, transport));
      }
      case WRONG_QUESTION -> {
        data.answer(reply);
        reply.removeAllRecords(Section.QUESTION);
        reply.addRecord(
            Record.newRecord(STRAY, query.getQuestion().getType(), DClass.IN), Section.QUESTION);
        yield Optional.of(wire(query, reply, transport));
      }
      case STRAY_RECORDS -> {
        data.answer(reply);
        addStrays(reply);
        yield Optional.of(wire(query, reply, transport));
      }
    };
  }

  private static byte[] coded(
      Message query, Message reply, DnsSockets.Transport transport, int rcode) {
    reply.getHeader().setRcode(rcode);
    return wire(query, reply, transport);
  }

  private static byte[] truncated(
      Message query, Message reply, DnsSockets.Transport transport, DnsData data) {
    if (transport == DnsSockets.Transport.TCP) {
      data.answer(reply);
    } else {
      reply.getHeader().setFlag(Flags.TC);
    }
    return wire(query, reply, transport);
  }

  /** Returns a header that announces records, followed by other octets. */
  private static byte[] garbage(Message reply) {
    byte[] octets = Arrays.copyOf(reply.toWire(), 64);
    Arrays.fill(octets, 12, 64, (byte) 0xFF);
    octets[7] = 9;
    return octets;
  }

  private static void cutChain(Message reply) {
    List<Record> answers = reply.getSection(Section.ANSWER);
    reply.removeAllRecords(Section.ANSWER);
    reply.removeAllRecords(Section.AUTHORITY);
    reply.getHeader().setRcode(Rcode.NOERROR);
    answers.stream()
        .filter(record -> record.getType() == Type.CNAME)
        .limit(1)
        .forEach(record -> reply.addRecord(record, Section.ANSWER));
  }

  private static void addStrays(Message reply) {
    reply.addRecord(new TXTRecord(STRAY, DClass.IN, 1, "v=STSv1; id=stray;"), Section.ANSWER);
    reply.addRecord(
        new ARecord(STRAY, DClass.IN, 1, InetAddress.getLoopbackAddress()), Section.ANSWER);
  }

  private static byte[] wire(Message query, Message reply, DnsSockets.Transport transport) {
    OPTRecord requested = query.getOPT();
    if (requested != null) {
      reply.addRecord(new OPTRecord(OUR_UDP_SIZE, 0, 0), Section.ADDITIONAL);
    }
    if (transport == DnsSockets.Transport.TCP) {
      return reply.toWire();
    }
    int size = requested == null ? 0 : requested.getPayloadSize();
    return reply.toWire(Math.min(Math.max(size, PLAIN_UDP_SIZE), OUR_UDP_SIZE));
  }
}
