package io.github.mtasts.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * One thing that a {@link ScriptedMx} does when it hears a command.
 *
 * <p>Several in a row make a script: {@code say("220 go ahead"), hangUp()}. Immutable, hence
 * thread-safe.
 */
public final class MxReaction {
  private final Act act;

  private MxReaction(Act act) {
    this.act = act;
  }

  @FunctionalInterface
  private interface Act {
    void in(MxConversation conversation) throws IOException;
  }

  void play(MxConversation conversation) throws IOException {
    act.in(conversation);
  }

  /**
   * Says something.
   *
   * @param lines without line ends; all of them leave in one write
   * @return the reaction
   */
  public static MxReaction say(String... lines) {
    String text = String.join("\r\n", lines) + "\r\n";
    return raw(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Says something one octet at a time.
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
   * Writes octets as they are.
   *
   * @param octets anything
   * @return the reaction
   */
  public static MxReaction raw(byte[] octets) {
    byte[] copy = octets.clone();
    return new MxReaction(conversation -> conversation.write(copy));
  }

  /**
   * Says nothing more and keeps the connection until the client or the server gives it up.
   *
   * @return the reaction
   */
  public static MxReaction silence() {
    return new MxReaction(MxConversation::stareUntilClosed);
  }

  /**
   * Neither says nor reads anything for a while.
   *
   * @param time how long
   * @return the reaction
   */
  public static MxReaction stall(Duration time) {
    return new MxReaction(conversation -> conversation.pause(time));
  }

  /**
   * Closes the connection in good order.
   *
   * @return the reaction
   */
  public static MxReaction hangUp() {
    return new MxReaction(MxConversation::hangUp);
  }

  /**
   * Breaks the connection off by a TCP reset.
   *
   * @return the reaction
   */
  public static MxReaction reset() {
    return new MxReaction(MxConversation::reset);
  }

  /**
   * Shakes hands and goes on under TLS. All connections share one context, so that clients can
   * resume sessions if they try.
   *
   * @param certificate what to present
   * @param protocols those to offer, such as {@code TLSv1.2}; none means the JDK's
   * @return the reaction
   */
  public static MxReaction handshake(TestCertificate certificate, String... protocols) {
    List<String> only = List.of(protocols);
    SSLContext context = certificate.serverContext();
    return new MxReaction(conversation -> conversation.handshake(context, only));
  }

  /**
   * Reads the client's greeting of TLS, and says nothing to it yet.
   *
   * @return the reaction
   */
  public static MxReaction awaitClientHello() {
    return new MxReaction(MxConversation::awaitTlsRecord);
  }

  /**
   * Writes octets over and over, until the client gives up.
   *
   * @param octets what to repeat
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
   * Reads the client's greeting and answers it by a fatal TLS alert, as servers do that have no
   * version (70) or no cipher suite (40) in common with the client.
   *
   * @param description the number of the alert
   * @return the reaction
   */
  public static MxReaction alert(int description) {
    byte[] record = {21, 3, 1, 0, 2, 2, (byte) description};
    return afterClientHello(record);
  }

  /**
   * Reads the client's greeting and chooses TLS 1.0, whatever was offered, as only very old servers
   * do.
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
          conversation.stareUntilClosed();
        });
  }
}
