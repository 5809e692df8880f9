// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * The first record of a TLS client, read before the handshake, so that a server of the kit can
 * choose by SNI what to do.
 *
 * <p>Parsed here, because the JDK ignores an SNI that is no host name, such as {@code
 * mta-sts.foo_bar.example}. Immutable, hence thread-safe.
 */
final class ClientHello {
  private static final int RECORD_HEADER = 5;
  private static final int HANDSHAKE_RECORD = 22;
  private static final int FIXED_PART = 4 + 2 + 32; // handshake header, version, random
  private static final int SERVER_NAME = 0;

  private final Socket socket;
  private final byte[] record;
  private final Optional<String> serverName;

  private ClientHello(Socket socket, byte[] record, Optional<String> serverName) {
    this.socket = socket;
    this.record = record;
    this.serverName = serverName;
  }

  /** Reads one record, and no octet beyond it. */
  static ClientHello read(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] header = in.readNBytes(RECORD_HEADER);
    if (header.length < RECORD_HEADER || header[0] != HANDSHAKE_RECORD) {
      throw new IOException("ClientHello: expected a TLS handshake record");
    }
    int length = ByteBuffer.wrap(header).getChar(RECORD_HEADER - 2);
    byte[] record = Arrays.copyOf(header, RECORD_HEADER + length);
    if (in.readNBytes(record, RECORD_HEADER, length) < length) {
      throw new EOFException("ClientHello: expected a whole record");
    }
    try {
      return new ClientHello(socket, record, serverName(ByteBuffer.wrap(record)));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException("ClientHello: expected it to fill one record", e);
    }
  }

  /** Returns the SNI as sent; empty if there is none. RFC 6066 §3 */
  Optional<String> serverName() {
    return serverName;
  }

  /** Returns the server's side of the connection, ready for the handshake. */
  SSLSocket serverSocket(SSLContext context, List<String> protocols) throws IOException {
    SSLSocket tls =
        (SSLSocket)
            context.getSocketFactory().createSocket(socket, new ByteArrayInputStream(record), true);
    if (!protocols.isEmpty()) {
      tls.setEnabledProtocols(protocols.toArray(String[]::new));
    }
    return tls;
  }

  private static Optional<String> serverName(ByteBuffer hello) {
    skip(hello, RECORD_HEADER + FIXED_PART);
    skip(hello, hello.get() & 0xff); // session id
    skip(hello, hello.getChar()); // cipher suites
    skip(hello, hello.get() & 0xff); // compression methods
    skip(hello, 2); // length of all extensions
    while (hello.hasRemaining()) {
      int type = hello.getChar();
      int length = hello.getChar();
      if (type == SERVER_NAME) {
        skip(hello, 3); // length of the list, type of its only name
        byte[] name = new byte[hello.getChar()];
        hello.get(name);
        return Optional.of(new String(name, StandardCharsets.US_ASCII));
      }
      skip(hello, length);
    }
    return Optional.empty();
  }

  private static void skip(ByteBuffer buffer, int octets) {
    buffer.position(buffer.position() + octets);
  }
}
