// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A UDP and a TCP socket on the same ephemeral port of 127.0.0.1, with their reader threads.
 *
 * <p>Safe for use by several threads.
 */
final class DnsSockets implements Closeable {
  /** How a message arrived. */
  enum Transport {
    UDP,
    TCP
  }

  /** Handles a message; it may reply at once, later or never. */
  @FunctionalInterface
  interface Handler {
    void handle(byte[] message, Transport transport, Consumer<byte[]> reply);
  }

  private static final int PORTS_TRIED = 50;
  private static final int MAX_MESSAGE = 65_535;

  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Handler handler;
  private final AtomicInteger threads = new AtomicInteger();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

  private DnsSockets(DatagramSocket udp, ServerSocket tcp, Handler handler) {
    this.udp = udp;
    this.tcp = tcp;
    this.handler = handler;
  }

  static DnsSockets open(Handler handler) {
    for (int i = 0; i < PORTS_TRIED; i++) {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      try {
        ServerSocket tcp = new ServerSocket(0, 512, loopback);
        try {
          DatagramSocket udp = new DatagramSocket(tcp.getLocalPort(), loopback);
          udp.setReceiveBufferSize(4 << 20);
          DnsSockets sockets = new DnsSockets(udp, tcp, handler);
          sockets.start();
          return sockets;
        } catch (IOException portTakenForUdp) {
          tcp.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("DNS test server: no port to listen on at " + loopback, e);
      }
    }
    throw new IllegalStateException(
        "DNS test server: expected a port free for UDP and TCP, found none in "
            + PORTS_TRIED
            + " tries");
  }

  InetSocketAddress address() {
    return new InetSocketAddress(tcp.getInetAddress(), tcp.getLocalPort());
  }

  @Override
  public void close() {
    udp.close();
    closeQuietly(tcp);
    connections.forEach(DnsSockets::closeQuietly);
  }

  private void start() {
    thread("udp", this::readUdp).start();
    thread("tcp", this::acceptTcp).start();
  }

  private Thread thread(String job, Runnable body) {
    Thread thread = new Thread(body, "mta-sts-test-dns-" + job + "-" + threads.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  private void readUdp() {
    byte[] buffer = new byte[MAX_MESSAGE];
    while (!udp.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        udp.receive(packet);
      } catch (IOException closedOrUnreachable) {
        continue; // a closed socket ends the loop; a port-unreachable does not
      }
      byte[] message = new byte[packet.getLength()];
      System.arraycopy(buffer, packet.getOffset(), message, 0, message.length);
      InetSocketAddress client = (InetSocketAddress) packet.getSocketAddress();
      handler.handle(message, Transport.UDP, reply -> sendUdp(reply, client));
    }
  }

  private void sendUdp(byte[] reply, InetSocketAddress client) {
    try {
      udp.send(new DatagramPacket(reply, reply.length, client));
    } catch (IOException clientGone) {
      // The same to the client as a lost datagram, which UDP allows.
    }
  }

  private void acceptTcp() {
    while (!tcp.isClosed()) {
      try {
        Socket connection = tcp.accept();
        connections.add(connection);
        if (tcp.isClosed()) {
          closeQuietly(connection); // close() may have read the set before
        }
        thread("tcp-connection", () -> readTcp(connection)).start();
      } catch (IOException closed) {
        // The loop's condition decides.
      }
    }
  }

  private void readTcp(Socket connection) {
    try (connection) {
      DataInputStream in = new DataInputStream(connection.getInputStream());
      while (!connection.isClosed()) {
        byte[] message = new byte[in.readUnsignedShort()];
        in.readFully(message);
        handler.handle(message, Transport.TCP, reply -> sendTcp(reply, connection));
      }
    } catch (IOException clientGone) {
      // It asks no more.
    } finally {
      connections.remove(connection);
    }
  }

  private static void sendTcp(byte[] reply, Socket connection) {
    byte[] framed =
        ByteBuffer.allocate(2 + reply.length).putShort((short) reply.length).put(reply).array();
    try {
      synchronized (connection) {
        connection.getOutputStream().write(framed);
      }
    } catch (IOException clientGone) {
      closeQuietly(connection);
    }
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      // There is nothing left to do.
    }
  }
}
