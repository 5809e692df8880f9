// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PolicyLinesTest {
  private static final Instant FETCHED = Instant.parse("2026-11-20T08:00:00.123Z");
  private static final String TEXT =
      "version: STSv1\r\nmode: enforce\r\nmx: *.example.com\r\nmax_age: 604800\r\n";
  private static final StoredPolicy POLICY = policy(TEXT, PolicyMode.ENFORCE);

  private static StoredPolicy policy(String text, PolicyMode mode) {
    return new StoredPolicy(
        "example.com",
        "20261120",
        text,
        mode,
        FETCHED,
        FETCHED.plusSeconds(604_800),
        FETCHED.plusSeconds(60),
        Optional.empty());
  }

  @Test
  void writesTheFormatThatThePackageDocuments() {
    assertThat(PolicyLines.write(POLICY))
        .isEqualTo(
            "{\"version\":1,\"domain\":\"example.com\",\"id\":\"20261120\",\"mode\":\"enforce\","
                + "\"fetchedAt\":\"2026-11-20T08:00:00.123Z\","
                + "\"expiresAt\":\"2026-11-27T08:00:00.123Z\","
                + "\"lastUsedAt\":\"2026-11-20T08:01:00.123Z\","
                + "\"text\":\"version: STSv1\\r\\nmode: enforce\\r\\nmx: *.example.com\\r\\n"
                + "max_age: 604800\\r\\n\",\"lastFailure\":null}");
  }

  @ParameterizedTest
  @EnumSource
  void readsEveryFieldBackAsItWas(PolicyMode mode) throws IOException {
    StoredPolicy withFailure =
        policy("\uFEFFversion: STSv1\r\nx: \u0001\u001b[2J\u0085\u2028ü\uD83D\uDE00\n", mode)
            .failedWith(
                Optional.of(
                    new StoredFailure(
                        FETCHED.plusMillis(1),
                        7,
                        FETCHED.plusSeconds(300),
                        Optional.of(ResultType.STS_WEBPKI_INVALID),
                        "a \"quoted\" ü")));
    StoredPolicy withoutResultType =
        withFailure.failedWith(
            withFailure
                .lastFailure()
                .map(f -> new StoredFailure(f.at(), 1, f.retryAt(), Optional.empty(), "")));

    assertThat(read(PolicyLines.write(withFailure) + "\n" + PolicyLines.write(withoutResultType)))
        .containsExactly(
            new PolicyLine.Valid(1, withFailure), new PolicyLine.Valid(2, withoutResultType));
  }

  @Test
  void writesNoControlSequencesForTerminals() {
    String line = PolicyLines.write(policy("\u001b]0;x\u0007\u009b2J\u202e\n", PolicyMode.NONE));

    assertThat(line).matches("[ -~]+");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0001", "ü", "\"", "\\"})
  void readsTheLongestTextThatAStoreAccepts(String unit) throws IOException {
    int octets = unit.getBytes(StandardCharsets.UTF_8).length;
    StoredPolicy longest =
        policy(unit.repeat(StoredPolicy.MOST_TEXT_OCTETS / octets), PolicyMode.ENFORCE)
            .failedWith(
                Optional.of(
                    new StoredFailure(FETCHED, 1, FETCHED, Optional.empty(), "ü".repeat(1_000))));

    String line = PolicyLines.write(longest);

    assertThat(line.length()).isLessThanOrEqualTo(PolicyLines.MOST_LINE_OCTETS);
    assertThat(read(line)).containsExactly(new PolicyLine.Valid(1, longest));
  }

  @Test
  void ignoresBlankLinesCarriageReturnsAndAByteOrderMark() throws IOException {
    String line = PolicyLines.write(POLICY);

    assertThat(read("\uFEFF" + line + "\r\n\n \t\r\n" + line + "\n"))
        .containsExactly(new PolicyLine.Valid(1, POLICY), new PolicyLine.Valid(4, POLICY));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"version\":1,\"later\":{\"a\":[1,{\"b\":null}],\"mode\":\"none\"}",
        "\"version\":1,\"text2\":\"x\",\"numbers\":[1.5,99999999999999999999]",
        "\"version\":1,\"later\":1e400"
      })
  void ignoresUnknownMembers(String version) throws IOException {
    assertThat(read(replaced("\"version\":1", version)))
        .containsExactly(new PolicyLine.Valid(1, POLICY));
  }

  @Test
  void acceptsAMissingFailureAndAnyTimeZoneOffset() throws IOException {
    String line =
        replaced(",\"lastFailure\":null", "")
            .replace("2026-11-20T08:00:00.123Z", "2026-11-20t10:00:00.123+02:00");

    assertThat(read(line)).containsExactly(new PolicyLine.Valid(1, POLICY));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "version":1                     | "version":2                    | format: expected version 1 to 1, found 2
          "version":1                     | "version":0                    | format: expected version 1 to 1, found 0
          "version":1                     | "version":"1"                  | version: expected an integer, found "1"
          "version":1                     | "version":1.0                  | version: expected an integer, found 1.0
          "version":1                     | "version":4294967297           | version: expected an integer, found 4294967297
          "version":1,                    | `  `                           | version: expected an integer, found nothing
          "domain":"example.com"          | "domain":5                     | domain: expected a string, found 5
          "domain":"example.com"          | "domain":null                  | domain: expected a string, found nothing
          "domain":"example.com"          | "domain":["example.com"]       | domain: expected a string, found []
          "domain":"example.com"          | "domain":"Example.com"         | domain: expected lower-case A-labels
          "domain":"example.com"          | "domain":"example.com."        | expected
          "domain":"example.com"          | "domain":""                    | expected
          "domain":"example.com"          | "domain":"a","domain":"b"      | JSON: Duplicate
          "id":"20261120"                 | "id":"no id"                   | id
          "id":"20261120"                 | "id":true                      | id: expected a string, found true
          "mode":"enforce"                | "mode":"ENFORCE"               | mode: expected enforce, testing or none, found ENFORCE
          "mode":"enforce"                | "mode":"\\u001b[2J"            | mode: expected enforce, testing or none, found \\u001b[2J
          "2026-11-20T08:00:00.123Z"      | "2026-11-20"                   | fetchedAt: expected a time such as 2026-01-31T12:00:00Z, found 2026-11-20
          "2026-11-20T08:00:00.123Z"      | "2026-02-30T08:00:00Z"         | fetchedAt: expected a time
          "2026-11-20T08:00:00.123Z"      | "+1000000000-12-31T23:59:59Z"  | fetchedAt: expected a time
          "2026-11-20T08:00:00.123Z"      | 1763625600                     | fetchedAt: expected a string, found 1763625600
          "2026-11-27T08:00:00.123Z"      | "2028-11-27T08:00:00.123Z"     | expiry: expected not before the fetch of
          "2026-11-27T08:00:00.123Z"      | "2026-11-01T08:00:00.123Z"     | expiry: expected
          "lastFailure":null              | "lastFailure":{}               | at: expected a string, found nothing
          "lastFailure":null              | "lastFailure":"none"           | lastFailure: expected an object, found "none"
          "lastFailure":null}             | "lastFailure":null             | JSON:
          "lastFailure":null}             | "lastFailure":null} x          | JSON:
          "lastFailure":null}             | "lastFailure":null}{}          | JSON: expected one object, found more text after it
          """)
  void reportsTheErrorInALine(String part, String replacement, String reason) throws IOException {
    String bad = replaced(part, replacement);

    List<PolicyLine> lines = read(PolicyLines.write(POLICY) + "\n" + bad + "\n" + bad);

    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).isEqualTo(new PolicyLine.Valid(1, POLICY));
    assertThat(reason(lines.get(1))).contains(reason);
    assertThat(lines.get(2).number()).isEqualTo(3);
  }

  @Test
  void reportsTheErrorInAFailure() throws IOException {
    String failed =
        PolicyLines.write(
            POLICY.failedWith(
                Optional.of(new StoredFailure(FETCHED, 1, FETCHED, Optional.empty(), "x"))));

    assertThat(reason(only(failed.replace("\"failures\":1", "\"failures\":0"))))
        .isEqualTo("failures: expected at least 1, found 0");
    assertThat(reason(only(failed.replace("\"resultType\":null", "\"resultType\":\"bad luck\""))))
        .isEqualTo("resultType: expected a result type of TLS reports, found bad luck");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "[]", "\"x\"", "5", "}", "{", "{\"a\"", "\u0000", "\u001b[2J", "{'a':1}"})
  void acceptsOnlyObjects(String line) throws IOException {
    assertThat(reason(only(line))).startsWith("JSON: ").matches("[ -~]+");
  }

  @Test
  void refusesATextThatIsTooLong() throws IOException {
    String text = "x".repeat(StoredPolicy.MOST_TEXT_OCTETS + 1);

    assertThat(reason(only(replaced("\"text\":\"", "\"text\":\"" + text))))
        .startsWith("text: expected 1 to 65536 octets, found 65");
  }

  @Test
  void refusesValuesThatAreNestedTooDeep() throws IOException {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);

    assertThat(reason(only(replaced("\"version\":1", "\"version\":1,\"deep\":" + deep))))
        .startsWith("JSON: ")
        .contains("nesting depth");
  }

  @Test
  void refusesOctetsThatAreNotUtf8() throws IOException {
    byte[] latin =
        PolicyLines.write(POLICY).replace("20261120", "ü").getBytes(StandardCharsets.ISO_8859_1);

    assertThat(read(new ByteArrayInputStream(latin)))
        .containsExactly(new PolicyLine.Invalid(1, "encoding: expected UTF-8, found other octets"));
  }

  @Test
  void continuesAfterALineOfAnyLength() throws IOException {
    InputStream endless =
        new SequenceInputStream(new Repeated(64L << 20), stream("\n" + PolicyLines.write(POLICY)));

    assertThat(read(endless))
        .containsExactly(
            new PolicyLine.Invalid(1, "length: expected at most 524288 octets, found more"),
            new PolicyLine.Valid(2, POLICY));
  }

  @Test
  void reasonsQuoteOnlyAnExcerptOfTheInput() throws IOException {
    String line = replaced("\"enforce\"", "\"" + "\\u001b".repeat(10_000) + "\"");

    assertThat(reason(only(line))).hasSizeLessThan(301).matches("[ -~…]+");
  }

  @Test
  void throwsIfTheInputFails() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("disk error");
          }

          @Override
          public int read(byte[] octets, int from, int most) throws IOException {
            return read();
          }
        };

    assertThatThrownBy(() -> read(broken)).isInstanceOf(IOException.class);
  }

  @Test
  void readsEveryLineWithAFlippedBitWithoutException() throws IOException {
    byte[] good = PolicyLines.write(POLICY).getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < good.length; i++) {
      for (int flip : new int[] {0x01, 0x10, 0x80}) {
        byte[] bad = good.clone();
        bad[i] ^= (byte) flip;
        all.write(bad);
        all.write('\n');
      }
    }

    assertThat(read(new ByteArrayInputStream(all.toByteArray())))
        .hasSize(3 * good.length)
        .hasAtLeastOneElementOfType(PolicyLine.Valid.class)
        .hasAtLeastOneElementOfType(PolicyLine.Invalid.class);
  }

  /** A stream of many equal octets that needs no memory for them. */
  private static final class Repeated extends InputStream {
    private long left;

    Repeated(long length) {
      this.left = length;
    }

    @Override
    public int read() {
      return left-- > 0 ? '{' : -1;
    }

    @Override
    public int read(byte[] octets, int from, int most) {
      int some = (int) Math.min(left, most);
      Arrays.fill(octets, from, from + some, (byte) '{');
      left -= some;
      return some > 0 ? some : -1;
    }
  }

  private static String replaced(String part, String replacement) {
    String line = PolicyLines.write(POLICY);
    assertThat(line).contains(part);
    return line.replace(part, replacement);
  }

  private static String reason(PolicyLine line) {
    assertThat(line).isInstanceOf(PolicyLine.Invalid.class);
    return ((PolicyLine.Invalid) line).reason();
  }

  private static PolicyLine only(String text) throws IOException {
    List<PolicyLine> lines = read(text);
    assertThat(lines).hasSize(1);
    return lines.get(0);
  }

  private static List<PolicyLine> read(String text) throws IOException {
    return read(stream(text));
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<PolicyLine> read(InputStream in) throws IOException {
    List<PolicyLine> lines = new ArrayList<>();
    PolicyLines.read(in, lines::add);
    return lines;
  }
}
