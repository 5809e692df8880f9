// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import static io.github.mtasts.testing.MxReaction.drip;
import static io.github.mtasts.testing.MxReaction.hangUp;
import static io.github.mtasts.testing.MxReaction.say;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** The MX hosts of the kit, line by line. */
final class MxHostsTest {
  private static final String MESSAGE = "Subject: hi\r\n\r\n..dot\r\nend\r\n";

  @Test
  void honestHostKeepsAMessageByteForByte() throws IOException {
    try (MxServer server = MxServer.startWithoutTls()) {
      send(server.address());
      ReceivedMail mail = server.messages().get(0);
      assertThat(mail.text()).isEqualTo("Subject: hi\r\n\r\n.dot\r\nend\r\n");
      assertThat(mail.from()).isEqualTo("alice@example.org");
      assertThat(mail.recipients()).containsExactly("bob@example.com");
      assertThat(mail.isOverTls()).isFalse();
      assertThat(server.dialogue())
          .containsExactly("MAIL FROM:<alice@example.org>", "RCPT TO:<bob@example.com>", "DATA");
    }
  }

  @Test
  void scriptedHostKeepsAMessageByteForByte() throws IOException {
    try (ScriptedMx server = ScriptedMx.script().start()) {
      send(server.address());
      ReceivedMail mail = server.messages().get(0);
      assertThat(mail.text()).isEqualTo("Subject: hi\r\n\r\n.dot\r\nend\r\n");
      assertThat(mail.content()).hasSize(26);
      assertThat(mail).hasToString("mail from <alice@example.org> to [bob@example.com] in clear");
      assertThat(server.dialogue()).first().asString().startsWith("EHLO");
    }
  }

  @Test
  void hostsListenOnTheGivenAddress() throws IOException {
    InetSocketAddress where = new InetSocketAddress(InetAddress.getByName("127.0.0.2"), 0);
    try (MxServer honest = MxServer.builder().address(where).hostName("mx2.example").start();
        ScriptedMx scripted = ScriptedMx.script().address(where).start()) {
      assertThat(honest.address().getAddress().getHostAddress()).isEqualTo("127.0.0.2");
      assertThat(scripted.address().getAddress().getHostAddress()).isEqualTo("127.0.0.2");
      try (Client client = new Client(honest.address())) {
        assertThat(client.reply()).startsWith("220 mx2.example");
      }
    }
  }

  @Test
  void honestHostOffersStartTlsOnlyWithACertificate() throws IOException {
    try (MxServer clear = MxServer.startWithoutTls();
        MxServer secure = MxServer.start(TestCa.create().issue("mx.example"))) {
      assertThat(extensions(clear)).doesNotContain("STARTTLS");
      assertThat(extensions(secure)).contains("STARTTLS");
    }
  }

  /** RFC 3207 §4.2 */
  @Test
  void hostsOfferStartTlsInClearOnly() throws Exception {
    TestCa ca = TestCa.create();
    TestCertificate certificate = ca.issue("mx.example");
    try (MxServer honest = MxServer.start(certificate);
        ScriptedMx scripted =
            ScriptedMx.script()
                .on("STARTTLS", say("220 go ahead"), MxReaction.handshake(certificate))
                .start()) {
      for (InetSocketAddress host : List.of(honest.address(), scripted.address())) {
        try (Client client = new Client(host)) {
          client.reply();
          assertThat(client.extensions()).contains("STARTTLS");
          assertThat(client.say("STARTTLS")).startsWith("220");
          client.startTls(ca);
          assertThat(client.extensions()).contains("8BITMIME").doesNotContain("STARTTLS");
        }
      }
    }
  }

  @Test
  void scriptedHostFollowsItsScript() throws IOException {
    try (ScriptedMx server =
            ScriptedMx.script()
                .on("MAIL", drip("421 4.3.2 going", Duration.ofMillis(1)), hangUp())
                .on("DATA", say("451 no"))
                .start();
        Client client = new Client(server.address())) {
      assertThat(client.reply()).startsWith("220");
      assertThat(client.say("DATA")).isEqualTo("451 no");
      assertThat(client.say("STARTTLS")).startsWith("454");
      assertThat(client.say("MAIL FROM:<>")).isEqualTo("421 4.3.2 going");
      assertThat(client.reply()).isEqualTo("end of stream");
    }
  }

  @Test
  void scriptedHostRefusesAMessageAfterReadingIt() throws Exception {
    try (ScriptedMx mx = ScriptedMx.script().on(".", MxReaction.say("451 disk full")).start();
        Client client = new Client(mx.address())) {
      assertThat(client.reply()).startsWith("220");
      assertThat(client.say("MAIL FROM:<alice@example.org>")).startsWith("250");
      assertThat(client.say("RCPT TO:<bob@example.com>")).startsWith("250");
      assertThat(client.say("DATA")).startsWith("354");
      assertThat(client.say(MESSAGE + ".")).isEqualTo("451 disk full");
      assertThat(mx.messages()).hasSize(1);
    }
  }

  @Test
  void scriptedHostKnowsWhetherAClientIsConnected() throws Exception {
    try (ScriptedMx mx = ScriptedMx.script().start()) {
      try (Client client = new Client(mx.address())) {
        assertThat(client.reply()).startsWith("220");
        assertThat(mx.isDeserted(Duration.ZERO)).isFalse();
      }
      assertThat(mx.isDeserted(Duration.ofSeconds(20))).isTrue();
    }
  }

  @Test
  void hostsStopListeningOnClose() {
    MxServer honest = MxServer.startWithoutTls();
    ScriptedMx scripted = ScriptedMx.script().start();
    InetSocketAddress first = honest.address();
    InetSocketAddress second = scripted.address();
    honest.close();
    scripted.close();
    Assertions.assertThatThrownBy(() -> new Client(first)).isInstanceOf(ConnectException.class);
    Assertions.assertThatThrownBy(() -> new Client(second)).isInstanceOf(ConnectException.class);
  }

  private static String extensions(MxServer server) throws IOException {
    try (Client client = new Client(server.address())) {
      client.reply();
      return client.extensions();
    }
  }

  private static void send(InetSocketAddress server) throws IOException {
    try (Client client = new Client(server)) {
      client.reply();
      client.say("EHLO test.example");
      while (client.reply().startsWith("250-")) {
        // the rest of the extensions
      }
      assertThat(client.say("MAIL FROM:<alice@example.org>")).startsWith("250");
      assertThat(client.say("RCPT TO:<bob@example.com>")).startsWith("250");
      assertThat(client.say("DATA")).startsWith("354");
      assertThat(client.say(MESSAGE + ".")).startsWith("250");
      assertThat(client.say("QUIT")).startsWith("221");
    }
  }

  private static final class Client implements AutoCloseable {
    private Socket socket;
    private BufferedReader in;

    private Client(InetSocketAddress server) throws IOException {
      socket = new Socket(server.getAddress(), server.getPort());
      socket.setSoTimeout(20_000);
      in = reader(socket);
    }

    private static BufferedReader reader(Socket socket) throws IOException {
      return new BufferedReader(
          new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    private void startTls(TestCa ca) throws IOException, GeneralSecurityException {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {ca.trustManager()}, null);
      socket = context.getSocketFactory().createSocket(socket, "mx.example", 25, true);
      in = reader(socket);
    }

    private String extensions() throws IOException {
      StringBuilder all = new StringBuilder();
      String line = say("EHLO test.example");
      while (line.startsWith("250-")) {
        all.append(line).append('\n');
        line = reply();
      }
      return all.append(line).toString();
    }

    private String say(String line) throws IOException {
      socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
      return reply();
    }

    private String reply() throws IOException {
      String line = in.readLine();
      return line == null ? "end of stream" : line;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
