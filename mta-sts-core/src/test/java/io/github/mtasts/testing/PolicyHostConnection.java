package io.github.mtasts.testing;

import io.github.mtasts.testing.PolicyAnswer.Fault;
import io.github.mtasts.testing.PolicyHosts.Request;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocket;

/** One connection to a policy host: the handshake, one request, one answer, or the fault. */
final class PolicyHostConnection {
  private static final byte[] UNRECOGNIZED_NAME = octets("1503030002" + "0270");
  private static final byte[] HANDSHAKE_FAILURE = octets("1503030002" + "0228");
  private static final byte[] HALF_A_RECORD = octets("1603030050" + "0200");
  // A ServerHello that chooses TLS 1.1: a random of zeros, no session, TLS_RSA_WITH_AES_128_CBC_SHA
  private static final byte[] SERVER_HELLO_TLS_1_1 =
      octets("160302002a" + "02000026" + "0302" + "00".repeat(32) + "00" + "002f" + "00");

  private final PolicyHosts hosts;
  private final Socket socket;

  PolicyHostConnection(PolicyHosts hosts, Socket socket) {
    this.hosts = hosts;
    this.socket = socket;
  }

  private static byte[] octets(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  void serve() {
    try {
      if (end() == End.CLOSE) {
        socket.close();
        hosts.forget(socket);
      }
    } catch (IOException e) {
      hosts.forget(socket); // the client, or the test, has had enough
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What becomes of the connection: one that hangs stays open, with no thread, until the end. */
  private enum End {
    CLOSE,
    HANG
  }

  private End end() throws IOException, InterruptedException {
    ClientHello hello;
    try {
      hello = ClientHello.read(socket.getInputStream());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    Optional<PolicyAnswer> answer = hosts.answer(hello.serverName());
    if (answer.isEmpty()) {
      return say(UNRECOGNIZED_NAME);
    }
    Optional<Fault> fault = answer.get().fault();
    return fault.isPresent() && fault.get().isBeforeTheRequest()
        ? misbehave(fault.get())
        : exchange(hello, answer.get());
  }

  private End misbehave(Fault fault) throws IOException {
    return switch (fault) {
      case ABORTED_HANDSHAKE -> say(HANDSHAKE_FAILURE);
      case ONLY_TLS_1_1 -> say(SERVER_HELLO_TLS_1_1);
      case STALLED_HANDSHAKE -> {
        socket.getOutputStream().write(HALF_A_RECORD);
        yield End.HANG;
      }
      case SILENT -> End.HANG;
      default -> End.CLOSE;
    };
  }

  private End say(byte[] octets) throws IOException {
    socket.getOutputStream().write(octets);
    // Half-closed and read to the client's end: a reset would race with the octets.
    socket.shutdownOutput();
    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    return End.CLOSE;
  }

  private End exchange(ClientHello hello, PolicyAnswer answer)
      throws IOException, InterruptedException {
    String host = hello.serverName().orElseThrow();
    SSLSocket tls =
        (SSLSocket)
            hosts
                .certificateOf(host)
                .serverContext()
                .getSocketFactory()
                .createSocket(socket, hello.octets(), true);
    tls.setUseClientMode(false);
    if (!answer.tlsProtocols().isEmpty()) {
      tls.setEnabledProtocols(answer.tlsProtocols().toArray(String[]::new));
    }
    tls.startHandshake();
    hosts.record(request(host, tls));
    if (answer.fault().isPresent()) {
      if (answer.fault().get() == Fault.SILENT_AFTER_REQUEST) {
        hosts.keep(tls); // a TLS socket that nobody holds is closed by the garbage collector
        return End.HANG;
      }
      return End.CLOSE;
    }
    write(answer, tls.getOutputStream());
    tls.close();
    return End.CLOSE;
  }

  private static Request request(String sni, SSLSocket tls) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(tls.getInputStream(), StandardCharsets.ISO_8859_1));
    String requestLine = line(in);
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      headers.computeIfAbsent(name, n -> new ArrayList<>()).add(line.substring(colon + 1).strip());
    }
    return new Request(sni, requestLine, headers);
  }

  private static String line(BufferedReader in) throws IOException {
    String line = in.readLine();
    if (line == null) {
      throw new EOFException("no whole request");
    }
    return line;
  }

  private void write(PolicyAnswer answer, OutputStream out)
      throws IOException, InterruptedException {
    if (answer.pauseNanos() == 0) {
      out.write(answer.octets());
      out.flush();
      return;
    }
    byte[] octets = answer.octets();
    out.write(octets, 0, answer.headLength());
    for (int i = answer.headLength(); i < octets.length; i++) {
      hosts.pause(answer.pauseNanos());
      out.write(octets[i]);
      out.flush();
    }
  }
}
