// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.ResultType;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The labels in published files and reports. */
class LabelsTest {
  @Test
  void modesHaveTheLabelsOfPolicyFiles() {
    assertThat(PolicyMode.values())
        .extracting(PolicyMode::label)
        .containsExactly("enforce", "testing", "none");
  }

  @Test
  void theElevenResultTypesHaveTheRegisteredLabels() {
    assertThat(Arrays.stream(ResultType.values()).map(ResultType::label))
        .containsExactlyInAnyOrder(
            "starttls-not-supported",
            "certificate-host-mismatch",
            "certificate-expired",
            "certificate-not-trusted",
            "validation-failure",
            "tlsa-invalid",
            "dnssec-invalid",
            "dane-required",
            "sts-policy-fetch-error",
            "sts-policy-invalid",
            "sts-webpki-invalid");
    assertThat(ResultType.VALIDATION_FAILURE).hasToString("validation-failure");
  }
}
