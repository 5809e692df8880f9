// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResultType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Changes that an attacker may have caused are reported once. */
final class SuspicionTest {
  private final FakeInternet net = new FakeInternet();
  private final RecordingListener events = new RecordingListener();
  private final PolicyResolver resolver = net.resolver(events);

  @BeforeEach
  void cachePolicy() {
    net.txt("example.com", 60, "v=STSv1; id=1;").enforce("example.com", 604_800, "mx.example.com");
    resolver.resolve("example.com");
    events.read();
  }

  private void lookUpAfterTtl() {
    net.pass(60);
    resolver.resolve("example.com");
  }

  @Test
  void aVanishedRecordIsReportedOnce() {
    net.noTxt("example.com", 60);
    lookUpAfterTtl();
    lookUpAfterTtl();
    lookUpAfterTtl();

    assertThat(events.read()).containsExactly("suspicious example.com RECORD_VANISHED");
  }

  @Test
  void aRecordThatVanishesAgainIsReportedAgain() {
    net.noTxt("example.com", 60);
    lookUpAfterTtl();
    net.txt("example.com", 60, "v=STSv1; id=1;");
    lookUpAfterTtl();
    net.noTxt("example.com", 60);
    lookUpAfterTtl();

    assertThat(events.read())
        .containsExactly(
            "suspicious example.com RECORD_VANISHED", "suspicious example.com RECORD_VANISHED");
  }

  @Test
  void aMalformedRecordIsReported() {
    net.txt("example.com", 60, "v=STSv1; id=not an id");
    lookUpAfterTtl();

    assertThat(events.read()).containsExactly("suspicious example.com RECORD_INVALID");
  }

  @Test
  void aDnsFailureInBetweenDoesNotRepeatTheReport() {
    net.noTxt("example.com", 60);
    lookUpAfterTtl();
    net.dnsDown("example.com");
    lookUpAfterTtl();
    net.noTxt("example.com", 60);
    lookUpAfterTtl();

    assertThat(events.read()).containsExactly("suspicious example.com RECORD_VANISHED");
  }

  @Test
  void aDnsFailureAloneIsNotSuspicious() {
    net.dnsDown("example.com");
    lookUpAfterTtl();

    assertThat(events.read()).isEmpty();
  }

  @Test
  void aNewIdWithoutAPolicyIsReportedOnceThoughFetchesFailAgain() {
    net.txt("example.com", 60, "v=STSv1; id=2;")
        .broken("example.com", ResultType.STS_POLICY_FETCH_ERROR);
    for (int minute = 0; minute < 7; minute++) {
      lookUpAfterTtl();
    }

    assertThat(events.read())
        .containsExactly(
            "failed example.com sts-policy-fetch-error",
            "suspicious example.com ID_CHANGED_BUT_NOT_FETCHED",
            "failed example.com sts-policy-fetch-error");
  }

  @Test
  void aFailedRenewalUnderTheSameIdIsNotSuspicious() {
    net.broken("example.com", ResultType.STS_POLICY_FETCH_ERROR);
    net.pass(300);
    resolver.recheck("example.com");

    assertThat(events.read()).containsExactly("failed example.com sts-policy-fetch-error");
  }

  @Test
  @Tag("rfc-item-95")
  void enforceReplacedByTestingIsReportedAndApplied() {
    net.txt("example.com", 60, "v=STSv1; id=2;")
        .policy("example.com", FakeInternet.text("testing", 604_800, "mx.example.com"));
    lookUpAfterTtl();

    assertThat(events.read())
        .containsExactly("suspicious example.com ENFORCE_WEAKENED", "fetched example.com testing");
    assertThat(resolver.resolve("example.com").decide("other.example").requirement())
        .isEqualTo(Requirement.TESTING);
  }

  @Test
  void aCollapsedMaxAgeIsReported() {
    net.txt("example.com", 60, "v=STSv1; id=2;").enforce("example.com", 60_479, "mx.example.com");
    lookUpAfterTtl();

    assertThat(events.read())
        .containsExactly("suspicious example.com MAX_AGE_COLLAPSED", "fetched example.com enforce");
  }

  @Test
  void aTenthOfTheMaxAgeIsNotReported() {
    net.txt("example.com", 60, "v=STSv1; id=2;").enforce("example.com", 60_480, "mx.example.com");
    lookUpAfterTtl();

    assertThat(events.read()).containsExactly("fetched example.com enforce");
  }

  @Test
  void leavingMtaStsByModeNoneIsReportedAsWeakenedAndFetched() {
    net.txt("example.com", 60, "v=STSv1; id=2;")
        .policy("example.com", FakeInternet.text("none", 86_400));
    lookUpAfterTtl();

    assertThat(events.read())
        .containsExactly("suspicious example.com ENFORCE_WEAKENED", "fetched example.com none");
  }
}
