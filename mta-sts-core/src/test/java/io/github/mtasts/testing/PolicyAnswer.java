// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import okio.Buffer;

/**
 * What a policy host does on a request: an HTTP answer, correct or not, or a fault.
 *
 * <p>Start with {@link #policy}, {@link #status}, {@link #redirect}, {@link #raw} or {@link
 * #fault(Fault)}, then change the rest; each change returns a new answer. Immutable, hence
 * thread-safe.
 */
public final class PolicyAnswer {
  /** A failure below HTTP. */
  public enum Fault {
    /** The server accepts the connection and sends nothing. */
    SILENT,
    /** The handshake stops in the middle of a record. */
    STALLED_HANDSHAKE,
    /** The server answers the ClientHello with a fatal alert. */
    ABORTED_HANDSHAKE,
    /** The server closes the connection instead of the handshake. */
    DISCONNECT_IN_HANDSHAKE,
    /** The server chooses TLS 1.1. */
    ONLY_TLS_1_1,
    /** The server reads the request and sends nothing. */
    SILENT_AFTER_REQUEST,
    /** The server reads the request and closes the connection. */
    DISCONNECT_AFTER_REQUEST;

    boolean isBeforeTheRequest() {
      return this != SILENT_AFTER_REQUEST && this != DISCONNECT_AFTER_REQUEST;
    }
  }

  private static final String CONTENT_TYPE = "Content-Type";
  private static final String CONTENT_LENGTH = "Content-Length";
  private static final SocketEffect CLOSE = new SocketEffect.CloseSocket();

  private final MockResponse response;
  private final byte[] body;
  private final boolean raw;
  private final Optional<Fault> fault;
  private final List<String> tlsProtocols;

  private PolicyAnswer(
      MockResponse response,
      byte[] body,
      boolean raw,
      Optional<Fault> fault,
      List<String> tlsProtocols) {
    this.response = response;
    this.body = body;
    this.raw = raw;
    this.fault = fault;
    this.tlsProtocols = tlsProtocols;
  }

  private PolicyAnswer with(UnaryOperator<MockResponse.Builder> change) {
    return new PolicyAnswer(
        change.apply(response.newBuilder()).build(), body, raw, fault, tlsProtocols);
  }

  /** Returns the start of each answer: status 200, text/plain, no body. */
  private static PolicyAnswer empty() {
    MockResponse.Builder plain =
        new MockResponse.Builder().setHeader(CONTENT_TYPE, "text/plain").onResponseEnd(CLOSE);
    return new PolicyAnswer(plain.build(), new byte[0], false, Optional.empty(), List.of());
  }

  /** Returns no answer: the connection is closed after the request. */
  private static PolicyAnswer closed(byte[] raw, Optional<Fault> fault) {
    MockResponse close = new MockResponse.Builder().onResponseStart(CLOSE).build();
    return new PolicyAnswer(close, raw, fault.isEmpty(), fault, List.of());
  }

  /**
   * Serves a policy correctly.
   *
   * @param text the policy file
   * @return status 200, text/plain, with a Content-Length
   */
  public static PolicyAnswer policy(String text) {
    return empty().withBody(text);
  }

  /**
   * Answers with a status and no body.
   *
   * @param status for example 404
   * @return an answer without a policy
   */
  public static PolicyAnswer status(int status) {
    return empty().withStatus(status);
  }

  /**
   * Answers with a redirect.
   *
   * @param status from 301 to 308
   * @param location the target
   * @return an answer that senders must not follow
   */
  public static PolicyAnswer redirect(int status, String location) {
    return status(status).withHeader("Location", location);
  }

  /**
   * Sends octets as they are, then closes the connection.
   *
   * @param octets status line, header and body
   * @return an answer of any form; only {@link #dripping} and {@link #withTls} change it
   */
  public static PolicyAnswer raw(String octets) {
    return closed(octets.getBytes(StandardCharsets.UTF_8), Optional.empty());
  }

  /**
   * Does not answer.
   *
   * @param fault what happens instead
   * @return no answer
   */
  public static PolicyAnswer fault(Fault fault) {
    return closed(new byte[0], Optional.of(fault));
  }

  /**
   * Changes the status.
   *
   * @param status any number
   * @return the changed answer
   */
  public PolicyAnswer withStatus(int status) {
    return with(response -> response.code(status));
  }

  /**
   * Changes the media type.
   *
   * @param contentType the header's value, as it is
   * @return the changed answer
   */
  public PolicyAnswer withContentType(String contentType) {
    return withoutContentType().withHeader(CONTENT_TYPE, contentType);
  }

  /**
   * Removes the media type.
   *
   * @return the changed answer
   */
  public PolicyAnswer withoutContentType() {
    return with(response -> response.removeHeader(CONTENT_TYPE));
  }

  /**
   * Adds a header field.
   *
   * @param name its name
   * @param value its value, as it is
   * @return the changed answer
   */
  public PolicyAnswer withHeader(String name, String value) {
    return with(response -> response.addHeaderLenient(name, value));
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
   * Changes the body, and the Content-Length with it.
   *
   * @param octets sent as they are
   * @return the changed answer
   */
  public PolicyAnswer withBody(byte[] octets) {
    MockResponse changed = response.newBuilder().body(new Buffer().write(octets)).build();
    return new PolicyAnswer(changed, octets.clone(), raw, fault, tlsProtocols);
  }

  /**
   * Sends the body in chunks.
   *
   * @return the changed answer
   */
  public PolicyAnswer chunked() {
    return with(
        response -> response.chunkedBody(new Buffer().write(body), Math.max(1, body.length)));
  }

  /**
   * Sends the body without a length; it ends with the connection.
   *
   * @return the changed answer
   */
  public PolicyAnswer untilClose() {
    return with(response -> response.removeHeader(CONTENT_LENGTH).setHeader("Connection", "close"));
  }

  /**
   * Declares a length other than the body's.
   *
   * @param octets the value of Content-Length
   * @return the changed answer
   */
  public PolicyAnswer declaringLength(long octets) {
    return with(response -> response.setHeader(CONTENT_LENGTH, octets));
  }

  /**
   * Sends an interim answer first; the last change of a status line.
   *
   * @param status from 100 to 199
   * @return the changed answer
   */
  public PolicyAnswer afterInterim(int status) {
    // Part of the status line, because MockWebServer sends interim answers over HTTP/2 only.
    String interim = "HTTP/1.1 " + status + " Interim\r\n\r\n";
    return with(response -> response.status(interim + response.getStatus()));
  }

  /**
   * Sends the body (all of a {@link #raw} answer) one octet at a time.
   *
   * @param pause between two octets
   * @return the changed answer
   */
  public PolicyAnswer dripping(Duration pause) {
    return with(response -> response.throttleBody(1, pause.toNanos(), TimeUnit.NANOSECONDS));
  }

  /**
   * Restricts the TLS versions of the server.
   *
   * @param protocols JDK names, such as {@code TLSv1.2}
   * @return the changed answer
   */
  public PolicyAnswer withTls(String... protocols) {
    return new PolicyAnswer(response, body, raw, fault, List.of(protocols));
  }

  MockResponse response() {
    return response;
  }

  byte[] body() {
    return body;
  }

  boolean isRaw() {
    return raw;
  }

  Optional<Fault> fault() {
    return fault;
  }

  List<String> tlsProtocols() {
    return tlsProtocols;
  }

  /** Returns the pause between two octets; 0 for none. */
  long pauseNanos() {
    return response.getThrottleBytesPerPeriod() == 1 ? response.getThrottlePeriodNanos() : 0;
  }
}
