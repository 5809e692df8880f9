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

/** How single messages are read; whole exchanges are in {@link DnsJavaClientTest}. */
class DnsJavaReplyTest {
  private static final DnsJavaQuestion QUESTION = question("name.example");

  @Test
  void believesAResponseThatRepeatsTheQuestion() {
    assertThat(read(response("x"))).isInstanceOf(DnsJavaReply.Records.class);
  }

  @Test
  void believesNoReflectedQuestion() {
    Message message = response("x");
    message.getHeader().unsetFlag(Flags.QR);

    assertThat(uselessBecause(message)).isEqualTo("expected a response, found a query");
  }

  @Test
  void believesNoMessageWithoutItsQuestion() {
    Message message = response("x");
    message.removeAllRecords(Section.QUESTION);

    assertThat(uselessBecause(message)).isEqualTo("expected the question repeated, found another");
  }

  @ParameterizedTest
  @ValueSource(ints = {Type.A, Type.ANY})
  void believesNoAnswerToAnotherType(int type) {
    Message message = response("x");
    message.removeAllRecords(Section.QUESTION);
    message.addRecord(Record.newRecord(QUESTION.name(), type, DClass.IN), Section.QUESTION);

    assertThat(uselessBecause(message)).isEqualTo("expected the question repeated, found another");
  }

  @Test
  void believesNoTruncatedAnswer() {
    Message message = response("x");
    message.getHeader().setFlag(Flags.TC);

    assertThat(uselessBecause(message))
        .isEqualTo("expected a complete answer, found a truncated one");
  }

  @ParameterizedTest
  @ValueSource(ints = {Rcode.FORMERR, Rcode.SERVFAIL, Rcode.NOTIMP, Rcode.REFUSED, Rcode.NOTAUTH})
  void learnsNothingFromAnErrorCode(int rcode) {
    Message message = response("x");
    message.getHeader().setRcode(rcode);

    assertThat(uselessBecause(message))
        .isEqualTo("expected an answer, found " + Rcode.string(rcode));
  }

  @Test
  void leavesRecordsOfOtherClassesAlone() {
    Message message = response("x");
    message.removeAllRecords(Section.ANSWER);
    message.addRecord(new TXTRecord(QUESTION.name(), DClass.CH, 1, "x"), Section.ANSWER);

    assertThat(read(message)).isInstanceOf(DnsJavaReply.Nothing.class);
  }

  @Test
  void takesATtlWithTheSignBitForZero() throws IOException {
    byte[] wire = response("x").toWire();
    int ttl = new String(wire, StandardCharsets.ISO_8859_1).indexOf("\1\2\3\4");
    wire[ttl] |= (byte) 0x80;

    DnsJavaReply read = DnsJavaReply.read(new Message(wire), QUESTION);

    assertThat(read).isInstanceOf(DnsJavaReply.Records.class);
    assertThat(((DnsJavaReply.Records) read).ttl()).isZero();
  }

  @Test
  void takesNoNegativeTtlFromTheSoaOfAnotherDomain() {
    Message message = empty();
    message.addRecord(soa(question("other.example").name()), Section.AUTHORITY);

    assertThat(read(message)).isEqualTo(new DnsJavaReply.Nothing(DnsAnswer.Status.NO_DATA, 0));
  }

  /** RFC 2308 §2.2: an NS and no SOA is what tells a referral from "no such record". */
  @Test
  void takesNoReferralForNoRecord() {
    Message message = empty();
    message.addRecord(nameServer(), Section.AUTHORITY);

    assertThat(uselessBecause(message))
        .isEqualTo("expected the answer of a recursive server, found a referral to other servers");
  }

  @Test
  void takesAnSoaBesideNameServersForNoRecord() {
    Message message = empty();
    message.addRecord(nameServer(), Section.AUTHORITY);
    message.addRecord(soa(Name.root), Section.AUTHORITY);

    assertThat(read(message)).isEqualTo(new DnsJavaReply.Nothing(DnsAnswer.Status.NO_DATA, 900));
  }

  @Test
  void takesAnEmptyAnswerWithoutAnyAuthorityForNoRecord() {
    assertThat(read(empty())).isEqualTo(new DnsJavaReply.Nothing(DnsAnswer.Status.NO_DATA, 0));
  }

  @Test
  void takesANameThatDoesNotExistForNoReferral() {
    Message message = empty();
    message.getHeader().setRcode(Rcode.NXDOMAIN);
    message.addRecord(nameServer(), Section.AUTHORITY);

    assertThat(read(message)).isEqualTo(new DnsJavaReply.Nothing(DnsAnswer.Status.NO_DOMAIN, 0));
  }

  private static Message empty() {
    Message message = response("x");
    message.removeAllRecords(Section.ANSWER);
    return message;
  }

  private static Record nameServer() {
    return new NSRecord(Name.root, DClass.IN, 518_400, question("a.root.example").name());
  }

  private static Record soa(Name zone) {
    return new SOARecord(zone, DClass.IN, 900, zone, zone, 1, 1, 1, 1, 900);
  }

  private static DnsJavaReply read(Message message) {
    return DnsJavaReply.read(message, QUESTION);
  }

  private static String uselessBecause(Message message) {
    return ((DnsJavaReply.Useless) read(message)).why();
  }

  private static Message response(String text) {
    Message message = QUESTION.toMessage();
    message.getHeader().setFlag(Flags.QR);
    message.addRecord(
        new TXTRecord(QUESTION.name(), DClass.IN, 0x01020304, List.of(text)), Section.ANSWER);
    return message;
  }

  private static DnsJavaQuestion question(String name) {
    return DnsJavaQuestion.of(DomainName.of(name), Type.TXT);
  }
}
