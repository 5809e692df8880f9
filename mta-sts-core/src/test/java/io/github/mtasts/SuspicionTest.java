// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResultType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an attacker would like to happen is told, once. */
final class SuspicionTest {
  private final FakeInternet net = new FakeInternet();
  private final RecordingListener diary = new RecordingListener();
  private final PolicyResolver resolver = net.resolver(diary);

  @BeforeEach
  void known() {
    net.txt("example.com", 60, "v=STSv1; id=1;").enforce("example.com", 604_800, "mx.example.com");
    resolver.resolve("example.com");
    diary.read();
  }

  private void look() {
    net.pass(60);
    resolver.resolve("example.com");
  }

  @Test
  void aVanishedRecordIsToldOnce() {
    net.noTxt("example.com", 60);
    look();
    look();
    look();

    assertThat(diary.read()).containsExactly("suspicious example.com RECORD_VANISHED");
  }

  @Test
  void aRecordThatVanishesAgainIsToldAgain() {
    net.noTxt("example.com", 60);
    look();
    net.txt("example.com", 60, "v=STSv1; id=1;");
    look();
    net.noTxt("example.com", 60);
    look();

    assertThat(diary.read())
        .containsExactly(
            "suspicious example.com RECORD_VANISHED", "suspicious example.com RECORD_VANISHED");
  }

  @Test
  void aMalformedRecordIsTold() {
    net.txt("example.com", 60, "v=STSv1; id=not an id");
    look();

    assertThat(diary.read()).containsExactly("suspicious example.com RECORD_INVALID");
  }

  @Test
  void aDeadDnsInBetweenDoesNotRepeatTheStory() {
    net.noTxt("example.com", 60);
    look();
    net.dnsDown("example.com");
    look();
    net.noTxt("example.com", 60);
    look();

    assertThat(diary.read()).containsExactly("suspicious example.com RECORD_VANISHED");
  }

  @Test
  void aDeadDnsAloneIsNotSuspicious() {
    net.dnsDown("example.com");
    look();

    assertThat(diary.read()).isEmpty();
  }

  @Test
  void aNewIdWithoutAPolicyIsToldOnceThoughFetchesFailAgain() {
    net.txt("example.com", 60, "v=STSv1; id=2;")
        .broken("example.com", ResultType.STS_POLICY_FETCH_ERROR);
    for (int minute = 0; minute < 7; minute++) {
      look();
    }

    assertThat(diary.read())
        .containsExactly(
            "failed example.com sts-policy-fetch-error",
            "suspicious example.com ID_CHANGED_BUT_NOT_FETCHED",
            "failed example.com sts-policy-fetch-error");
  }

  @Test
  void aFailedRenewalUnderTheSameIdIsAFailureOnly() {
    net.broken("example.com", ResultType.STS_POLICY_FETCH_ERROR);
    net.pass(300);
    resolver.recheck("example.com");

    assertThat(diary.read()).containsExactly("failed example.com sts-policy-fetch-error");
  }

  @Test
  @Tag("rfc-item-95")
  void enforceReplacedByTestingIsToldAndApplied() {
    net.txt("example.com", 60, "v=STSv1; id=2;")
        .policy("example.com", FakeInternet.text("testing", 604_800, "mx.example.com"));
    look();

    assertThat(diary.read())
        .containsExactly("suspicious example.com ENFORCE_WEAKENED", "fetched example.com testing");
    assertThat(resolver.resolve("example.com").decide("other.example").requirement())
        .isEqualTo(Requirement.TESTING);
  }

  @Test
  void aCollapsedMaxAgeIsTold() {
    net.txt("example.com", 60, "v=STSv1; id=2;").enforce("example.com", 60_479, "mx.example.com");
    look();

    assertThat(diary.read())
        .containsExactly("suspicious example.com MAX_AGE_COLLAPSED", "fetched example.com enforce");
  }

  @Test
  void aTenthOfTheMaxAgeIsNotYetACollapse() {
    net.txt("example.com", 60, "v=STSv1; id=2;").enforce("example.com", 60_480, "mx.example.com");
    look();

    assertThat(diary.read()).containsExactly("fetched example.com enforce");
  }

  @Test
  void leavingMtaStsAsTheRfcWantsItIsToldAsBoth() {
    net.txt("example.com", 60, "v=STSv1; id=2;")
        .policy("example.com", FakeInternet.text("none", 86_400));
    look();

    assertThat(diary.read())
        .containsExactly("suspicious example.com ENFORCE_WEAKENED", "fetched example.com none");
  }
}
