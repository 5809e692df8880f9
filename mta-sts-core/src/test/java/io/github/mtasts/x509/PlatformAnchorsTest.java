// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.x509;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PlatformAnchorsTest {
  @Test
  void readsTheTrustAnchorsOfThePlatform() {
    assertThat(PlatformAnchors.trustManager().getAcceptedIssuers()).isNotEmpty();
  }
}
