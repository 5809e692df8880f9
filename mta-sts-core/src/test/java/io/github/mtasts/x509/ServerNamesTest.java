// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.x509;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerNamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mail.example.com",
        "mail",
        "mail_1.example.com",
        "-mail-.example",
        "1.a",
        "mta-sts.corp.1"
      })
  void sendsEveryHostName(String host) {
    assertThat(ServerNames.of(host))
        .singleElement()
        .returns(0, SNIServerName::getType)
        .returns(host, name -> new String(name.getEncoded(), StandardCharsets.US_ASCII));
  }

  @Test
  void usesTheClassOfTheJdkWherePossible() {
    assertThat(ServerNames.of("mail.example.com"))
        .containsExactly(new SNIHostName("mail.example.com"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "fe80::a"})
  void sendsNoAddress(String host) {
    assertThat(ServerNames.of(host)).isEmpty();
  }
}
