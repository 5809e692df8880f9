// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

class TestDnsTest {
  private final TestDns dns = TestDns.start();

  @AfterEach
  void close() {
    dns.close();
  }

  @Test
  void answersEveryTypeItHolds() throws Exception {
    dns.txt("t.example", "one", "two")
        .a("t.example", "192.0.2.1")
        .aaaa("t.example", "2001:db8::1")
        .mx("t.example", 10, "mx.t.example");

    assertThat(ask("T.example", Type.TXT).getSection(Section.ANSWER)).hasSize(2);
    assertThat(ask("t.example", Type.A).toString()).contains("192.0.2.1");
    assertThat(ask("t.example", Type.AAAA).toString()).contains("2001:db8:0:0:0:0:0:1");
    assertThat(ask("t.example", Type.MX).toString()).contains("10 mx.t.example.");
    assertThat(dns.queries("t.example", "TXT")).isEqualTo(1);
    assertThat(dns.queryLog())
        .containsExactly("t.example TXT", "t.example A", "t.example AAAA", "t.example MX");
  }

  @Test
  void putsCnamesAndTheirTargetIntoTheAnswer() throws Exception {
    dns.cname("a.example", "b.example").cname("b.example", "c.example").txt("c.example", "end");

    assertThat(ask("a.example", Type.TXT).getSection(Section.ANSWER)).hasSize(3);
  }

  @Test
  void distinguishesAnEmptyAnswerFromAMissingName() throws Exception {
    dns.negativeTtl(77, 66).a("only-a.example", "192.0.2.1");

    Message empty = ask("only-a.example", Type.TXT);
    Message missing = ask("missing.example", Type.TXT);

    assertThat(empty.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(empty.getSection(Section.ANSWER)).isEmpty();
    assertThat(missing.getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(missing.getSection(Section.AUTHORITY).get(0).getTTL()).isEqualTo(77);
  }

  @Test
  void answersAnyNameByFunction() throws Exception {
    dns.fallback(name -> Optional.of(List.of("for " + name)))
        .addressFallback(name -> Optional.of("192.0.2.9"));

    assertThat(ask("x1.example", Type.TXT).toString()).contains("for x1.example");
    assertThat(ask("x2.example", Type.A).toString()).contains("192.0.2.9");
  }

  @Test
  void answersWildcards() throws Exception {
    dns.a("*.example", "192.0.2.7");

    assertThat(ask("anything.example", Type.A).toString()).contains("192.0.2.7");
  }

  @Test
  void removesNames() throws Exception {
    dns.txt("gone.example", "x").remove("gone.example");

    assertThat(ask("gone.example", Type.TXT).getRcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void servesLongAnswersOverTcp() throws Exception {
    dns.txt("long.example", "x".repeat(3000));

    assertThat(ask("long.example", Type.TXT).getSection(Section.ANSWER)).hasSize(1);
    assertThat(dns.tcpQueryLog()).containsExactly("long.example TXT");
  }

  @Test
  void holdsQueriesUntilReleased() throws Exception {
    dns.txt("held.example", "x").hold("held.example");
    var answer = resolver().sendAsync(query("held.example", Type.TXT)).toCompletableFuture();
    while (dns.queries("held.example", "TXT") == 0) {
      Thread.onSpinWait();
    }

    assertThat(answer).isNotDone();
    dns.release("held.example");
    assertThat(answer.get().getSection(Section.ANSWER)).hasSize(1);
  }

  private Message ask(String name, int type) throws Exception {
    return resolver().send(query(name, type));
  }

  private SimpleResolver resolver() {
    SimpleResolver resolver = new SimpleResolver(dns.address());
    resolver.setTimeout(Duration.ofSeconds(20));
    return resolver;
  }

  private static Message query(String name, int type) throws Exception {
    return Message.newQuery(Record.newRecord(Name.fromString(name, Name.root), type, DClass.IN));
  }
}
