// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.tls.MxTls;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class MailPropertiesTest {
  @ParameterizedTest
  @CsvSource({
    "OPPORTUNISTIC, false",
    "TESTING, false",
    "ENFORCED, true",
    "REFUSED, true",
  })
  void requiresStartTlsWhereMailMustNotGoInClear(Requirement requirement, String required) {
    Properties properties = MailProperties.secure(tls(requirement));
    assertThat(properties)
        .containsOnlyKeys(
            "mail.smtp.starttls.enable",
            "mail.smtp.starttls.required",
            "mail.smtp.ssl.socketFactory",
            "mail.smtp.ssl.socketFactory.class",
            "mail.smtp.ssl.checkserveridentity",
            "mail.smtp.ssl.enable",
            "mail.smtp.socketFactory",
            "mail.smtp.socketFactory.class")
        .containsEntry("mail.smtp.starttls.enable", "true")
        .containsEntry("mail.smtp.starttls.required", required)
        .containsEntry("mail.smtp.ssl.checkserveridentity", "false");
    assertThat(properties.get("mail.smtp.ssl.socketFactory")).isInstanceOf(SSLSocketFactory.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = Requirement.class,
      names = {"OPPORTUNISTIC", "TESTING"})
  void disablesStartTlsWhereMailMayGoInClear(Requirement requirement) {
    assertThat(MailProperties.withoutStartTls(tls(requirement)))
        .hasSize(8)
        .containsEntry("mail.smtp.starttls.enable", "false")
        .containsEntry("mail.smtp.starttls.required", "false")
        .containsEntry("mail.smtp.ssl.checkserveridentity", "false")
        .containsKey("mail.smtp.ssl.socketFactory");
  }

  @ParameterizedTest
  @EnumSource(
      value = Requirement.class,
      names = {"ENFORCED", "REFUSED"})
  void neverDisablesStartTlsUnderEnforce(Requirement requirement) {
    MxTls tls = tls(requirement);
    assertThatThrownBy(() -> MailProperties.withoutStartTls(tls))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ask allowsPlainText() first");
  }

  private static MxTls tls(Requirement requirement) {
    MxPattern pattern = MxPattern.of("mx.example.com");
    Policy policy =
        new Policy(
            PolicyMode.ENFORCE, List.of(pattern), Duration.ofDays(1), Map.of(), "", List.of());
    Resolution resolution = Resolution.inForce("example.com", policy, MxTlsSettings.DEFAULT);
    return MxTls.forDecision(
        new MxDecision(resolution, "mx.example.com", requirement, Optional.of(pattern)));
  }
}
