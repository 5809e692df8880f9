// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fetches in memory; the test of the resolver's build shows that they find an old library. */
class HttpLinkageTest {
  static List<String> responses() {
    return HttpLinkage.RESPONSES;
  }

  /** A fetch that ended early would prove nothing. */
  @ParameterizedTest
  @MethodSource("responses")
  void everyFetchInMemoryReturnsThePolicy(String response) throws Exception {
    assertThat(HttpLinkage.fetch(client(() -> new X509Certificate[0]), response).mx())
        .hasToString("[linkage.invalid]");
  }

  @Test
  void anIncompatibleLibraryIsFound() {
    NoSuchMethodError incompatible = new NoSuchMethodError("'void okio.Buffer.x()'");

    assertThatThrownBy(() -> HttpLinkage.prove(client(() -> thrown(incompatible))))
        .isSameAs(incompatible);
    assertThatThrownBy(
            () ->
                HttpLinkage.prove(
                    client(
                        () -> {
                          throw new IllegalStateException(incompatible);
                        })))
        .isSameAs(incompatible);
  }

  @Test
  void anyOtherFailureIsLeftToTheFetches() {
    assertThatCode(
            () ->
                HttpLinkage.prove(
                    client(
                        () -> {
                          throw new IllegalStateException("a trust manager of the user");
                        })))
        .doesNotThrowAnyException();
    assertThatCode(() -> HttpLinkage.prove(client(() -> thrown(new OutOfMemoryError("thread")))))
        .doesNotThrowAnyException();
  }

  private static X509Certificate[] thrown(Error error) {
    throw error;
  }

  /** A client whose trust manager runs code of the test, as OkHttp asks it for its issuers. */
  private static PolicyHostClient client(Supplier<X509Certificate[]> issuers) {
    X509TrustManager trustManager =
        new X509TrustManager() {
          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return issuers.get();
          }
        };
    return new PolicyHostClient(
        new FetcherBuilder(host -> new CompletableFuture<>())
            .trustManager(trustManager)
            .settings());
  }
}
