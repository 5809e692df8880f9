package io.github.mtasts.testing;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The first message of a TLS client, read before any TLS is spoken. Immutable. */
final class ClientHello {
  private static final int RECORD_HEADER = 5;
  private static final int HANDSHAKE_RECORD = 22;
  private static final int FIXED_PART = 4 + 2 + 32; // handshake header, version, random
  private static final int SERVER_NAME = 0;

  private final byte[] octets;
  private final Optional<String> serverName;

  private ClientHello(byte[] octets, Optional<String> serverName) {
    this.octets = octets;
    this.serverName = serverName;
  }

  /** The record as it came, for whoever does speak TLS. */
  InputStream octets() {
    return new ByteArrayInputStream(octets);
  }

  /** The SNI, as it stands there. RFC 6066 §3 */
  Optional<String> serverName() {
    return serverName;
  }

  /** Reads it; the stream goes no further than its record. */
  static ClientHello read(InputStream stream) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    byte[] header = new byte[RECORD_HEADER];
    in.readFully(header);
    if (header[0] != HANDSHAKE_RECORD) {
      throw new IOException("expected a TLS handshake record, found type " + header[0]);
    }
    byte[] octets = new byte[RECORD_HEADER + ByteBuffer.wrap(header).getChar(3)];
    System.arraycopy(header, 0, octets, 0, RECORD_HEADER);
    in.readFully(octets, RECORD_HEADER, octets.length - RECORD_HEADER);
    try {
      return new ClientHello(octets, serverName(ByteBuffer.wrap(octets)));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new EOFException("expected a whole ClientHello in one record");
    }
  }

  private static Optional<String> serverName(ByteBuffer hello) {
    skip(hello, RECORD_HEADER + FIXED_PART);
    skip(hello, hello.get() & 0xff); // session id
    skip(hello, hello.getChar()); // cipher suites
    skip(hello, hello.get() & 0xff); // compression methods
    skip(hello, 2); // the length of all extensions
    while (hello.hasRemaining()) {
      int type = hello.getChar();
      int length = hello.getChar();
      if (type == SERVER_NAME) {
        skip(hello, 3); // the length of the list, and the type of its one name
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
