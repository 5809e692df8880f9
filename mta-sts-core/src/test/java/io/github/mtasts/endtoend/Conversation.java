package io.github.mtasts.endtoend;

import io.github.mtasts.tls.MxTls;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Just enough SMTP to deliver one line of text, over whichever TLS is asked for. */
final class Conversation implements Closeable {
  /** The server said something else than was hoped for. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String reply) {
      super(reply);
    }
  }

  private Socket socket;
  private BufferedReader in;

  private Conversation(Socket socket) throws IOException {
    this.socket = socket;
    this.in = reader(socket);
  }

  static Conversation with(InetSocketAddress server) throws IOException {
    Socket socket = new Socket();
    socket.connect(server, 10_000);
    socket.setSoTimeout(30_000);
    Conversation conversation = new Conversation(socket);
    conversation.expect("2");
    return conversation;
  }

  boolean offersStartTls() throws IOException {
    return say("EHLO sender.example", "2").contains("STARTTLS");
  }

  void startTls(MxTls tls) throws IOException {
    say("STARTTLS", "220");
    socket = tls.startTls(socket);
    in = reader(socket);
    say("EHLO sender.example", "2");
  }

  void deliver() throws IOException {
    say("MAIL FROM:<a@sender.example>", "2");
    say("RCPT TO:<b@example.com>", "2");
    say("DATA", "3");
    say("Subject: test\r\n\r\nHello.\r\n.", "2");
    say("QUIT", "2");
  }

  private String say(String line, String hoped) throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    return expect(hoped);
  }

  private String expect(String hoped) throws IOException {
    StringBuilder reply = new StringBuilder();
    String line;
    do {
      line = in.readLine();
      if (line == null) {
        throw new Refused("the server hung up");
      }
      reply.append(line).append('\n');
    } while (line.length() > 3 && line.charAt(3) == '-');
    if (!line.startsWith(hoped)) {
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
