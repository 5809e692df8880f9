package io.github.mtasts.testing;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The few ASN.1 values that a certificate is made of, in DER.
 *
 * <p>Written out by hand because the certificates that matter in tests are those which no decent
 * library would make. Stateless, hence thread-safe.
 */
final class Der {
  private static final Instant YEAR_2050 = Instant.parse("2050-01-01T00:00:00Z");

  private Der() {}

  static byte[] sequence(byte[]... parts) {
    return tagged(0x30, parts);
  }

  static byte[] tagged(int tag, byte[]... parts) {
    byte[] content = concat(parts);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    writeLength(out, content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] integer(BigInteger value) {
    return tagged(0x02, value.toByteArray());
  }

  static byte[] truth() {
    return tagged(0x01, new byte[] {(byte) 0xff});
  }

  static byte[] octets(byte[] content) {
    return tagged(0x04, content);
  }

  static byte[] bits(byte[] content, int unused) {
    return tagged(0x03, new byte[] {(byte) unused}, content);
  }

  static byte[] utf8(String text) {
    return tagged(0x0c, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Octets as they are: names that break the rules of IA5String are wanted too. */
  static byte[] text(int tag, String text) {
    return tagged(tag, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] oid(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      writeBase128(out, Long.parseLong(arcs[i]));
    }
    return tagged(0x06, out.toByteArray());
  }

  /** UTCTime before 2050, GeneralizedTime from then on. RFC 5280 §4.1.2.5 */
  static byte[] time(Instant instant) {
    boolean utcTime = instant.isBefore(YEAR_2050);
    String pattern = utcTime ? "yyMMddHHmmss'Z'" : "yyyyMMddHHmmss'Z'";
    String text =
        DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC).format(instant);
    return text(utcTime ? 0x17 : 0x18, text);
  }

  private static void writeLength(ByteArrayOutputStream out, int length) {
    if (length < 0x80) {
      out.write(length);
      return;
    }
    byte[] octets = BigInteger.valueOf(length).toByteArray();
    int from = octets[0] == 0 ? 1 : 0;
    out.write(0x80 | (octets.length - from));
    out.write(octets, from, octets.length - from);
  }

  private static void writeBase128(ByteArrayOutputStream out, long value) {
    int shift = 63;
    while (shift > 0 && value >>> shift == 0) {
      shift -= 7;
    }
    for (; shift >= 0; shift -= 7) {
      int more = shift > 0 ? 0x80 : 0;
      out.write((int) (value >>> shift & 0x7f) | more);
    }
  }
}
