// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.policy.DomainName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** Evaluates single messages; {@link DnsJavaClientTest} tests whole exchanges. */
class DnsJavaReplyTest {
  private static final DnsJavaQuery QUERY = query("name.example");

  @Test
  void acceptsAResponseThatRepeatsTheQuestion() {
    assertThat(read(response("x"))).isInstanceOf(DnsJavaReply.Records.class);
  }

  @Test
  void rejectsAQueryInPlaceOfAResponse() {
    Message message = response("x");
    message.getHeader().unsetFlag(Flags.QR);

    assertThat(unusableBecause(message)).isEqualTo("expected a response, found a query");
  }

  @Test
  void rejectsAMessageWithoutAQuestion() {
    Message message = response("x");
    message.removeAllRecords(Section.QUESTION);

    assertThat(unusableBecause(message)).isEqualTo("expected the question repeated, found another");
  }

  @ParameterizedTest
  @ValueSource(ints = {Type.A, Type.ANY})
  void rejectsAnAnswerForAnotherType(int type) {
    Message message = response("x");
    message.removeAllRecords(Section.QUESTION);
    message.addRecord(Record.newRecord(QUERY.name(), type, DClass.IN), Section.QUESTION);

    assertThat(unusableBecause(message)).isEqualTo("expected the question repeated, found another");
  }

  @Test
  void rejectsATruncatedAnswer() {
    Message message = response("x");
    message.getHeader().setFlag(Flags.TC);

    assertThat(unusableBecause(message))
        .isEqualTo("expected a complete answer, found a truncated one");
  }

  @ParameterizedTest
  @ValueSource(ints = {Rcode.FORMERR, Rcode.SERVFAIL, Rcode.NOTIMP, Rcode.REFUSED, Rcode.NOTAUTH})
  void rejectsAnErrorCode(int rcode) {
    Message message = response("x");
    message.getHeader().setRcode(rcode);

    assertThat(unusableBecause(message))
        .isEqualTo("expected an answer, found " + Rcode.string(rcode));
  }

  @Test
  void ignoresRecordsOfOtherClasses() {
    Message message = response("x");
    message.removeAllRecords(Section.ANSWER);
    message.addRecord(new TXTRecord(QUERY.name(), DClass.CH, 1, "x"), Section.ANSWER);

    assertThat(read(message)).isInstanceOf(DnsJavaReply.Empty.class);
  }

  @Test
  void readsATtlWithTheHighestBitSetAsZero() throws IOException {
    byte[] wire = response("x").toWire();
    int ttl = new String(wire, StandardCharsets.ISO_8859_1).indexOf("\1\2\3\4");
    wire[ttl] |= (byte) 0x80;

    DnsJavaReply read = DnsJavaReply.read(new Message(wire), QUERY);

    assertThat(read).isInstanceOf(DnsJavaReply.Records.class);
    assertThat(((DnsJavaReply.Records) read).ttl()).isZero();
  }

  @Test
  void ignoresTheSoaOfAnotherDomain() {
    Message message = empty();
    message.addRecord(soa(query("other.example").name()), Section.AUTHORITY);

    assertThat(read(message)).isEqualTo(new DnsJavaReply.Empty(DnsAnswer.Status.NO_DATA, 0));
  }

  /** RFC 2308 §2.2: a referral has NS records and no SOA record. */
  @Test
  void rejectsAReferral() {
    Message message = empty();
    message.addRecord(nameServer(), Section.AUTHORITY);

    assertThat(unusableBecause(message))
        .isEqualTo("expected the answer of a recursive server, found a referral to other servers");
  }

  @Test
  void readsAnSoaBesideNameServersAsNoRecord() {
    Message message = empty();
    message.addRecord(nameServer(), Section.AUTHORITY);
    message.addRecord(soa(Name.root), Section.AUTHORITY);

    assertThat(read(message)).isEqualTo(new DnsJavaReply.Empty(DnsAnswer.Status.NO_DATA, 900));
  }

  @Test
  void readsAnEmptyAnswerWithoutAuthorityAsNoRecord() {
    assertThat(read(empty())).isEqualTo(new DnsJavaReply.Empty(DnsAnswer.Status.NO_DATA, 0));
  }

  @Test
  void readsNxdomainWithNameServersAsNoDomain() {
    Message message = empty();
    message.getHeader().setRcode(Rcode.NXDOMAIN);
    message.addRecord(nameServer(), Section.AUTHORITY);

    assertThat(read(message)).isEqualTo(new DnsJavaReply.Empty(DnsAnswer.Status.NO_DOMAIN, 0));
  }

  private static Message empty() {
    Message message = response("x");
    message.removeAllRecords(Section.ANSWER);
    return message;
  }

  private static Record nameServer() {
    return new NSRecord(Name.root, DClass.IN, 518_400, query("a.root.example").name());
  }

  private static Record soa(Name zone) {
    return new SOARecord(zone, DClass.IN, 900, zone, zone, 1, 1, 1, 1, 900);
  }

  private static DnsJavaReply read(Message message) {
    return DnsJavaReply.read(message, QUERY);
  }

  private static String unusableBecause(Message message) {
    return ((DnsJavaReply.Unusable) read(message)).why();
  }

  private static Message response(String text) {
    Message message = QUERY.toMessage();
    message.getHeader().setFlag(Flags.QR);
    message.addRecord(
        new TXTRecord(QUERY.name(), DClass.IN, 0x01020304, List.of(text)), Section.ANSWER);
    return message;
  }

  private static DnsJavaQuery query(String name) {
    return DnsJavaQuery.of(DomainName.of(name), Type.TXT);
  }
}
