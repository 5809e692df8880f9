// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Runs a handshake between two engines in memory, as Netty does over a network. */
final class EnginePair {
  private static final int MAX_ROUNDS = 200;

  private final ByteBuffer toServer = ByteBuffer.allocate(1 << 18);
  private final ByteBuffer toClient = ByteBuffer.allocate(1 << 18);
  private final SSLEngine client;
  private final SSLEngine server;

  private EnginePair(SSLEngine client, SSLEngine server) {
    this.client = client;
    this.server = server;
  }

  static void handshake(SSLEngine client, SSLEngine server) throws SSLException {
    server.setUseClientMode(false);
    client.beginHandshake();
    server.beginHandshake();
    new EnginePair(client, server).run();
  }

  private void run() throws SSLException {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      step(client, toClient, toServer);
      step(server, toServer, toClient);
      // TLS 1.3 sends session tickets after the handshake.
      if (isDone(client) && isDone(server) && isDrained()) {
        return;
      }
    }
    throw new SSLException("the handshake does not finish");
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> {
        for (Runnable task = engine.getDelegatedTask();
            task != null;
            task = engine.getDelegatedTask()) {
          task.run();
        }
      }
      case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
      default -> {
        in.flip();
        if (in.hasRemaining()) {
          engine.unwrap(in, ByteBuffer.allocate(1 << 16));
        }
        in.compact();
      }
    }
  }

  private boolean isDrained() {
    return toServer.position() == 0 && toClient.position() == 0;
  }

  private static boolean isDone(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }
}
