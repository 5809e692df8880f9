// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.testing.MxServer;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Shadow mode: mail is delivered, and the detail says what enforcement would have refused. */
final class ShadowDeliveryTest {
  private final MailFixture fixture = new MailFixture().shadow();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  private DomainDelivery deliver() throws Exception {
    fixture.domain("example.com", "mx1.example.com");
    DomainDelivery delivery = fixture.deliver("bob@example.com").get(0);
    assertThat(delivery.disposition()).as(delivery.detail()).isEqualTo(Disposition.DELIVERED);
    return delivery;
  }

  @Test
  void deliversToAHostWithAWrongCertificateAndReportsIt() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com", MailFixture.CA.issue("other.example.com"));
    fixture.enforce("example.com", "mx1.example.com");

    DomainDelivery delivery = deliver();

    assertThat(mx.messages()).singleElement().matches(mail -> mail.isOverTls());
    assertThat(delivery.requirement()).contains(Requirement.TESTING);
    assertThat(delivery.detail())
        .contains("Shadow mode: would have been refused: ", "other.example.com");
    assertThat(fixture.rechecks).isEmpty();
    assertThat(fixture.sessions)
        .singleElement()
        .returns(Optional.of(ResultType.CERTIFICATE_HOST_MISMATCH), TlsSession::failure);
  }

  @Test
  void deliversInClearWithoutStartTlsAndReportsIt() throws Exception {
    MxServer mx = fixture.mxWithoutTls("mx1.example.com");
    fixture.enforce("example.com", "mx1.example.com");

    assertThat(deliver().detail())
        .contains("Shadow mode: would have been refused: STARTTLS at mx1.example.com");
    assertThat(mx.messages()).hasSize(1);
    assertThat(fixture.sessions)
        .singleElement()
        .returns(Optional.of(ResultType.STARTTLS_NOT_SUPPORTED), TlsSession::failure);
  }

  @Test
  void deliversToAHostThatThePolicyDoesNotList() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.enforce("example.com", "other.example.com");

    assertThat(deliver().detail())
        .contains(
            "expected an MX host among other.example.com, found mx1.example.com",
            "Shadow mode: would be refused");
    assertThat(mx.messages()).hasSize(1);
    assertThat(fixture.sessions)
        .singleElement()
        .returns(Optional.of(ResultType.VALIDATION_FAILURE), TlsSession::failure);
  }

  @Test
  void addsNoNoteIfTheHostMeetsThePolicy() throws Exception {
    fixture.mx("mx1.example.com");
    fixture.enforce("example.com", "mx1.example.com");

    assertThat(deliver().detail()).doesNotContainIgnoringCase("shadow");
    assertThat(fixture.sessions).singleElement().returns(Optional.empty(), TlsSession::failure);
  }
}
