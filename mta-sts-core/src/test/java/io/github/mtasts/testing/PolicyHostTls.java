// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import io.github.mtasts.testing.PolicyAnswer.Fault;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.HexFormat;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * The TLS side of {@link PolicyHosts}: chooses certificate, protocols or fault by the SNI of each
 * connection.
 *
 * <p>MockWebServer has one TLS setup for all hosts and chooses its faults before it knows the host.
 * So this factory, which MockWebServer calls on each new connection, reads the ClientHello itself.
 * A fault is written as raw octets, because no TLS library sends them. Thread-safe.
 */
final class PolicyHostTls extends SSLSocketFactory {
  private static final byte[] UNRECOGNIZED_NAME = octets("1503030002" + "0270");
  private static final byte[] HANDSHAKE_FAILURE = octets("1503030002" + "0228");
  private static final byte[] HALF_A_RECORD = octets("1603030050" + "0200");
  // A ServerHello that chooses TLS 1.1: a random of zeros, no session, TLS_RSA_WITH_AES_128_CBC_SHA
  private static final byte[] SERVER_HELLO_TLS_1_1 =
      octets("160302002a" + "02000026" + "0302" + "00".repeat(32) + "00" + "002f" + "00");

  private final PolicyHosts hosts;

  PolicyHostTls(PolicyHosts hosts) {
    this.hosts = hosts;
  }

  private static byte[] octets(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  /**
   * Prepares the handshake of one connection.
   *
   * @throws IOException if there is none, so that MockWebServer gives the connection up; one that
   *     is to stay silent remains open until MockWebServer is closed
   */
  @Override
  public Socket createSocket(Socket socket, String client, int port, boolean autoClose)
      throws IOException {
    hosts.recordConnection();
    ClientHello hello;
    try {
      hello = ClientHello.read(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    Optional<PolicyAnswer> answer = hosts.answer(hello.serverName());
    if (answer.isEmpty()) {
      throw sendAndClose(socket, UNRECOGNIZED_NAME);
    }
    Optional<Fault> fault = answer.get().fault();
    if (fault.isPresent() && fault.get().isBeforeTheRequest()) {
      throw misbehave(socket, fault.get());
    }
    String host = hello.serverName().orElseThrow();
    SSLSocket tls =
        hello.serverSocket(hosts.certificateOf(host).serverContext(), answer.get().tlsProtocols());
    hosts.startConnection(host, answer.get(), tls);
    return tls;
  }

  private static IOException misbehave(Socket socket, Fault fault) throws IOException {
    switch (fault) {
      case ABORTED_HANDSHAKE -> sendAndClose(socket, HANDSHAKE_FAILURE);
      case ONLY_TLS_1_1 -> sendAndClose(socket, SERVER_HELLO_TLS_1_1);
      case STALLED_HANDSHAKE -> socket.getOutputStream().write(HALF_A_RECORD);
      case DISCONNECT_IN_HANDSHAKE -> socket.close();
      default -> {
        // SILENT: the connection stays open.
      }
    }
    return new IOException("policy hosts: " + fault);
  }

  private static IOException sendAndClose(Socket socket, byte[] octets) throws IOException {
    socket.getOutputStream().write(octets);
    // Half-close, then read to the client's end: a reset could overtake the octets.
    socket.shutdownOutput();
    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    socket.close();
    return new IOException("policy hosts: handshake refused");
  }

  @Override
  public String[] getDefaultCipherSuites() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(
      InetAddress address, int port, InetAddress localAddress, int localPort) {
    throw new UnsupportedOperationException();
  }
}
