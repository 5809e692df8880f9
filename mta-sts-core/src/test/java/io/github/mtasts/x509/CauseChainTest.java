// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.x509;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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

final class CauseChainTest {
  @Test
  void listsCausesFromTheOutermostToTheInnermost() {
    Exception inner = new CertificateException("inner");
    IOException outer = new IOException("outer", new SSLException("middle", inner));

    CauseChain causes = CauseChain.of(outer);

    assertThat(causes.throwables())
        .extracting(Throwable::getMessage)
        .containsExactly("outer", "middle", "inner");
    assertThat(causes.innermost()).isSameAs(inner);
    assertThat(causes.first(IOException.class)).containsSame(outer);
    assertThat(causes.first(SSLHandshakeException.class)).isEmpty();
    assertThat(causes.has(SSLException.class)).isTrue();
    assertThat(causes.has(SSLHandshakeException.class)).isFalse();
  }

  @Test
  void readsAtMostTwentyCausesOfACycle() {
    Exception one = new SSLException("one");
    one.initCause(new IOException("two", one));

    assertThat(CauseChain.of(one).throwables()).hasSize(20);
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(new CertificateExpiredException(), ChainFault.EXPIRED),
        Arguments.of(new CertificateNotYetValidException(), ChainFault.NOT_YET_VALID),
        Arguments.of(new CertPathBuilderException(), ChainFault.NO_TRUST_ANCHOR),
        Arguments.of(new CertPathValidatorException(), ChainFault.INVALID),
        Arguments.of(new CertificateException(), ChainFault.INVALID));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void findsTheFaultOfAChainByClass(Exception cause, ChainFault fault) {
    assertThat(ChainFault.in(CauseChain.of(new SSLException(cause)))).contains(fault);
  }

  @Test
  void findsTheFaultBelowAGeneralCertificateException() {
    Exception expired =
        new CertificateException(new CertPathValidatorException(new CertificateExpiredException()));

    assertThat(ChainFault.in(CauseChain.of(expired))).contains(ChainFault.EXPIRED);
  }

  @Test
  void findsNoFaultInOtherFailures() {
    assertThat(ChainFault.in(CauseChain.of(new SSLHandshakeException("alert")))).isEmpty();
  }
}
