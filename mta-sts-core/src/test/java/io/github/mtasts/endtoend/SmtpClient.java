// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.endtoend;

import io.github.mtasts.tls.MxTls;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A minimal SMTP client that delivers one short message, with or without TLS. */
final class SmtpClient implements Closeable {
  /** The server sent another reply than expected. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String reply) {
      super(reply);
    }
  }

  private Socket socket;
  private BufferedReader in;

  private SmtpClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = reader(socket);
  }

  static SmtpClient connect(InetSocketAddress server) throws IOException {
    Socket socket = new Socket();
    socket.connect(server, 10_000);
    socket.setSoTimeout(30_000);
    SmtpClient client = new SmtpClient(socket);
    client.expect("2");
    return client;
  }

  boolean offersStartTls() throws IOException {
    return send("EHLO sender.example", "2").contains("STARTTLS");
  }

  void startTls(MxTls tls) throws IOException {
    send("STARTTLS", "220");
    socket = tls.startTls(socket);
    in = reader(socket);
    send("EHLO sender.example", "2");
  }

  void deliver() throws IOException {
    send("MAIL FROM:<a@sender.example>", "2");
    send("RCPT TO:<b@example.com>", "2");
    send("DATA", "3");
    send("Subject: test\r\n\r\nHello.\r\n.", "2");
    send("QUIT", "2");
  }

  private String send(String line, String expected) throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    return expect(expected);
  }

  private String expect(String expected) throws IOException {
    StringBuilder reply = new StringBuilder();
    String line;
    do {
      line = in.readLine();
      if (line == null) {
        throw new Refused("the server closed the connection");
      }
      reply.append(line).append('\n');
    } while (line.length() > 3 && line.charAt(3) == '-');
    if (!line.startsWith(expected)) {
      throw new Refused(reply.toString());
    }
    return reply.toString();
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
