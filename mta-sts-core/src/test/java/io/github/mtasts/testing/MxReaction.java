// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * One action of a {@link ScriptedMx} on a command, for example {@code say("220 go ahead")}.
 * Immutable, hence thread-safe.
 */
public final class MxReaction {
  private final Action action;

  private MxReaction(Action action) {
    this.action = action;
  }

  @FunctionalInterface
  private interface Action {
    void run(MxConversation conversation) throws IOException;
  }

  void play(MxConversation conversation) throws IOException {
    action.run(conversation);
  }

  /**
   * Sends a reply.
   *
   * @param lines without line ends; sent in one write
   * @return the reaction
   */
  public static MxReaction say(String... lines) {
    String text = String.join("\r\n", lines) + "\r\n";
    return raw(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Sends a line one octet at a time.
   *
   * @param line without line end
   * @param pause between two octets
   * @return the reaction
   */
  public static MxReaction drip(String line, Duration pause) {
    byte[] octets = (line + "\r\n").getBytes(StandardCharsets.UTF_8);
    return new MxReaction(
        conversation -> {
          for (byte octet : octets) {
            conversation.write(new byte[] {octet});
            conversation.pause(pause);
          }
        });
  }

  /**
   * Sends octets as they are.
   *
   * @param octets anything
   * @return the reaction
   */
  public static MxReaction raw(byte[] octets) {
    byte[] copy = octets.clone();
    return new MxReaction(conversation -> conversation.write(copy));
  }

  /**
   * Sends nothing and reads until the client or the server closes the connection.
   *
   * @return the reaction
   */
  public static MxReaction silence() {
    return new MxReaction(MxConversation::readUntilClosed);
  }

  /**
   * Neither sends nor reads for some time.
   *
   * @param time the duration
   * @return the reaction
   */
  public static MxReaction stall(Duration time) {
    return new MxReaction(conversation -> conversation.pause(time));
  }

  /**
   * Closes the connection normally.
   *
   * @return the reaction
   */
  public static MxReaction hangUp() {
    return new MxReaction(MxConversation::hangUp);
  }

  /**
   * Aborts the connection with a TCP reset.
   *
   * @return the reaction
   */
  public static MxReaction reset() {
    return new MxReaction(MxConversation::reset);
  }

  /**
   * Does the TLS handshake and continues under TLS. All connections share one context, so that
   * clients can resume sessions.
   *
   * @param certificate the certificate to present
   * @param protocols the versions to offer, such as {@code TLSv1.2}; none means the JDK's default
   * @return the reaction
   */
  public static MxReaction handshake(TestCertificate certificate, String... protocols) {
    List<String> only = List.of(protocols);
    SSLContext context = certificate.serverContext();
    return new MxReaction(conversation -> conversation.handshake(context, only));
  }

  /**
   * Reads the ClientHello and does not answer it.
   *
   * @return the reaction
   */
  public static MxReaction awaitClientHello() {
    return new MxReaction(MxConversation::awaitTlsRecord);
  }

  /**
   * Sends octets repeatedly until the client closes the connection.
   *
   * @param octets the octets to repeat
   * @return the reaction
   */
  public static MxReaction flood(byte[] octets) {
    byte[] copy = octets.clone();
    return new MxReaction(
        conversation -> {
          while (conversation.isOpen()) {
            conversation.write(copy);
          }
        });
  }

  /**
   * Answers the ClientHello with a fatal TLS alert, like a server that shares no version (70) or no
   * cipher suite (40) with the client.
   *
   * @param description the number of the alert
   * @return the reaction
   */
  public static MxReaction alert(int description) {
    byte[] record = {21, 3, 1, 0, 2, 2, (byte) description};
    return afterClientHello(record);
  }

  /**
   * Answers the ClientHello by choosing TLS 1.0, like a very old server.
   *
   * @return the reaction
   */
  public static MxReaction tls10ServerHello() {
    byte[] hello = new byte[5 + 4 + 2 + 32 + 1 + 2 + 1];
    hello[0] = 22; // a handshake record
    hello[1] = 3;
    hello[2] = 1;
    hello[4] = (byte) (hello.length - 5);
    hello[5] = 2; // server_hello
    hello[8] = (byte) (hello.length - 9);
    hello[9] = 3;
    hello[10] = 1; // TLS 1.0
    hello[44] = (byte) 0xc0;
    hello[45] = 0x13; // ECDHE_RSA_WITH_AES_128_CBC_SHA
    return afterClientHello(hello);
  }

  private static MxReaction afterClientHello(byte[] record) {
    return new MxReaction(
        conversation -> {
          conversation.awaitTlsRecord();
          conversation.write(record);
          conversation.readUntilClosed();
        });
  }
}
