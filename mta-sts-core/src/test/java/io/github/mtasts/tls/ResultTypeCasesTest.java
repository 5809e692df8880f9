// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static io.github.mtasts.testing.MxReaction.alert;
import static io.github.mtasts.testing.MxReaction.handshake;
import static io.github.mtasts.testing.MxReaction.silence;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.JsonLines;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.ScriptedMx;
import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The rows of the result type table about TLS, each in a real handshake. */
final class ResultTypeCasesTest {
  private final World world = new World();

  @TestFactory
  Stream<DynamicTest> rowsAboutTls() {
    return JsonLines.read("rfc8461/cases/tlsrpt_result_type.jsonl").stream()
        .filter(row -> row.get("given") instanceof Map<?, ?> given && given.containsKey("tls"))
        .map(
            row -> DynamicTest.dynamicTest(row.get("n") + " " + row.get("case"), () -> check(row)));
  }

  private void check(Map<String, Object> row) throws IOException {
    MxTls tls = world.enforced(World.MX);
    String number = String.valueOf(row.get("n"));
    try (ScriptedMx server = ScriptedMx.script().onConnect(server(number)).start();
        Socket socket = World.connect(server.address())) {
      socket.setSoTimeout(number.equals("tres-007") ? 100 : 20_000);
      tls.startTls(socket).close();
    } catch (IOException e) {
      // The verdict has the reason.
    }
    assertThat(World.failure(tls.verdict().orElseThrow()).map(ResultType::label))
        .contains((String) Objects.requireNonNull(row.get("result_type")));
  }

  private MxReaction server(String number) {
    return switch (number) {
      case "tres-001" -> handshake(world.ca.leaf().dnsNames(World.MX).expired().issue());
      case "tres-004" -> alert(70);
      case "tres-007" -> silence();
      case "tres-025" -> handshake(world.ca.leaf().dnsNames(World.MX).selfSigned().issue());
      case "tres-028" -> handshake(world.ca.leaf().dnsNames(World.MX).clientAuthOnly().issue());
      default -> throw new IllegalArgumentException("no server for row " + number);
    };
  }
}
