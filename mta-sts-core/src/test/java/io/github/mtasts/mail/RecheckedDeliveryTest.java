// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.TestCertificate;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Deliveries that the policy blocks at every host. RFC 8461 §5.1 */
final class RecheckedDeliveryTest {
  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  @Tag("rfc-item-78")
  @Tag("rfc-item-79")
  void triesAllHostsOnceMoreUnderANewPolicy() throws Exception {
    MxServer mx1 = fixture.mx("mx1.example.com", expired("mx1.example.com"));
    MxServer mx2 = fixture.mx("mx2.example.com");
    fixture
        .domain("example.com", "mx1.example.com", "mx2.example.com")
        .enforce("example.com", "mx1.example.com")
        .afterRecheck("example.com", "*.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(delivery.attempts())
        .extracting(Attempt::mxHost, Attempt::outcome)
        .containsExactly(
            tuple("mx1.example.com", Outcome.TLS_FAILED),
            tuple("mx2.example.com", Outcome.REFUSED),
            tuple("mx1.example.com", Outcome.TLS_FAILED),
            tuple("mx2.example.com", Outcome.DELIVERED));
    assertThat(fixture.rechecks).containsExactly("example.com");
    assertThat(mx1.messages()).isEmpty();
    assertThat(mx2.messages()).hasSize(1);
  }

  @Test
  void triesAllHostsOnlyOnceMore() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture
        .domain("example.com", "mx1.example.com")
        .enforce("example.com", "old.example.com")
        .afterRecheck("example.com", "new.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.7.1");
    assertThat(delivery.resultType()).contains(ResultType.VALIDATION_FAILURE);
    assertThat(delivery.attempts()).hasSize(2);
    assertThat(fixture.rechecks).hasSize(1);
    assertThat(mx.dialogue()).isEmpty();
  }

  @Test
  @Tag("rfc-item-78")
  void defersAtOnceIfThePolicyIsStillTheSame() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com", expired("mx1.example.com"));
    fixture.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.7.5");
    assertThat(delivery.requirement()).contains(Requirement.ENFORCED);
    assertThat(delivery.resultType()).contains(ResultType.CERTIFICATE_EXPIRED);
    assertThat(delivery.attempts()).hasSize(1);
    assertThat(fixture.rechecks).containsExactly("example.com");
    assertThat(mx.dialogue()).noneMatch(line -> line.startsWith("MAIL"));
  }

  @Test
  void checksForNoNewPolicyIfThePolicyBlockedNothing() throws Exception {
    fixture.addressOf("mx1.example.com"); // no server listens there
    fixture.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");

    assertThat(fixture.deliverToOne("bob@example.com").status()).isEqualTo("4.4.1");
    assertThat(fixture.rechecks).isEmpty();
  }

  @Test
  void refusesEveryHostWhileDnsIsUnavailableIfConfiguredToDefer() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture
        .domain("example.com", "mx1.example.com")
        .resolution(fixture.undetermined(Cause.DNS_UNAVAILABLE, true));

    DomainDelivery delivery = fixture.deliverToOne("bob@example.com");

    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.4.3");
    assertThat(delivery.resultType()).isEmpty();
    assertThat(delivery.attempts())
        .extracting(Attempt::outcome, Attempt::requirement)
        .containsExactly(tuple(Outcome.REFUSED, Requirement.REFUSED));
    assertThat(mx.dialogue()).isEmpty();
  }

  @Test
  void deliversOnceDnsHasAnswered() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture
        .domain("example.com", "mx1.example.com")
        .resolution(fixture.undetermined(Cause.DNS_UNAVAILABLE, true))
        .afterRecheck("example.com", "mx1.example.com");

    assertThat(fixture.deliverToOne("bob@example.com").disposition())
        .isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages()).hasSize(1);
  }

  @Test
  void deliversWithoutPolicyWhileDnsIsUnavailableIfConfiguredToProceed() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture
        .domain("example.com", "mx1.example.com")
        .resolution(fixture.undetermined(Cause.DNS_UNAVAILABLE, false));

    assertThat(fixture.deliverToOne("bob@example.com").disposition())
        .isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages()).hasSize(1);
  }

  @Test
  @Tag("rfc-item-71")
  void deliversAndRecordsFailuresUnderATestingPolicy() throws Exception {
    MxServer mx1 = fixture.mx("mx1.example.com", expired("mx1.example.com"));
    MxServer mx2 = fixture.mx("mx2.example.com");
    fixture
        .domain("example.com", "mx1.example.com")
        .testing("example.com", "mx1.example.com")
        .domain("example.net", "mx2.example.com")
        .testing("example.net", "mx1.example.net");

    assertThat(fixture.deliver("bob@example.com", "bob@example.net"))
        .extracting(DomainDelivery::disposition, DomainDelivery::requirement)
        .containsOnly(tuple(Disposition.DELIVERED, Optional.of(Requirement.TESTING)));
    assertThat(mx1.messages()).singleElement().matches(mail -> mail.isOverTls());
    assertThat(mx2.messages()).singleElement().matches(mail -> mail.isOverTls());
    assertThat(fixture.sessions)
        .extracting(TlsSession::failure)
        .containsExactlyInAnyOrder(
            Optional.of(ResultType.CERTIFICATE_EXPIRED),
            Optional.of(ResultType.VALIDATION_FAILURE));
    assertThat(fixture.rechecks).isEmpty();
  }

  private static TestCertificate expired(String host) {
    return MailFixture.CA.leaf().dnsNames(host).expired().issue();
  }
}
