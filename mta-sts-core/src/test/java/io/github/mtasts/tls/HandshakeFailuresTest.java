// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.ResultType;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Result types and texts for exceptions, by class only. */
final class HandshakeFailuresTest {
  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(
            within(new CertificateExpiredException("x")),
            ResultType.CERTIFICATE_EXPIRED,
            "an expired certificate (x)"),
        Arguments.of(
            within(new CertificateNotYetValidException("x")),
            ResultType.CERTIFICATE_NOT_TRUSTED,
            "a certificate that is not valid yet (x)"),
        Arguments.of(
            within(new CertPathBuilderException("x")),
            ResultType.CERTIFICATE_NOT_TRUSTED,
            "a chain that leads to no trust anchor (x)"),
        Arguments.of(
            within(new CertPathValidatorException("x")),
            ResultType.CERTIFICATE_NOT_TRUSTED,
            "an invalid certificate (x)"),
        Arguments.of(
            within(new CertificateException("x")),
            ResultType.CERTIFICATE_NOT_TRUSTED,
            "an invalid certificate (x)"),
        Arguments.of(
            within(new SocketTimeoutException("x")),
            ResultType.VALIDATION_FAILURE,
            "no answer in time (x)"),
        Arguments.of(
            within(new EOFException("x")),
            ResultType.VALIDATION_FAILURE,
            "a closed connection (x)"),
        Arguments.of(
            within(new SocketException("x")),
            ResultType.VALIDATION_FAILURE,
            "a broken connection (x)"),
        Arguments.of(
            new SSLHandshakeException("x"),
            ResultType.VALIDATION_FAILURE,
            "no agreement on a TLS version or cipher suite, or an alert (x)"),
        Arguments.of(
            new SSLException("x"), ResultType.VALIDATION_FAILURE, "data that is not TLS (x)"),
        Arguments.of(new IOException(), ResultType.VALIDATION_FAILURE, "an I/O failure"),
        Arguments.of(
            within(
                new MxCertificateException(
                    new TlsVerdict.Rejected(ResultType.CERTIFICATE_HOST_MISMATCH, "x", true))),
            ResultType.CERTIFICATE_HOST_MISMATCH,
            "an invalid certificate (x)"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void areClassifiedByExceptionClass(Throwable failure, ResultType type, String found) {
    assertThat(HandshakeFailures.typeOf(failure)).isEqualTo(type);
    assertThat(HandshakeFailures.found(failure)).isEqualTo(found);
  }

  @Test
  void endsEvenIfCausesFormACycle() {
    Exception one = new SSLException("one");
    Exception two = new IOException("two", one);
    one.initCause(two);
    assertThat(HandshakeFailures.typeOf(one)).isEqualTo(ResultType.VALIDATION_FAILURE);
  }

  @Test
  void shortensAndEscapesMessages() {
    assertThat(HandshakeFailures.found(new IOException("\u001b[31m" + "x".repeat(9999))))
        .doesNotContain("\u001b")
        .hasSizeLessThan(200);
  }

  private static Exception within(Exception cause) {
    return new SSLHandshakeException("outer").initCause(cause) instanceof Exception e ? e : cause;
  }
}
