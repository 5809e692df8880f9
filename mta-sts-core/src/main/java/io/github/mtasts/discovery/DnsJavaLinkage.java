// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import io.github.mtasts.policy.DomainName;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/**
 * Answers queries in memory, so that a class path with an incompatible dnsjava fails when a client
 * is created, and not later in every query.
 *
 * <p>The JVM links a method when it is first called, so that only real messages show whether all
 * that a query needs is there. Nothing is sent. Stateless, hence thread-safe.
 */
final class DnsJavaLinkage {
  private static final DomainName NAME = DomainName.of("linkage.invalid");
  private static final int TTL = 60;

  private DnsJavaLinkage() {}

  /**
   * Queries each type of record.
   *
   * @throws LinkageError if dnsjava, or a library that it needs, is missing or incompatible
   */
  static void prove() {
    for (int type : new int[] {Type.TXT, Type.A, Type.AAAA, Type.MX, Type.SOA}) {
      DnsJavaQuery query = DnsJavaQuery.of(NAME, type);
      Message message =
          new Canned().sendAsync(query.toMessage(), Runnable::run).toCompletableFuture().join();
      var unused =
          DnsJavaClient.answer(query, DnsJavaReply.read(message, query), DnsJavaLinkage::content);
    }
  }

  private static Object content(Record record) {
    if (record instanceof TXTRecord txt) {
      return DnsJavaClient.text(txt);
    }
    if (record instanceof MXRecord mx) {
      return DnsJavaClient.mxHost(mx);
    }
    return record instanceof ARecord four ? four.getAddress() : ((AAAARecord) record).getAddress();
  }

  /** A server of which each name is an alias of a name with one record of each type but SOA. */
  private static final class Canned implements Resolver {
    @Override
    public CompletionStage<Message> sendAsync(Message query, Executor executor) {
      try {
        Record question = new Message(query.toWire()).getQuestion();
        Message answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.addRecord(question, Section.QUESTION);
        Name target = Name.fromString("target", question.getName());
        answer.addRecord(
            new CNAMERecord(question.getName(), DClass.IN, TTL, target), Section.ANSWER);
        if (question.getType() == Type.SOA) {
          answer.addRecord(
              new SOARecord(target, DClass.IN, TTL, target, target, 1, TTL, TTL, TTL, TTL),
              Section.AUTHORITY);
        } else {
          answer.addRecord(record(target, question.getType()), Section.ANSWER);
        }
        return CompletableFuture.completedFuture(new Message(answer.toWire()));
      } catch (IOException e) {
        throw new IllegalStateException("DNS: expected a readable message, found " + e, e);
      }
    }

    private static Record record(Name name, int type) throws IOException {
      return switch (type) {
        case Type.A -> new ARecord(name, DClass.IN, TTL, InetAddress.getByAddress(new byte[4]));
        case Type.AAAA ->
            new AAAARecord(name, DClass.IN, TTL, InetAddress.getByAddress(new byte[16]));
        case Type.MX -> new MXRecord(name, DClass.IN, TTL, 1, name);
        default -> new TXTRecord(name, DClass.IN, TTL, "v=STSv1; id=1;");
      };
    }

    @Override
    public void setPort(int port) {}

    @Override
    public void setTCP(boolean tcp) {}

    @Override
    public void setIgnoreTruncation(boolean ignore) {}

    @Override
    public void setEDNS(int version, int payloadSize, int flags, List<EDNSOption> options) {}

    @Override
    public void setTSIGKey(TSIG key) {}

    @Override
    public void setTimeout(Duration timeout) {}
  }
}
