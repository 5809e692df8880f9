package io.github.mtasts.examples.recipes;

import io.github.mtasts.tls.MxTls;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLEngine;

/** A sender on a framework that does the handshake itself, such as Netty. */
public final class Engines {

  /** What a framework offers; with Netty, an {@code SslHandler} at the head of a pipeline. */
  public interface Connection {
    /** Puts the engine into the pipeline and shakes hands. */
    CompletionStage<?> secureWith(SSLEngine engine);

    /** Greets again and goes on to MAIL FROM. */
    void sendMail();

    /** Hangs up, dials the same MX host again and leaves STARTTLS alone. */
    void reconnectInClear();

    /** Hangs up and goes to the next MX host. */
    void tryNextMx();
  }

  private Engines() {}

  /**
   * Goes on after the server has answered 220 to STARTTLS.
   *
   * @param connection the connection
   * @param tls the attempt, to be closed with the connection
   * @return ends when the handshake has ended, either way
   */
  public static CompletionStage<?> afterThe220(Connection connection, MxTls tls) {
    // region engine
    return connection
        .secureWith(tls.newEngine()) // Netty: pipeline.addFirst(new SslHandler(engine))
        .whenComplete(
            (done, failure) -> {
              if (failure == null) connection.sendMail();
              else if (tls.handshakeFailed(failure).isBlocking()) connection.tryNextMx();
              else connection.reconnectInClear(); // testing, or no policy
            });
    // endregion
  }
}
