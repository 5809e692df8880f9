// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.fetch.FetchResult.Failed;
import io.github.mtasts.fetch.FetchResult.Unavailable;
import io.github.mtasts.policy.DomainName;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownServiceException;
import java.nio.BufferUnderflowException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Trouble on our side must not look like a host without policy. */
class OwnFetchFailureTest {
  private FetchFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new FetchFixture();
    fixture.hosts.publish("example.com", FetchFixture.POLICY);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private FetcherBuilder here() {
    return fixture.builder(host -> completedFuture(List.of(fixture.hosts.address())));
  }

  private static FetchResult fetch(FetcherBuilder builder) {
    try (PolicyFetcher fetcher = builder.build()) {
      return FetchFixture.fetch(fetcher, "example.com");
    }
  }

  private static void assertOwn(FetchResult result, Cause cause, String found) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Unavailable.class,
            unavailable -> {
              assertThat(unavailable.cause()).isEqualTo(cause);
              assertThat(unavailable.detail()).contains(found);
            });
  }

  static Stream<Throwable> failures() {
    return Stream.of(
        new IllegalStateException("broken"),
        new NoSuchMethodError("'void okio.Buffer.x()'"),
        new OutOfMemoryError("unable to create native thread"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aTrustManagerThatFailsIsOwnTrouble(Throwable failure) {
    assertOwn(
        fetch(here().trustManager(new Failing(failure))),
        Cause.INTERNAL_ERROR,
        String.valueOf(failure.getMessage()));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aTrustManagerWithoutTheSocketThatFailsIsOwnTrouble(Throwable failure) {
    assertOwn(
        fetch(here().trustManager(new FailingPlain(failure))),
        Cause.INTERNAL_ERROR,
        String.valueOf(failure.getMessage()));
  }

  @Test
  void theVerdictOfATrustManagerIsNotOwnTrouble() {
    CertificateException verdict =
        new CertificateException("revoked", new IllegalStateException("no such entry"));

    FetchFixture.failure(
        fetch(here().trustManager(new Failing(verdict))), ResultType.STS_WEBPKI_INVALID);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aBugInTheFetchIsOwnTrouble(Throwable failure) {
    InetAddress address = fixture.hosts.address();
    List<InetAddress> broken =
        new AbstractList<>() {
          @Override
          public InetAddress get(int index) {
            thrown(failure);
            return address;
          }

          @Override
          public int size() {
            return 1;
          }
        };

    assertOwn(
        fetch(fixture.builder(host -> completedFuture(broken))),
        Cause.INTERNAL_ERROR,
        String.valueOf(failure.getMessage()));
  }

  @Test
  void aFullQueueOfDnsQueriesIsBusy() {
    RejectedExecutionException full = new RejectedExecutionException("A example: overload");

    assertOwn(fetch(fixture.builder(host -> failedFuture(full))), Cause.BUSY, "overload");
    assertOwn(
        fetch(fixture.builder(host -> failedFuture(new CompletionException(full)))),
        Cause.BUSY,
        "overload");
  }

  static Stream<Arguments> callFailures() {
    SocketException noFile = new NoSocketException(new SocketException("Too many open files"));
    return Stream.of(
        Arguments.of(noFile, Cause.INTERNAL_ERROR),
        Arguments.of(new UnknownServiceException("no TLS version"), Cause.INTERNAL_ERROR),
        Arguments.of(new SSLException(new StackOverflowError("deep")), Cause.INTERNAL_ERROR),
        Arguments.of(new InterruptedIOException("interrupted"), Cause.INTERRUPTED),
        Arguments.of(new RejectedExecutionException("full"), Cause.BUSY));
  }

  @ParameterizedTest
  @MethodSource("callFailures")
  void aFailureOfThisMachineIsOwnTrouble(Throwable failure, Cause cause) {
    assertOwn(failures("example.com", new FetchTrace()).ofCall(failure), cause, "expected");
  }

  static Stream<IOException> hostFailures() {
    return Stream.of(
        new SocketException("Connection reset"),
        new SocketTimeoutException("timeout"),
        new SSLException("Illegal handshake message", new BufferUnderflowException()));
  }

  @ParameterizedTest
  @MethodSource("hostFailures")
  void aFailureOfTheHostIsNotOwnTrouble(IOException failure) {
    assertThat(failures("example.com", new FetchTrace()).ofCall(failure))
        .isInstanceOf(Failed.class);
  }

  @Test
  void ownTroubleAtOneAddressCountsBeforeTheFailureOfAnother() {
    FetchTrace trace = new FetchTrace();
    trace.failed(
        FetchFixture.address("192.0.2.1"),
        new NoSocketException(new SocketException("Too many open files")));

    assertOwn(
        failures("example.com", trace).ofCall(new SocketException("Connection reset")),
        Cause.INTERNAL_ERROR,
        "Too many open files");
  }

  private static FetchFailures failures(String domain, FetchTrace trace) {
    return new FetchFailures(PolicyLocation.of(DomainName.of(domain)), trace);
  }

  private static void thrown(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }

  private static void check(Throwable failure) throws CertificateException {
    thrown(failure);
    throw (CertificateException) failure;
  }

  private record FailingPlain(Throwable failure) implements X509TrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(failure);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(failure);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static final class Failing extends X509ExtendedTrustManager {
    private final Throwable failure;

    Failing(Throwable failure) {
      this.failure = failure;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(failure);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(failure);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(failure);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(failure);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(failure);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(failure);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
