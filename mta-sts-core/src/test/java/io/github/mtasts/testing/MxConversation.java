// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** One connection to a {@link ScriptedMx}; not thread-safe. */
final class MxConversation {
  private final CountDownLatch serverClosed;
  private final List<String> serverNames;
  private Socket socket;
  private InputStream in;

  MxConversation(Socket socket, CountDownLatch serverClosed, List<String> serverNames)
      throws IOException {
    this.socket = socket;
    this.serverClosed = serverClosed;
    this.serverNames = serverNames;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  boolean isTls() {
    return socket instanceof SSLSocket;
  }

  boolean isOpen() {
    return !socket.isClosed();
  }

  Optional<String> readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        return Optional.empty();
      }
      if (octet != '\r') {
        line.write(octet);
      }
    }
    return Optional.of(line.toString(StandardCharsets.ISO_8859_1));
  }

  /** Reads a message up to the final dot, and removes the stuffed dots. RFC 5321 §4.5.2 */
  byte[] readMessage() throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    while (true) {
      String line = readLine().orElseThrow(EOFException::new);
      if (line.equals(".")) {
        return message.toByteArray();
      }
      String unstuffed = line.startsWith(".") ? line.substring(1) : line;
      message.writeBytes((unstuffed + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  void write(byte[] octets) throws IOException {
    socket.getOutputStream().write(octets);
    socket.getOutputStream().flush();
  }

  void pause(Duration pause) throws IOException {
    try {
      if (serverClosed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IOException("the server was closed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  void handshake(SSLContext context, List<String> protocols) throws IOException {
    ClientHello hello = ClientHello.read(socket);
    hello.serverName().ifPresent(serverNames::add);
    SSLSocket tls = hello.serverSocket(context, protocols);
    tls.startHandshake();
    socket = tls;
    in = new BufferedInputStream(tls.getInputStream());
  }

  void awaitTlsRecord() throws IOException {
    byte[] header = in.readNBytes(5);
    if (header.length == 5) {
      in.readNBytes(((header[3] & 0xff) << 8) | (header[4] & 0xff));
    }
  }

  void readUntilClosed() throws IOException {
    byte[] ignored = new byte[1024];
    while (in.read(ignored) >= 0) {
      // ignore all input
    }
    hangUp();
  }

  void hangUp() throws IOException {
    socket.close();
  }

  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }
}
