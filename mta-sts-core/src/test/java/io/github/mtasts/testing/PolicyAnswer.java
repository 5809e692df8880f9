package io.github.mtasts.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a policy host does when it is asked: an HTTP answer of any shape, or a fault.
 *
 * <p>Begin with {@link #policy}, {@link #status}, {@link #redirect}, {@link #raw} or {@link
 * #fault(Fault)} and change what shall be odd about it; each change gives a new answer. Immutable,
 * hence thread-safe.
 */
public final class PolicyAnswer {
  /** What goes wrong below HTTP. */
  public enum Fault {
    /** The connection is taken, and nothing is ever said. */
    SILENT,
    /** The handshake begins and stops in the middle of a record. */
    STALLED_HANDSHAKE,
    /** The handshake is answered by a fatal alert. */
    ABORTED_HANDSHAKE,
    /** The connection is closed in place of a handshake. */
    DISCONNECT_IN_HANDSHAKE,
    /** The server chooses TLS 1.1. */
    ONLY_TLS_1_1,
    /** The request is read, and nothing is ever said. */
    SILENT_AFTER_REQUEST,
    /** The request is read, and the connection closed. */
    DISCONNECT_AFTER_REQUEST;

    boolean isBeforeTheRequest() {
      return this != SILENT_AFTER_REQUEST && this != DISCONNECT_AFTER_REQUEST;
    }
  }

  private enum Framing {
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE
  }

  private String statusLine = "HTTP/1.1 200 OK";
  private Optional<String> contentType = Optional.of("text/plain");
  private List<String> headers = List.of();
  private List<String> interim = List.of();
  private byte[] body = new byte[0];
  private Framing framing = Framing.LENGTH;
  private Optional<Long> declaredLength = Optional.empty();
  private Optional<byte[]> raw = Optional.empty();
  private Duration pause = Duration.ZERO;
  private Optional<Fault> fault = Optional.empty();
  private List<String> tlsProtocols = List.of();

  private PolicyAnswer() {}

  private PolicyAnswer copy() {
    PolicyAnswer copy = new PolicyAnswer();
    copy.statusLine = statusLine;
    copy.contentType = contentType;
    copy.headers = headers;
    copy.interim = interim;
    copy.body = body;
    copy.framing = framing;
    copy.declaredLength = declaredLength;
    copy.raw = raw;
    copy.pause = pause;
    copy.fault = fault;
    copy.tlsProtocols = tlsProtocols;
    return copy;
  }

  /**
   * Answers as a policy host should.
   *
   * @param text the policy file
   * @return status 200, text/plain, with a length
   */
  public static PolicyAnswer policy(String text) {
    return new PolicyAnswer().withBody(text);
  }

  /**
   * Answers with a status and no body.
   *
   * @param status for example 404
   * @return an answer without a policy
   */
  public static PolicyAnswer status(int status) {
    return new PolicyAnswer().withStatus(status);
  }

  /**
   * Answers with a redirect.
   *
   * @param status from 301 to 308
   * @param location where it leads
   * @return an answer that senders must not follow
   */
  public static PolicyAnswer redirect(int status, String location) {
    return status(status).withHeader("Location", location);
  }

  /**
   * Answers with octets as they are, then closes the connection.
   *
   * @param octets status line, header and body
   * @return an answer of any shape
   */
  public static PolicyAnswer raw(String octets) {
    PolicyAnswer answer = new PolicyAnswer();
    answer.raw = Optional.of(octets.getBytes(StandardCharsets.UTF_8));
    return answer;
  }

  /**
   * Does not answer.
   *
   * @param fault what happens
   * @return no answer
   */
  public static PolicyAnswer fault(Fault fault) {
    PolicyAnswer answer = new PolicyAnswer();
    answer.fault = Optional.of(fault);
    return answer;
  }

  /**
   * Changes the status.
   *
   * @param status any number
   * @return the changed answer
   */
  public PolicyAnswer withStatus(int status) {
    PolicyAnswer answer = copy();
    answer.statusLine = "HTTP/1.1 " + status + " Status " + status;
    return answer;
  }

  /**
   * Changes the media type.
   *
   * @param contentType the header's value, as it is
   * @return the changed answer
   */
  public PolicyAnswer withContentType(String contentType) {
    PolicyAnswer answer = copy();
    answer.contentType = Optional.of(contentType);
    return answer;
  }

  /**
   * Leaves the media type out.
   *
   * @return the changed answer
   */
  public PolicyAnswer withoutContentType() {
    PolicyAnswer answer = copy();
    answer.contentType = Optional.empty();
    return answer;
  }

  /**
   * Adds a header field.
   *
   * @param name its name
   * @param value its value, as it is
   * @return the changed answer
   */
  public PolicyAnswer withHeader(String name, String value) {
    PolicyAnswer answer = copy();
    List<String> all = new ArrayList<>(headers);
    all.add(name + ": " + value);
    answer.headers = List.copyOf(all);
    return answer;
  }

  /**
   * Changes the body.
   *
   * @param text sent as UTF-8
   * @return the changed answer
   */
  public PolicyAnswer withBody(String text) {
    return withBody(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Changes the body.
   *
   * @param octets sent as they are
   * @return the changed answer
   */
  public PolicyAnswer withBody(byte[] octets) {
    PolicyAnswer answer = copy();
    answer.body = octets.clone();
    return answer;
  }

  /**
   * Sends the body in chunks.
   *
   * @return the changed answer
   */
  public PolicyAnswer chunked() {
    PolicyAnswer answer = copy();
    answer.framing = Framing.CHUNKED;
    return answer;
  }

  /**
   * Sends the body without a length, up to the end of the connection.
   *
   * @return the changed answer
   */
  public PolicyAnswer untilClose() {
    PolicyAnswer answer = copy();
    answer.framing = Framing.UNTIL_CLOSE;
    return answer;
  }

  /**
   * Announces a length other than the body's.
   *
   * @param octets the value of Content-Length
   * @return the changed answer
   */
  public PolicyAnswer declaringLength(long octets) {
    PolicyAnswer answer = copy();
    answer.declaredLength = Optional.of(octets);
    return answer;
  }

  /**
   * Sends an interim answer first.
   *
   * @param status from 100 to 199
   * @return the changed answer
   */
  public PolicyAnswer afterInterim(int status) {
    PolicyAnswer answer = copy();
    List<String> all = new ArrayList<>(interim);
    all.add("HTTP/1.1 " + status + " Interim\r\n\r\n");
    answer.interim = List.copyOf(all);
    return answer;
  }

  /**
   * Sends the body (all of a {@link #raw} answer) an octet at a time.
   *
   * @param pause the wait before each
   * @return the changed answer
   */
  public PolicyAnswer dripping(Duration pause) {
    PolicyAnswer answer = copy();
    answer.pause = pause;
    return answer;
  }

  /**
   * Speaks only some versions of TLS.
   *
   * @param protocols names of the JDK, such as {@code TLSv1.2}
   * @return the changed answer
   */
  public PolicyAnswer withTls(String... protocols) {
    PolicyAnswer answer = copy();
    answer.tlsProtocols = List.of(protocols);
    return answer;
  }

  Optional<Fault> fault() {
    return fault;
  }

  List<String> tlsProtocols() {
    return tlsProtocols;
  }

  long pauseNanos() {
    return pause.toNanos();
  }

  /** How much of the octets comes at once, drip or no drip. */
  int headLength() {
    return raw.isPresent() ? 0 : head().length;
  }

  byte[] octets() {
    if (raw.isPresent()) {
      return raw.get();
    }
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    octets.writeBytes(head());
    if (framing == Framing.CHUNKED && body.length > 0) {
      octets.writeBytes(ascii(Integer.toHexString(body.length) + "\r\n"));
    }
    octets.writeBytes(body);
    if (framing == Framing.CHUNKED) {
      octets.writeBytes(ascii((body.length > 0 ? "\r\n" : "") + "0\r\n\r\n"));
    }
    return octets.toByteArray();
  }

  private byte[] head() {
    StringBuilder head = new StringBuilder();
    interim.forEach(head::append);
    head.append(statusLine).append("\r\n");
    contentType.ifPresent(type -> head.append("Content-Type: ").append(type).append("\r\n"));
    headers.forEach(header -> head.append(header).append("\r\n"));
    switch (framing) {
      case LENGTH -> head.append("Content-Length: ").append(length()).append("\r\n");
      case CHUNKED -> head.append("Transfer-Encoding: chunked\r\n");
      case UNTIL_CLOSE -> head.append("Connection: close\r\n");
    }
    return ascii(head.append("\r\n").toString());
  }

  private long length() {
    return declaredLength.orElse((long) body.length);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
