// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import static io.github.mtasts.decision.ResultType.STS_POLICY_FETCH_ERROR;
import static io.github.mtasts.decision.ResultType.STS_POLICY_INVALID;
import static io.github.mtasts.fetch.FetchFixture.POLICY;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.fetch.FetchResult.Failed;
import io.github.mtasts.testing.PolicyAnswer;
import io.github.mtasts.testing.PolicyAnswer.Fault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which HTTP responses are accepted as a policy, and the messages for the others. */
class ResponseTest {
  private static final String EXTENSION = "x-padding: ";

  private FetchFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new FetchFixture();
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private Failed failure(PolicyAnswer response) {
    fixture.hosts.answer("example.com", response);
    return fixture.failure("example.com", STS_POLICY_FETCH_ERROR);
  }

  private String accepted(PolicyAnswer response) {
    fixture.hosts.answer("example.com", response);
    return fixture.policy("example.com").text();
  }

  /** A valid policy of exactly this many octets. */
  private static String policyOf(int octets) {
    String rest = POLICY + EXTENSION;
    return rest + "x".repeat(octets - rest.length());
  }

  @ParameterizedTest
  @ValueSource(ints = {101, 201, 202, 203, 206, 304, 400, 404, 408, 410, 421, 429, 500, 503})
  @Tag("rfc-item-45")
  void refusesEveryStatusExcept200(int status) {
    assertThat(failure(PolicyAnswer.policy(POLICY).withStatus(status)).detail())
        .contains("expected status 200, found " + status);
    assertThat(fixture.hosts.requests("example.com")).isEqualTo(1);
  }

  @Test
  @Tag("rfc-item-45")
  void refusesAResponseWithoutContent() {
    assertThat(failure(PolicyAnswer.status(204)).detail()).contains("found 204");
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 303, 307, 308})
  @Tag("rfc-item-46")
  void followsNoRedirect(int status) {
    fixture.hosts.publish("example.net", POLICY);

    Failed failed =
        failure(
            PolicyAnswer.redirect(status, "https://mta-sts.example.net/.well-known/mta-sts.txt"));

    assertThat(failed.detail())
        .startsWith("https://mta-sts.example.com/.well-known/mta-sts.txt at 127.0.0.1: ")
        .contains("redirect " + status, "\"https://mta-sts.example.net/");
    assertThat(fixture.hosts.recordedRequests()).hasSize(1);
  }

  @Test
  void shortensAndEscapesTextOfTheHost() {
    String location = "https://example.net/\u007f[31m" + "x".repeat(5000);

    assertThat(failure(PolicyAnswer.redirect(301, location)).detail())
        .contains("example.net/\\u007f[31mxxx")
        .hasSizeLessThan(500);
  }

  @ParameterizedTest
  @CsvSource({"503, 0", "503, -5", "503, soon", "404, 60", "429, ''"})
  void sendsOneRequestAndIgnoresAnInvalidRetryAfter(int status, String retryAfter) {
    Failed failed = failure(PolicyAnswer.status(status).withHeader("Retry-After", retryAfter));

    assertThat(failed.retryAfter()).isEmpty();
    assertThat(fixture.hosts.requests("example.com")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void reportsTheWaitThatTheHostAsksFor(int status) {
    assertThat(failure(PolicyAnswer.status(status).withHeader("Retry-After", "1800")).retryAfter())
        .contains(Duration.ofMinutes(30));
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "application/octet-stream", "text/plainx", "text", ""})
  @Tag("rfc-item-21")
  void refusesEveryOtherMediaType(String type) {
    assertThat(failure(PolicyAnswer.policy(POLICY).withContentType(type)).detail())
        .contains("expected the media type text/plain, found \"" + type + "\"");
  }

  @Test
  @Tag("rfc-item-21")
  void refusesAResponseWithoutMediaType() {
    assertThat(failure(PolicyAnswer.policy(POLICY).withoutContentType()).detail())
        .contains("found none");
  }

  @Test
  @Tag("rfc-item-21")
  void refusesAResponseWithTwoDifferentMediaTypes() {
    assertThat(
            failure(PolicyAnswer.policy(POLICY).withHeader("Content-Type", "text/html")).detail())
        .contains("found \"text/plain\", \"text/html\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain; charset=iso-8859-1; x=y",
        "text/plain ;charset=\"utf-8\"",
        "Text/Plain;;",
        "text/plain; charset=no-such-charset"
      })
  @Tag("rfc-item-22")
  void ignoresParametersOfTheMediaType(String type) {
    String policy = POLICY + "x-name: Bücher\n";

    assertThat(accepted(PolicyAnswer.policy(policy).withContentType(type))).isEqualTo(policy);
  }

  @Test
  @Tag("rfc-item-50")
  void acceptsAPolicyOf65536Octets() {
    assertThat(accepted(PolicyAnswer.policy(policyOf(65536)))).hasSize(65536);
    assertThat(accepted(PolicyAnswer.policy(policyOf(65536)).chunked())).hasSize(65536);
  }

  @Test
  @Tag("rfc-item-50")
  @Tag("rfc-item-55")
  void refusesOneOctetMoreWithALengthWithChunksAndWithNeither() {
    PolicyAnswer tooLarge = PolicyAnswer.policy(policyOf(65537));

    assertThat(failure(tooLarge).detail()).contains("at most 65536 octets, found 65537 octets");
    assertThat(failure(tooLarge.chunked()).detail()).contains("at most 65536 octets, found more");
    assertThat(failure(tooLarge.untilClose()).detail()).contains("found more");
  }

  @Test
  @Tag("rfc-item-50")
  void stopsReadingAnEndlessBodyAtTheLimit() {
    // Ten times the limit at once, then nothing: a client that does not stop early waits forever.
    byte[] endless = new byte[655360];

    assertThat(
            failure(PolicyAnswer.policy("").withBody(endless).declaringLength(Long.MAX_VALUE))
                .detail())
        .contains("found " + Long.MAX_VALUE + " octets");
  }

  @Test
  @Tag("rfc-item-50")
  void refusesACompressedBodyWithoutReadingIt() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(body)) {
      gzip.write(POLICY.getBytes(StandardCharsets.US_ASCII));
    }

    assertThat(
            failure(
                    PolicyAnswer.policy("")
                        .withBody(body.toByteArray())
                        .withHeader("Content-Encoding", "gzip"))
                .detail())
        .contains("expected no Content-Encoding, as requested, found \"gzip\"");
  }

  @Test
  void acceptsTheIdentityEncoding() {
    assertThat(accepted(PolicyAnswer.policy(POLICY).withHeader("Content-Encoding", "Identity")))
        .isEqualTo(POLICY);
  }

  @Test
  void refusesABodyShorterThanItsLength() {
    assertThat(failure(PolicyAnswer.policy(POLICY).declaringLength(500)).detail())
        .contains("while reading the body");
  }

  @Test
  void refusesTruncatedChunks() {
    PolicyAnswer cut =
        PolicyAnswer.policy("30\r\nversion: STSv1\n")
            .untilClose()
            .withHeader("Transfer-Encoding", "chunked");

    assertThat(failure(cut).detail()).contains("while reading the body");
  }

  @Test
  void acceptsAnHttp10ResponseThatEndsWithTheConnection() {
    assertThat(
            accepted(
                PolicyAnswer.raw("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n" + POLICY)))
        .isEqualTo(POLICY);
  }

  @Test
  void refusesABodyWithoutLengthThatEndsInTheMiddleOfALine() {
    String cut = "version: STSv1\nmode: none\nmax_age: 6"; // perhaps truncated from 604800

    assertThat(failure(PolicyAnswer.policy(cut).untilClose()).detail())
        .contains("may be truncated; send a Content-Length");
    assertThat(accepted(PolicyAnswer.policy(cut))).isEqualTo(cut);
  }

  @Test
  void ignoresInterimResponses() {
    assertThat(accepted(PolicyAnswer.policy(POLICY).afterInterim(100).afterInterim(103)))
        .isEqualTo(POLICY);
  }

  @Test
  void refusesHugeHeaders() {
    assertThat(
            failure(PolicyAnswer.policy(POLICY).withHeader("X-Long", "x".repeat(1_000_000)))
                .detail())
        .contains("waiting for the response");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0000\u0001", "HTTP/1.1 abc\r\n\r\n", "220 mail.example.com ESMTP\r\n"})
  void refusesOctetsThatAreNotHttp(String octets) {
    assertThat(failure(PolicyAnswer.raw(octets)).detail())
        .contains("expected a response over HTTPS");
  }

  @Test
  void failsWhenTheHostClosesTheConnectionAfterTheRequest() {
    failure(PolicyAnswer.fault(Fault.DISCONNECT_AFTER_REQUEST));

    assertThat(fixture.hosts.requests("example.com")).isEqualTo(1);
  }

  @Test
  @Tag("rfc-item-56")
  void reportsAnInvalidPolicyByItsOwnResultType() {
    fixture.hosts.publish("example.com", "bogus");

    assertThat(fixture.failure("example.com", STS_POLICY_INVALID).detail())
        .startsWith("https://mta-sts.example.com/.well-known/mta-sts.txt at 127.0.0.1: line 1: ")
        .contains("RFC 8461 §3.2");
  }

  @Test
  @Tag("rfc-item-51")
  void reportsARefusedConnection() {
    fixture.hosts.close();

    assertThat(fixture.failure("example.com", STS_POLICY_FETCH_ERROR).detail())
        .contains("expected a response over HTTPS, found while connecting: 127.0.0.1: ");
  }
}
